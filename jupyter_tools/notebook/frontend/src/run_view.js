// The page's half of a run: applies the kernel's numbered messages, asks for everything when it missed one.
import { ApprovalCard } from "./approval.js";
import { makePart } from "./parts.js";
import { makeButton, makeSteering } from "./steering.js";

export class RunView {
  constructor(element, send, steerable) {
    this.send = send;
    this.parts = [];
    this.seq = null; // null: waiting for a sync
    this.root = element.appendChild(document.createElement("div"));
    this.root.className = "jt-run jp-RenderedHTMLCommon"; // the looks that JupyterLab gives to text
    this.body = this.root.appendChild(document.createElement("div"));
    this.card = new ApprovalCard(send);
    this.root.append(this.card.element, makeSteering(send, steerable));
    this.bar = this.root.appendChild(document.createElement("div"));
    this.bar.className = "jt-status";
    this.bar.append(this.stopButton());
    this.status = this.bar.appendChild(document.createElement("span"));
    this.status.setAttribute("role", "status");
    send({ kind: "sync" });
  }

  stopButton() {
    const button = makeButton("jt-button jt-stop", "Stop", () => {
      button.disabled = true;
      button.textContent = "Stopping…";
      this.send({ kind: "stop" });
    });
    return button;
  }

  receive(message) {
    if (message.kind === "ask") this.card.ask(message.question);
    if (message.kind !== "sync" && message.kind !== "delta") return;
    if (message.kind === "delta" && this.seq === null) return; // a sync is on its way
    if (message.kind === "delta" && message.seq !== this.seq + 1) {
      this.seq = null;
      this.send({ kind: "sync" });
      return;
    }
    this.seq = message.seq;
    for (const change of message.changes) this.apply(change);
    for (const gone of this.parts.splice(message.count)) gone.element.remove();
    this.status.textContent = message.status;
  }

  apply({ part: place, facts, text, more }) {
    if (facts && this.parts[place]?.kind !== facts.kind) this.put(place, makePart(facts.kind));
    const part = this.parts[place];
    if (facts) part.facts(facts);
    if (text !== undefined) part.text(text);
    if (more !== undefined) part.more(more);
  }

  put(place, part) {
    const old = this.parts[place];
    if (old) old.element.replaceWith(part.element);
    else this.body.append(part.element);
    this.parts[place] = part;
  }
}
