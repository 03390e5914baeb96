// What a page keeps of a run whose kernel has ended: nobody else has it all, and nobody answers its buttons any more.
import { make } from "./dom.js";
import { safeHtml } from "./safe.js";

const ENDED = "Interrupted: the kernel ended here.";
const WITHOUT_A_VIEW = `${ENDED} %agent last shows the run.`;

/** The output that takes the place of `view`, if there is one. */
export function whatIsLeft(view, css) {
  const data = view ? { "text/html": html(view, css), "text/plain": view.root.innerText } : { "text/plain": WITHOUT_A_VIEW };
  return { output_type: "display_data", data, metadata: {} };
}

function html(view, css) {
  view.freeze(ENDED);
  const page = make("div");
  page.append(safeHtml(view.root.innerHTML));
  const body = page.innerHTML.replace(/\n(?=\s*\n)/g, "&#10;"); // what follows a blank line would be Markdown in an export
  return `<div class="jt-run mathjax_ignore tex2jax_ignore"><style>${css}</style>\n${body}</div>`;
}
