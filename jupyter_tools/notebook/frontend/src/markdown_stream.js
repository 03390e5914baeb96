// Markdown that grows: finished blocks are rendered once, only the tail is rendered again, once per frame.
import { linkCitations } from "./citations.js";
import { decorateCode } from "./code.js";
import { make } from "./dom.js";
import { offerImages } from "./images.js";
import { typeset } from "./math.js";
import { safeMarkdown } from "./safe.js";

const QUIET_MS = 700;
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
  /** `page` has what is around the text: `marks`, `typesetter`, `loaded`, and `announcer` where the text is to be spoken. */
  constructor(element, page) {
    this.page = page;
    this.finished = element.appendChild(make("div"));
    this.tail = element.appendChild(make("div"));
    this.text = "";
    this.rendered = 0;
    this.frame = 0;
    this.quiet = 0;
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
      this.finish(rest.slice(0, end));
      this.rendered += end;
    }
    const tail = safeMarkdown(rest.slice(end));
    decorateCode(tail, false);
    offerImages(tail, this.page.loaded, false);
    this.tail.replaceChildren(tail);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.settle(), QUIET_MS);
  }

  finish(text) {
    const block = make("div", "jt-block");
    block.append(safeMarkdown(text));
    this.finished.append(block);
    this.page.announcer?.say(block.textContent);
    this.decorate(block);
  }

  /** Nothing has come for a while: the tail gets what finished blocks have, until more of it comes. */
  settle() {
    this.decorate(this.tail);
  }

  decorate(block) {
    decorateCode(block, true);
    offerImages(block, this.page.loaded, true);
    linkCitations(block, this.page.marks);
    typeset(block, this.page.typesetter);
  }

  /** Show all of it as it was before anything was typeset or made to be pressed. */
  freeze() {
    this.finished.replaceChildren();
    this.tail.replaceChildren(safeMarkdown(this.text));
    decorateCode(this.tail, false);
    typeset(this.tail, null);
  }

  /** It is over: draw no more, and let the end be heard. */
  close() {
    if (this.frame && this.page.announcer) this.draw();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.quiet);
    this.page.announcer?.say(this.tail.textContent);
  }
}
