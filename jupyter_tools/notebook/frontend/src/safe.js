// The page's one sanitiser: everything of a model that becomes HTML goes through `safeMarkdown`.
import DOMPurify from "dompurify";
import { Marked } from "marked";

const TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "strong", "em", "del",
  "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td"];

const escaped = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    // loading a picture from elsewhere would tell its server what stands in the address
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text ? `image: ${text}` : "image")}</a>`,
  },
});

const purifier = DOMPurify(window); // an instance of our own: hooks of others do not apply, ours do not reach them
purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
});

/** Markdown as a document fragment that can do no harm. */
export function safeMarkdown(text) {
  return purifier.sanitize(marked.parse(text), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "title", "start"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
