// One span: what went in, what came out, and its place among the others of its run.
import { make, makeButton } from "./element.js";

const BAR = 12;
const GAP = 4;

export class Detail {
  constructor(close) {
    this.root = make("section", "jt-detail", "", { "aria-label": "The chosen span" });
    this.root.hidden = true;
    this.close = close;
  }

  show(detail) {
    this.root.hidden = false;
    this.root.replaceChildren();
    if (!detail) {
      this.root.append(make("p", "", "This span is no longer in the file."));
      return;
    }
    const head = make("div", "jt-head");
    head.append(make("strong", "", detail.title), makeButton("✕", () => this.hide(), { "aria-label": "Close" }));
    const facts = make("p", "jt-facts", detail.facts.map(([name, value]) => `${name} ${value}`).join(" · "));
    this.root.append(head, facts, timeline(detail.timeline));
    for (const [title, text] of detail.parts) this.root.append(make("h4", "", title), make("pre", "", text, { tabindex: 0 }));
  }

  hide() {
    this.root.hidden = true;
    this.close();
  }
}

function timeline({ rows, bars, duration }) {
  const tops = [];
  let height = 0;
  for (const [, , levels] of rows) {
    tops.push(height);
    height += levels * (BAR + 1) + GAP;
  }
  const chosen = bars.find((bar) => bar.chosen);
  const text = `Its place in the ${duration} of its run: from ${Math.round(chosen?.x ?? 0)} % on`;
  const root = make("div", "jt-place", "", { role: "img", "aria-label": text });
  const labels = make("div", "jt-labels");
  const lines = make("div", "jt-lines");
  lines.style.height = labels.style.height = `${height}px`;
  rows.forEach(([label, depth], number) => {
    const element = labels.appendChild(make("div", "", label));
    element.title = label;
    element.style.top = `${tops[number]}px`;
    element.style.paddingLeft = `${depth * 0.8}em`;
  });
  let shown = null;
  for (const bar of bars) {
    const element = lines.appendChild(make("div", `jt-bar jt-${bar.kind}${bar.chosen ? " jt-chosen" : ""}`));
    element.title = bar.title;
    element.style.cssText = `left:${bar.x}%;width:max(2px,${bar.width}%);top:${tops[bar.row] + bar.level * (BAR + 1)}px`;
    if (bar.chosen) shown = tops[bar.row];
  }
  root.append(labels, lines);
  requestAnimationFrame(() => { root.scrollTop = Math.max(0, (shown ?? 0) - 60); });
  return root;
}
