// What a screen reader says while an answer streams: finished sentences, every few seconds, without moving the focus.
import { make } from "./dom.js";

const PACE_MS = 4000;
const ID = "jt-announcer";

/** One region for the page: it outlives the runs, so that the end of one is still heard. */
function region() {
  const known = document.getElementById(ID);
  if (known) return known;
  const element = make("div");
  element.id = ID;
  element.setAttribute("aria-live", "polite");
  element.style.cssText = "position: fixed; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap";
  return document.body.appendChild(element);
}

export class Announcer {
  constructor() {
    this.region = region();
    this.waiting = [];
    this.timer = 0;
  }

  say(text) {
    const words = text.replace(/\s+/g, " ").trim();
    if (words) this.waiting.push(words);
    if (this.waiting.length > 0) this.timer ||= setTimeout(() => this.speak(), PACE_MS);
  }

  speak() {
    this.timer = 0;
    this.region.textContent = this.waiting.splice(0).join(" ");
  }

  close(text) {
    clearTimeout(this.timer);
    this.waiting.push(text);
    this.speak();
  }
}
