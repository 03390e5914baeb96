// The rows that can be seen, of very many: a tall empty body, and a few elements that are filled anew as it scrolls.
import { FAILED, cellText, isNumber } from "./cells.js";
import { make } from "./element.js";

export const HEIGHT = 24;
const TALLEST = 8_000_000; // browsers stop at some 16 to 33 million pixels; beyond, the scroll bar is a scale
const MORE = 8;

export class Rows {
  constructor(sent, columns, source, open) {
    this.sent = sent; // all columns of a row, behind its number
    this.columns = columns; // those that are shown
    this.source = source;
    this.open = open;
    this.chosen = -1; // the place of the row that keys walk from
    this.number = null; // of the chosen span, null before its row is here
    this.id = `jt-row-${Math.random().toString(36).slice(2)}`;
    this.body = make("div", "jt-body", "", { role: "rowgroup" });
    this.pool = [];
    this.frame = 0;
  }

  attach(scroller) {
    this.scroller = scroller;
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    scroller.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.drawNow();
    });
  }

  get visible() {
    return Math.max(1, Math.floor((this.scroller.clientHeight - HEIGHT) / HEIGHT)); // the head takes one
  }

  get scale() {
    const all = (this.source.count ?? 0) * HEIGHT;
    return all > TALLEST ? (TALLEST - this.visible * HEIGHT) / (all - this.visible * HEIGHT) : 1;
  }

  drawNow() {
    const count = this.source.count ?? 0;
    this.body.style.height = `${Math.min(count * HEIGHT, TALLEST)}px`;
    const top = this.scroller.scrollTop;
    const at = top / this.scale / HEIGHT;
    const first = Math.max(0, Math.floor(at) - MORE);
    const last = Math.min(count - 1, Math.ceil(at) + this.visible + MORE);
    if (last >= first) this.source.want(first, last);
    this.fit(last - first + 1);
    this.pool.forEach((element, place) => {
      const index = first + place;
      this.fill(element, index);
      element.style.transform = `translateY(${top + (index - at) * HEIGHT}px)`;
    });
  }

  fit(wanted) {
    while (this.pool.length < wanted) this.pool.push(this.body.appendChild(this.makeRow()));
    for (const element of this.pool.splice(Math.max(0, wanted))) element.remove();
  }

  makeRow() {
    const element = make("div", "jt-row", "", { role: "row" });
    for (const column of this.columns)
      element.append(make("div", isNumber(column) ? "jt-number" : "", "", { role: "gridcell" }));
    element.onclick = () => this.choose(Number(element.dataset.index), element.number);
    return element;
  }

  fill(element, index) {
    const row = this.source.row(index);
    element.number = row?.[0] ?? null; // of the span that is seen here, until the row is filled anew
    if (row) this.recognise(row[0], index);
    element.dataset.index = index;
    element.id = `${this.id}-${index}`;
    element.setAttribute("aria-rowindex", index + 2);
    element.setAttribute("aria-selected", index === this.chosen);
    const cells = Object.fromEntries(this.sent.map((column, place) => [column, row?.[1 + place]]));
    element.classList.toggle("jt-failed", FAILED.includes(cells.status));
    element.classList.toggle("jt-empty", !row);
    this.columns.forEach((column, place) => {
      const text = row ? cellText(column, cells) : place === 1 ? "…" : "";
      const cell = element.children[place];
      if (cell.textContent !== text) cell.textContent = cell.title = text;
    });
  }

  choose(index, number = this.source.row(index)?.[0] ?? null) {
    this.place(index);
    this.number = number;
    if (number !== null) this.open(number);
    this.draw();
  }

  place(index) {
    this.chosen = index;
    this.scroller.setAttribute("aria-activedescendant", `${this.id}-${index}`);
  }

  /** The chosen span may be found elsewhere, in another view; the row at the chosen place may come late. */
  recognise(number, index) {
    if (number === this.number) this.place(index);
    else if (index === this.chosen && this.number === null) this.open((this.number = number));
  }

  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: this.visible, PageUp: -this.visible, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || !this.source.count || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.min(this.source.count - 1, Math.max(0, this.chosen + steps[event.key]));
    this.reveal(index);
    this.choose(index);
  }

  reveal(index) {
    const at = this.scroller.scrollTop / this.scale / HEIGHT;
    if (index < at) this.scroller.scrollTop = index * HEIGHT * this.scale;
    else if (index > at + this.visible - 1) this.scroller.scrollTop = (index - this.visible + 1) * HEIGHT * this.scale;
    this.drawNow();
  }

  reset() {
    this.chosen = -1;
    this.scroller.removeAttribute("aria-activedescendant");
    this.scroller.scrollTop = 0;
  }
}
