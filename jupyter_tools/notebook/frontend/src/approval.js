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
    this.arguments = new ArgumentFields(question);
    this.problem = make("div", "jt-problem");
    this.problem.setAttribute("role", "alert");
    const buttons = make("div", "jt-buttons");
    for (const [text, decision] of [["Run", "run"], ["Deny", "deny"], ["Always", "always"]])
      buttons.append(makeButton("jt-button", text, () => this.answer(decision)));
    this.announcer.say(title.textContent);
    this.element.append(title, ...this.arguments.elements, this.problem, buttons);
  }

  answer(decision) {
    const args = decision === "deny" ? {} : this.arguments.edited();
    if (args === null) {
      this.problem.textContent = 'The arguments must be a JSON object, such as {"x": 1}.';
      return;
    }
    this.send({ kind: "answer", id: this.id, decision, arguments: args });
    this.element.replaceChildren();
  }
}

/** The arguments, to be edited: texts of several lines, such as code, as they are; what else there is as one JSON object. */
class ArgumentFields {
  constructor({ tool, arguments: args }) {
    const entries = Object.entries(args);
    const rest = entries.filter(([, value]) => !isLongText(value));
    this.texts = entries.filter(([, value]) => isLongText(value)).map(([name, text]) => [name, fieldOf(`${name} of ${tool}`, text)]);
    const json = JSON.stringify(Object.fromEntries(rest), null, 2);
    const label = this.texts.length ? `Other arguments of ${tool}, as JSON` : `Arguments of ${tool}, as JSON`;
    this.rest = rest.length || !this.texts.length ? fieldOf(label, json) : null;
    const fields = [...this.texts, ...(this.rest ? [[this.texts.length ? "other arguments" : "arguments", this.rest]] : [])];
    this.elements = fields.flatMap(([name, field]) => [labelOf(name), field]);
  }

  edited() {
    const rest = this.rest ? objectIn(this.rest.value) : {};
    return rest && { ...rest, ...Object.fromEntries(this.texts.map(([name, field]) => [name, field.value])) };
  }
}

function isLongText(value) {
  return typeof value === "string" && value.includes("\n");
}

/** What people who see the field read above it; others hear the field's own, longer label. */
function labelOf(name) {
  const label = make("div", "jt-label", `${name}, which you may change:`);
  label.setAttribute("aria-hidden", "true");
  return label;
}

function fieldOf(label, text) {
  const field = makeField(label);
  field.title = label;
  field.spellcheck = false;
  field.value = text;
  field.rows = Math.min(12, text.split("\n").length);
  return field;
}

function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
