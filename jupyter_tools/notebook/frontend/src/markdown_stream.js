// Markdown that grows: finished blocks are rendered once, only the tail is rendered again, once per frame.
import { safeMarkdown } from "./safe.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Where the last finished block of `text` ends: after the last blank line outside a fence; 0 if there is none. */
export function endOfFinishedBlocks(text) {
  let fence = null;
  let end = 0;
  let start = 0;
  for (let stop = text.indexOf("\n"); stop >= 0; stop = text.indexOf("\n", start)) {
    const line = text.slice(start, stop);
    const mark = FENCE.exec(line)?.[1];
    if (mark && fence === null) fence = mark;
    else if (mark && mark[0] === fence[0] && mark.length >= fence.length) fence = null;
    start = stop + 1;
    if (fence === null && line.trim() === "") end = start;
  }
  return end;
}

export class MarkdownStream {
  constructor(element) {
    this.finished = element.appendChild(document.createElement("div"));
    this.tail = element.appendChild(document.createElement("div"));
    this.text = "";
    this.rendered = 0;
    this.frame = 0;
  }

  add(text) {
    this.text += text;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  set(text) {
    if (text.startsWith(this.text)) {
      this.add(text.slice(this.text.length));
      return;
    }
    this.finished.replaceChildren();
    this.rendered = 0;
    this.text = "";
    this.add(text);
  }

  draw() {
    this.frame = 0;
    const rest = this.text.slice(this.rendered);
    const end = endOfFinishedBlocks(rest);
    if (end > 0) {
      this.finished.append(safeMarkdown(rest.slice(0, end)));
      this.rendered += end;
    }
    this.tail.replaceChildren(safeMarkdown(rest.slice(end)));
  }
}
