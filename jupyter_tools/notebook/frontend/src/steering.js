// What the person may say while the run goes on. A textarea and buttons, so that keyboards and screen readers know them.

export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export function makeButton(className, text, act) {
  const button = make("button", className, text);
  button.type = "button";
  button.onclick = act;
  return button;
}

/** A text field whose keys are not the notebook's shortcuts. */
export function makeField(label) {
  const field = make("textarea", "jt-field");
  field.setAttribute("aria-label", label);
  field.setAttribute("data-lm-suppress-shortcuts", "true");
  field.onkeydown = (event) => event.stopPropagation();
  return field;
}

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
