// The table: what a person may look for, the rows, and the span that was chosen.
import css from "./traces.css";
import { isNumber, label } from "./cells.js";
import { Detail } from "./detail.js";
import { make, makeButton, makeSelect } from "./element.js";
import { HEIGHT, Rows } from "./rows.js";
import { Source } from "./source.js";

const SMALLEST = 100;
const TALLEST = 340;
const PAUSE_MS = 200; // between the last key and the search
const KINDS = ["agent", "turn", "model", "tool", "approval", "retrieval"];
const STATUSES = ["ok", "failed", "error", "timeout", "denied", "stopped", "skipped", "replayed", "running", "interrupted"];

/** Letters and arrows are the notebook's shortcuts, too; Ctrl+S and its like are left to the page. */
function keepPlainKeys(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}

export class TraceTable {
  constructor(columns, send) {
    this.columns = columns.filter((column) => column !== "error"); // it stands where the output would
    this.send = send;
    this.source = new Source(send, () => this.draw(), () => this.rows.reset());
    this.detail = new Detail(() => this.scroller.focus());
    this.rows = new Rows(columns, this.columns, this.source, (number) => this.ask(number));
    this.root = make("div", "jt-table");
    this.root.onkeydown = keepPlainKeys;
    this.root.append(make("style", "", css), this.bar(), this.grid(), this.detail.root);
    this.rows.attach(this.scroller);
    this.source.look({});
  }

  bar() {
    const bar = make("div", "jt-bar-of-fields");
    this.search = make("input", "jt-field", "", { type: "search", placeholder: "Search", "aria-label": "Search in the spans" });
    this.search.oninput = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look({}), PAUSE_MS);
      this.draw();
    };
    const any = (name, values) => [["", `any ${name}`], ...values.map((value) => [value, value])];
    const kind = makeSelect("Kind", any("kind", KINDS), (value) => this.look({ kind: value }));
    const status = makeSelect("Status", any("status", STATUSES), (value) => this.look({ status: value }));
    this.told = make("span", "jt-told", "", { role: "status" });
    bar.append(this.search, kind, status, makeButton("Refresh", () => this.look({}, true)), this.told);
    return bar;
  }

  grid() {
    this.scroller = make("div", "jt-scroller", "", { role: "grid", tabindex: 0, "aria-label": "Spans", "aria-colcount": this.columns.length });
    const head = make("div", "jt-row jt-columns", "", { role: "row", "aria-rowindex": 1 });
    this.heads = this.columns.map((column) => {
      const cell = make("div", isNumber(column) ? "jt-number" : "", "", { role: "columnheader", "aria-sort": "none" });
      cell.append(makeButton(label(column), () => this.sort(column), { title: `Sort by ${label(column)}` }));
      return head.appendChild(cell);
    });
    this.scroller.append(head, this.rows.body);
    return this.scroller;
  }

  sort(column) {
    const { sort, descending } = this.source.view;
    const same = sort === column;
    this.look(same && !descending ? { sort: "", descending: true } : { sort: column, descending: !same });
  }

  /** Whatever is changed, the search is what its field holds now. */
  look(view, fresh = false) {
    clearTimeout(this.timer);
    this.source.look({ search: this.typed, ...view }, fresh);
    this.draw();
  }

  get typed() {
    return this.search.value.slice(0, 1000);
  }

  ask(number) {
    this.wanted = number;
    this.send({ kind: "detail", number });
  }

  receive(message) {
    if (message.kind === "detail" && message.number === this.wanted) {
      this.wanted = null;
      this.detail.show(message.detail);
    } else this.source.receive(message);
  }

  draw() {
    const { count, problem, view, slow, stale } = this.source;
    const spans = stale || view.search !== this.typed ? "…" : `${count.toLocaleString("en")} span${count === 1 ? "" : "s"}`;
    this.told.textContent = problem || (slow ? "The kernel is busy; it answers when its cell is over." : spans);
    this.scroller.setAttribute("aria-rowcount", (count ?? 0) + 1);
    this.columns.forEach((column, place) => {
      const direction = view.descending ? "descending" : "ascending";
      this.heads[place].setAttribute("aria-sort", view.sort === column ? direction : "none");
    });
    if (count !== null && !this.sized) this.size(count);
    this.rows.draw();
  }

  size(count) {
    this.sized = true; // once: the person may have made it larger
    this.scroller.style.height = `${Math.min(TALLEST, Math.max(SMALLEST, (count + 2) * HEIGHT))}px`;
  }
}
