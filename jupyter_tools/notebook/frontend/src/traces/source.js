// Rows by page, asked for when they are about to be seen. Answers to questions that nobody asks any more are dropped.
const PAGE = 200;
const PAGES_KEPT = 60;
const SLOW_MS = 1500; // a kernel that is busy answers when its cell is over
const me = Math.random().toString(36).slice(2); // other pages may show the same table

export class Source {
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    this.view = { search: "", kind: "", status: "", sort: "", descending: true };
    this.number = 0;
    this.waiting = new Map();
    this.reset();
  }

  look(view, fresh = false) {
    this.view = { ...this.view, ...view };
    this.reset();
    this.ask(0, fresh);
  }

  reset() {
    this.count = null;
    this.pages = new Map();
    this.waiting.clear();
    this.problem = "";
  }

  row(index) {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  want(first, last) {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++)
      if (!this.pages.has(page) && ![...this.waiting.values()].includes(page)) this.ask(page);
  }

  ask(page, fresh = false) {
    const request = `${me}-${++this.number}`;
    this.waiting.set(request, page);
    this.send({ kind: "rows", request, view: this.view, start: page * PAGE, stop: (page + 1) * PAGE, fresh });
    setTimeout(() => this.waiting.has(request) && this.changed(), SLOW_MS);
    this.asked = performance.now();
  }

  get slow() {
    return this.waiting.size > 0 && performance.now() - this.asked >= SLOW_MS - 50;
  }

  receive(message) {
    if (!this.waiting.has(message.request)) return;
    const page = this.waiting.get(message.request);
    this.waiting.delete(message.request);
    this.problem = message.problem ?? "";
    if (message.rows) {
      this.count = message.count;
      this.pages.set(page, message.rows);
      if (this.pages.size > PAGES_KEPT) this.pages.delete(this.pages.keys().next().value);
    }
    this.changed();
  }
}
