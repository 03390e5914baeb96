// The page's one sanitiser: everything of a model or a tool that becomes HTML goes through here.
import DOMPurify from "dompurify";
import { Marked } from "marked";
import { namedSource } from "./citations.js";
import { imageMark } from "./images.js";
import { mathRules } from "./math.js";
import { escaped } from "./text.js";

const TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "strong", "em", "del",
  "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td", "span", "div"];

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => imageMark(href, text, escaped),
  },
  extensions: [...mathRules, namedSource],
});

const purifier = DOMPurify(window); // an instance of our own: hooks of others do not apply, ours do not reach them
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,/; // DOMPurify lets pictures be data of every kind
purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "IMG" && !PICTURE.test(node.getAttribute("src"))) node.removeAttribute("src");
  if (node.nodeName !== "A") return;
  const here = /^#jt-\w+-\d+$/.test(node.getAttribute("href") ?? "");
  node.setAttribute("target", here ? "_self" : "_blank");
  node.setAttribute("rel", "noopener noreferrer nofollow");
});

const STRICT = { ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, RETURN_DOM_FRAGMENT: true };

function markdown(text) {
  try {
    return marked.parse(text);
  } catch { // quotations ten thousand deep are more than the stack holds
    return `<p>${escaped(text)}</p>`;
  }
}

/** Markdown as a document fragment that can do no harm. */
export function safeMarkdown(text) {
  const fragment = purifier.sanitize(markdown(text), {
    ...STRICT,
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "title", "start", "class"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  });
  for (const node of fragment.querySelectorAll("[class]"))
    if (!/^(jt-math|jt-image|language-[\w+#.-]{1,40})$/.test(node.className)) node.removeAttribute("class");
  return fragment;
}

/** What the kernel has drawn of tools' results and sources: its texts are escaped there, and looked at again here. */
export function safeHtml(html) {
  return purifier.sanitize(html, {
    ...STRICT,
    ALLOWED_TAGS: [...TAGS, "details", "summary", "img"],
    ALLOWED_ATTR: ["href", "class", "id", "open", "src", "alt", "tabindex"],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#jt-|data:image\/(?:png|jpeg|gif|webp);base64,)/i,
  });
}
