// The widget of one run (anywidget): shows it while it goes on. What stays on the page is made by the kernel.
import { typesetterOf } from "./math.js";
import { NotebookOutput } from "./notebook_output.js";
import { RunView } from "./run_view.js";

export default {
  initialize({ model }) {
    const output = new NotebookOutput(model);
    const late = output.known; // this page was opened or reloaded after the run had begun
    if (late) output.show().then(() => model.send({ kind: "late" }));
    model.on("msg:custom", ({ kind, output: kept }) => {
      if (kind !== "over" && kind !== "kept") return;
      if (late && kept) output.keep(kept);
      model.send({ kind: "settled" });
    });
  },

  render({ model, el }) {
    const page = { steerable: model.get("steerable"), typesetter: typesetterOf(model) };
    const view = new RunView(el, (message) => model.send(message), page);
    const receive = (message) => view.receive(message);
    model.on("msg:custom", receive);
    return () => {
      model.off("msg:custom", receive);
      view.close();
    };
  },
};
