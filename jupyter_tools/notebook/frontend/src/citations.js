// `[1]` in an answer leads to the source of that number, where there is one.
import { make } from "./dom.js";

const NAMED = /^\[\[(\d{1,3})\]\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)/;
const MARK = /\[(\d{1,3}(?:, ?\d{1,3})*)\]/g;

/** `[[1]](a file.pdf)`, by which an answer names a source itself: `[1]`, as it will stand when the text is whole. */
export const namedSource = {
  name: "namedSource",
  level: "inline",
  start: (text) => text.match(/\[\[\d/)?.index,
  tokenizer(text) {
    const found = NAMED.exec(text);
    return found ? { type: "namedSource", raw: found[0], number: found[1] } : undefined;
  },
  renderer: ({ number }) => `[${number}]`,
};

/** Makes links of the marks below an element. `anchors` has for each number the place on the page it leads to. */
export function linkCitations(element, anchors) {
  if (Object.keys(anchors).length === 0) return;
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode())
    if (texts.currentNode.data.includes("[") && !texts.currentNode.parentNode.closest?.("a, code")) found.push(texts.currentNode);
  for (const text of found) text.replaceWith(...pieces(text.data, anchors));
}

function pieces(text, anchors) {
  const made = [];
  let end = 0;
  for (const mark of text.matchAll(MARK)) {
    made.push(text.slice(end, mark.index));
    for (const piece of mark[0].split(/(\d+)/)) made.push(Object.hasOwn(anchors, piece) ? link(piece, anchors[piece]) : piece);
    end = mark.index + mark[0].length;
  }
  return [...made, text.slice(end)];
}

function link(number, anchor) {
  const element = make("a", "jt-cite", number);
  element.href = `#${anchor}`;
  element.target = "_self";
  element.onclick = (event) => { // JupyterLab would follow no link to a place on its page
    event.preventDefault();
    open(document.getElementById(anchor));
  };
  return element;
}

function open(source) {
  source?.closest("details")?.setAttribute("open", "");
  source?.scrollIntoView({ block: "nearest" });
}
