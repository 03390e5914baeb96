// One class for each kind of part. `facts(f)` takes what changed beside the text, `text` and `more` the text itself.
import { MarkdownStream } from "./markdown_stream.js";

const MARKS = { ok: "✓", error: "✗", timeout: "✗", denied: "✗", aborted: "■", skipped: "–", waiting: "·" };
const FAILED = ["error", "timeout", "denied"];

function make(tag, className = "") {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

class TextPart {
  constructor() {
    this.element = make("div", "jt-text");
    this.stream = new MarkdownStream(this.element);
  }
  facts() {}
  text(text) { this.stream.set(text); }
  more(text) { this.stream.add(text); }
}

class ReasoningPart {
  constructor() {
    this.element = make("details", "jt-reasoning");
    this.element.open = true;
    this.summary = this.element.appendChild(make("summary"));
    this.stream = new MarkdownStream(this.element.appendChild(make("div")));
    this.done = false;
  }
  facts({ label, done }) {
    this.summary.textContent = label;
    if (done && !this.done) this.element.open = false; // once: the person may open it again
    this.done = done;
  }
  text(text) { this.stream.set(text); }
  more(text) { this.stream.add(text); }
}

class ToolPart {
  constructor() {
    this.element = make("details", "jt-tool");
    const summary = this.element.appendChild(make("summary"));
    this.mark = summary.appendChild(make("span", "jt-mark"));
    this.label = summary.appendChild(make("code"));
    this.outcome = summary.appendChild(make("span"));
    this.args = this.element.appendChild(make("pre"));
    this.result = this.element.appendChild(make("pre"));
  }
  facts({ status, label, outcome, done, arguments: args }) {
    this.element.classList.toggle("jt-failed", FAILED.includes(status));
    this.mark.classList.toggle("jt-spinner", !done);
    this.mark.textContent = done ? MARKS[status] ?? "" : "";
    this.label.textContent = label;
    this.outcome.textContent = ` → ${outcome}`;
    this.args.textContent = args;
  }
  text(text) {
    this.result.textContent = text;
    this.result.hidden = text === "";
  }
  more(text) { this.text(this.result.textContent + text); }
}

class PlainPart {
  constructor(kind) { this.element = make("div", `jt-${kind}`); }
  facts() {}
  text(text) { this.element.textContent = text; }
  more(text) { this.element.textContent += text; }
}

const KINDS = { text: TextPart, reasoning: ReasoningPart, tool: ToolPart, steering: PlainPart, notice: PlainPart };

export function makePart(kind) {
  const part = new (KINDS[kind] ?? PlainPart)(kind);
  part.kind = kind;
  return part;
}
