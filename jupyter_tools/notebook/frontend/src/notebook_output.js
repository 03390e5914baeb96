// A page that does not run the cell gets no output of it: it puts it in itself. And it keeps what it has if the kernel ends.

const VIEW = "application/vnd.jupyter.widget-view+json";
const ENDED = ["restarting", "autorestarting", "terminating", "dead"];

/** A run's output in the notebook that the page shows. JupyterLab and Notebook 7 tell a widget of it, other pages do not. */
export class NotebookOutput {
  constructor(model) {
    this.model = model;
    this.context = model.widget_manager?.context;
  }

  get place() {
    return this.model.get("place") ?? {};
  }

  /** True if the run was on a page before. */
  get known() {
    return Boolean(this.place.model_id);
  }

  /** Show the widget: again if the page has tried before it knew the widget, or in its cell, in place of an earlier run's. */
  async show() {
    await this.context?.ready;
    const view = { [VIEW]: { version_major: 2, version_minor: 0, model_id: this.place.model_id }, "text/plain": "This run is going on." };
    const output = { output_type: "display_data", data: view, metadata: {} };
    const outputs = this.cells().find((cell) => cell.id === this.place.cell_id)?.outputs;
    if (this.find()) this.keep(output);
    else if (outputs && (outputs.length === 0 || listOf(outputs).some((old) => old.metadata.jupyter_tools))) {
      outputs.clear();
      outputs.add(output);
    }
  }

  /** Put what stays of the run in the widget's place. */
  keep(output) {
    const found = this.find();
    found?.outputs.set(found.index, output);
  }

  /** Do `act` when the kernel ends, however that happens. Returns what stops waiting for it. */
  onKernelEnd(act) {
    const session = this.context?.sessionContext;
    const look = (_, status) => { if (ENDED.includes(status)) act(); };
    session?.statusChanged.connect(look);
    session?.kernelChanged.connect(act);
    return () => {
      session?.statusChanged.disconnect(look);
      session?.kernelChanged.disconnect(act);
    };
  }

  find() {
    if (!this.known) return null;
    for (const { outputs } of this.cells()) {
      const index = listOf(outputs).findIndex(({ data }) => data[VIEW]?.model_id === this.place.model_id);
      if (index >= 0) return { outputs, index };
    }
    return null;
  }

  cells() {
    return [...(this.context?.model?.cells ?? [])].filter((cell) => cell.type === "code");
  }
}

const listOf = (outputs) => Array.from({ length: outputs.length }, (_, index) => outputs.get(index));
