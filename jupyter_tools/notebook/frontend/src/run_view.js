// The page's half of a run: applies the kernel's numbered messages, asks for everything when it missed one.
import { Announcer } from "./announcer.js";
import { ApprovalCard } from "./approval.js";
import { Clock } from "./clock.js";
import { make, makeButton } from "./dom.js";
import { Groups } from "./groups.js";
import { makePart } from "./parts.js";
import { safeHtml } from "./safe.js";
import { makeSteering } from "./steering.js";

const FIRST_PATIENCE_MS = 1000;

export class RunView {
  constructor(element, send, { steerable, typesetter }) {
    this.send = send;
    this.parts = [];
    this.seq = null; // null: waiting for a sync
    this.page = { clock: new Clock(), announcer: new Announcer(), marks: {}, loaded: new Set(), typesetter };
    this.root = element.appendChild(make("div", "jt-run jp-RenderedHTMLCommon")); // the looks that JupyterLab gives to text
    this.body = this.root.appendChild(make("div"));
    this.groups = new Groups(this.body);
    this.sources = this.root.appendChild(make("div"));
    this.card = new ApprovalCard(send, this.page.announcer);
    this.root.append(this.card.element, makeSteering(send, steerable), this.statusBar());
    this.askForAll();
  }

  /** Ask for everything, again after a while: what a page says while it is being loaded may be lost. */
  askForAll(patience = FIRST_PATIENCE_MS) {
    this.seq = null;
    this.send({ kind: "sync" });
    this.asking = setTimeout(() => this.askForAll(patience * 2), patience);
  }

  statusBar() {
    const bar = make("div", "jt-status");
    const stop = makeButton("jt-button jt-stop", "Stop", () => {
      stop.disabled = true;
      stop.textContent = "Stopping…";
      this.send({ kind: "stop" });
    });
    this.status = make("span");
    bar.append(stop, this.status);
    return bar;
  }

  receive(message) {
    if (message.kind === "ask") this.card.ask(message.question);
    if (message.kind !== "sync" && message.kind !== "delta") return;
    if (message.kind === "delta" && this.seq === null) return; // a sync is on its way
    if (message.kind === "delta" && message.seq !== this.seq + 1) {
      this.askForAll();
      return;
    }
    clearTimeout(this.asking);
    this.seq = message.seq;
    Object.assign(this.page.marks, message.marks);
    for (const change of message.changes) this.apply(change);
    for (const gone of this.parts.splice(message.count)) gone.element.remove();
    this.around(message);
  }

  around({ status, groups, sources }) {
    if (status !== undefined) this.status.textContent = status;
    if (groups) this.groups.arrange(groups, this.parts);
    if (sources !== undefined) this.sources.replaceChildren(safeHtml(sources));
  }

  apply({ part: place, facts, text, more, body, elapsed_ms: elapsed }) {
    if (facts && this.parts[place]?.kind !== facts.kind) this.put(place, makePart(facts.kind, this.page));
    const part = this.parts[place];
    if (facts) part.facts(facts);
    if (text !== undefined) part.text(text);
    if (more !== undefined) part.more(more);
    if (body !== undefined) part.body?.(body);
    if (elapsed !== undefined) part.since?.(elapsed);
  }

  put(place, part) {
    const old = this.parts[place];
    if (old) old.element.replaceWith(part.element);
    else this.body.append(part.element);
    this.parts[place] = part;
  }

  /** Nothing more will come, for this reason: show all there is, and what to press no more. */
  freeze(reason) {
    this.close();
    for (const part of this.parts) part.freeze?.();
    for (const gone of this.root.querySelectorAll("button, .jt-approval, .jt-steer")) gone.remove();
    this.body.append(make("div", "jt-notice", reason));
  }

  close() {
    clearTimeout(this.asking);
    for (const part of this.parts) part.close?.();
    this.page.clock.close();
    this.page.announcer.close("The run is over.");
  }
}
