// The widget of one run (anywidget): shows it while it goes on. What stays on the page is made by the kernel.
import { typesetterOf } from "./math.js";
import { NotebookOutput } from "./notebook_output.js";
import { RunView } from "./run_view.js";
import { whatIsLeft } from "./what_is_left.js";

const SOON_MS = 1000;

/** Called once for each run. */
export default () => {
  const views = new Set();
  return {
    initialize({ model }) {
      const output = new NotebookOutput(model);
      let soon = 0;
      let late = false; // this page does not get the cell's output: it was opened meanwhile, or another window runs the cell
      const joinLate = () => {
        late = true;
        output.show().then(() => model.send({ kind: "late" }));
      };
      const joinUnlessShown = () => { if (views.size === 0 && !output.find()) joinLate(); };
      if (output.known) joinLate();
      else model.on("change:place", () => { soon = setTimeout(joinUnlessShown, SOON_MS); });
      model.on("msg:custom", ({ kind, output: kept }) => {
        if (kind !== "over" && kind !== "kept") return;
        clearTimeout(soon); // what stays is there: the widget would take its place
        if (late && kept) output.keep(kept);
        model.send({ kind: "settled" });
      });
      const forget = output.onKernelEnd(() => output.keep(whatIsLeft([...views][0], model.get("_css"))));
      return () => {
        clearTimeout(soon);
        forget();
      };
    },

    render({ model, el }) {
      const page = { steerable: model.get("steerable"), typesetter: typesetterOf(model) };
      const view = new RunView(el, (message) => model.send(message), page);
      const receive = (message) => view.receive(message);
      model.on("msg:custom", receive);
      views.add(view);
      return () => {
        model.off("msg:custom", receive);
        views.delete(view);
        view.close();
      };
    },
  };
};
