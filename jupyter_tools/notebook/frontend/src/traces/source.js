// Rows by page, asked for when they are about to be seen. Answers to questions that nobody asks any more are dropped.
// The rows of the view before stay until the first of a new one are here: a row that can be seen can be chosen.
const PAGE = 200;
const PAGES_KEPT = 60;
const SLOW_MS = 1500; // a kernel that is busy answers when its cell is over
const me = Math.random().toString(36).slice(2); // other pages may show the same table

export class Source {
  constructor(send, changed, renewed) {
    this.send = send;
    this.changed = changed;
    this.renewed = renewed;
    this.view = { search: "", kind: "", status: "", sort: "", descending: true };
    this.number = 0;
    this.waiting = new Map();
    this.pages = new Map();
    this.count = null;
    this.problem = "";
    this.stale = false;
  }

  look(view, fresh = false) {
    const same = Object.entries(view).every(([name, value]) => this.view[name] === value);
    if (same && !fresh && this.count !== null && !this.problem) return;
    this.view = { ...this.view, ...view };
    this.problem = "";
    this.waiting.clear();
    this.stale = true;
    this.ask(0, fresh);
  }

  row(index) {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  want(first, last) {
    if (this.stale) return;
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
      if (this.stale) this.renew();
      this.count = message.count;
      this.pages.set(page, message.rows);
      if (this.pages.size > PAGES_KEPT) this.pages.delete(this.pages.keys().next().value);
    }
    this.changed();
  }

  renew() {
    this.stale = false;
    this.pages.clear();
    this.renewed();
  }
}
