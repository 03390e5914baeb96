// One class for each kind of part. `facts(f)` takes what changed beside the text, `text` and `more` the text itself,
// `since(ms)` for how long it has been going on, `body` what a finished call folds away.
import { make } from "./dom.js";
import { MarkdownStream } from "./markdown_stream.js";
import { safeHtml } from "./safe.js";

const MARKS = { ok: "✓", error: "✗", timeout: "✗", denied: "✗", aborted: "■", skipped: "–", waiting: "·", asking: "?" };

class TextPart {
  constructor(page) {
    this.element = make("div", "jt-text");
    this.stream = new MarkdownStream(this.element, page);
  }
  facts() {}
  text(text) { this.stream.set(text); }
  more(text) { this.stream.add(text); }
  freeze() { this.stream.freeze(); }
  close() { this.stream.close(); }
}

class ReasoningPart {
  constructor(page) {
    this.clock = page.clock;
    this.element = make("details", "jt-reasoning");
    this.element.open = true;
    const summary = this.element.appendChild(make("summary"));
    this.label = summary.appendChild(make("span"));
    this.ticking = summary.appendChild(make("span"));
    this.stream = new MarkdownStream(this.element.appendChild(make("div")), { ...page, announcer: null });
    this.done = false;
  }
  facts({ label, done }) {
    this.label.textContent = label;
    if (done && !this.done) this.element.open = false; // once: the person may open it again
    if (done) this.clock.stop(this.ticking);
    this.done = done;
  }
  since(elapsed) { this.clock.start(this.ticking, elapsed); }
  text(text) { this.stream.set(text); }
  more(text) { this.stream.add(text); }
  freeze() {
    if (!this.done) this.facts({ label: "Reasoning", done: true });
    this.stream.freeze();
  }
  close() { this.stream.close(); }
}

class ToolPart {
  constructor(page) {
    this.clock = page.clock;
    this.element = make("details", "jt-tool");
    const summary = this.element.appendChild(make("summary"));
    this.mark = summary.appendChild(make("span", "jt-mark"));
    this.label = summary.appendChild(make("code"));
    this.outcome = summary.appendChild(make("span"));
    this.ticking = summary.appendChild(make("span"));
    this.folded = this.element.appendChild(make("div"));
    this.growing = this.folded.appendChild(make("pre"));
  }
  facts({ status, label, outcome, done, failed }) {
    this.element.classList.toggle("jt-failed", Boolean(failed));
    this.mark.classList.toggle("jt-spinner", status === "running" || status === "writing");
    this.mark.textContent = MARKS[status] ?? "";
    this.label.textContent = label;
    this.outcome.textContent = ` → ${outcome}`;
    this.failed = failed;
    this.done = done;
    if (done || status !== "running") this.clock.stop(this.ticking);
  }
  since(elapsed) { this.clock.start(this.ticking, elapsed); }
  text(text) { this.growing.textContent = text; }
  more(text) { this.growing.textContent += text; }
  body(html) { this.folded.replaceChildren(safeHtml(html)); }
  freeze() {
    if (!this.done) this.facts({ status: "aborted", label: this.label.textContent, outcome: "stopped", failed: this.failed });
  }
}

class PlainPart {
  constructor(page, kind) { this.element = make("div", `jt-${kind}`); }
  facts() {}
  text(text) { this.element.textContent = text; }
  more(text) { this.element.textContent += text; }
}

const KINDS = { text: TextPart, reasoning: ReasoningPart, tool: ToolPart, steering: PlainPart, notice: PlainPart };

export function makePart(kind, page) {
  const part = new (KINDS[kind] ?? PlainPart)(page, kind);
  part.kind = kind;
  return part;
}
