// The widget of one run (anywidget): shows it while it goes on. What stays on the page is made by the kernel.
import { typesetterOf } from "./math.js";
import { RunView } from "./run_view.js";

export default {
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
