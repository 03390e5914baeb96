// The living table of `%traces` (anywidget). Its model has no view in the notebook: the table stands in the place of the
// static one, which is what the notebook keeps.
import { keepMounted } from "./place.js";
import { TraceTable } from "./table.js";

export default {
  initialize({ model }) {
    const table = new TraceTable(model.get("columns"), (message) => model.send(message));
    const receive = (message) => table.receive(message);
    model.on("msg:custom", receive);
    const unmount = keepMounted(table.root, model.get("place"));
    return () => {
      model.off("msg:custom", receive);
      unmount();
    };
  },
};
