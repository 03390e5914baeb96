// What the person may say while the run goes on. A textarea and buttons, so that keyboards and screen readers know them.
import { make, makeButton, makeField } from "./dom.js";

export function makeSteering(send, steerable) {
  const row = make("div", "jt-steer");
  const field = makeField("Say something to the model");
  field.rows = 1;
  field.disabled = !steerable;
  field.placeholder = steerable
    ? "Say something while it works…"
    : "This has to wait: the kernel hears the page when the cell is over. Interrupt it to stop.";
  const say = () => {
    if (field.value.trim() === "") return;
    send({ kind: "steer", text: field.value });
    field.value = "";
    field.placeholder = "Said. It is heard after this turn.";
  };
  field.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  };
  const button = makeButton("jt-button", "Say", say);
  button.disabled = !steerable;
  row.append(field, button);
  return row;
}
