// Elements whose text is text: what a model or a tool wrote never becomes markup here.
export function make(tag, className = "", text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function makeSelect(label, options, act) {
  const select = make("select", "jt-field", "", { "aria-label": label });
  for (const [value, text] of options) select.append(make("option", "", text, { value }));
  select.onchange = () => act(select.value);
  return select;
}

export function makeButton(text, act, attributes = {}) {
  const button = make("button", "jt-button", text, { type: "button", ...attributes });
  button.onclick = act;
  return button;
}
