// Elements with their class and text, and the two that people type into and press.

export function make(tag, className = "", text = "") {
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
