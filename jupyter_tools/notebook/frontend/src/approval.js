// The card that asks whether a tool may run. It takes no focus: whoever writes elsewhere is not interrupted.
import { make, makeButton, makeField } from "./dom.js";

export class ApprovalCard {
  constructor(send, announcer) {
    this.send = send;
    this.announcer = announcer;
    this.element = make("div", "jt-approval");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Approval of a tool");
    this.id = null;
  }

  ask(question) {
    if (question?.id === this.id) return; // asked again: what the person has edited stays
    this.id = question?.id;
    this.element.replaceChildren();
    if (!question) return;
    const title = make("div", "", "May this tool run? ");
    title.append(make("code", "", question.tool));
    this.field = makeField(`Arguments of ${question.tool}, as JSON`);
    this.field.value = JSON.stringify(question.arguments, null, 2);
    this.field.rows = Math.min(12, this.field.value.split("\n").length);
    this.problem = make("div", "jt-problem");
    this.problem.setAttribute("role", "alert");
    const buttons = make("div", "jt-buttons");
    for (const [text, decision] of [["Run", "run"], ["Deny", "deny"], ["Always", "always"]])
      buttons.append(makeButton("jt-button", text, () => this.answer(decision)));
    this.announcer.say(title.textContent);
    this.element.append(title, this.field, this.problem, buttons);
  }

  answer(decision) {
    const args = decision === "deny" ? {} : this.edited();
    if (args === null) {
      this.problem.textContent = 'The arguments must be a JSON object, such as {"x": 1}.';
      return;
    }
    this.send({ kind: "answer", id: this.id, decision, arguments: args });
    this.element.replaceChildren();
  }

  edited() {
    try {
      const value = JSON.parse(this.field.value);
      return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
      return null;
    }
  }
}
