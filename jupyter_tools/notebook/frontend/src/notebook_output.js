// A page that is opened or reloaded while a run goes on gets no output of the cell any more: it puts it in itself.

const VIEW = "application/vnd.jupyter.widget-view+json";

/** A run's output in the notebook that the page shows. JupyterLab and Notebook 7 tell a widget of it, other pages do not. */
export class NotebookOutput {
  constructor(model) {
    this.context = model.widget_manager?.context;
    this.place = model.get("place") ?? {};
  }

  /** True if the run was on a page before. */
  get known() {
    return Boolean(this.place.model_id);
  }

  /** Show the widget: again if the page has tried before it knew the widget, or in its cell, if nothing is there. */
  async show() {
    await this.context?.ready;
    const view = { [VIEW]: { version_major: 2, version_minor: 0, model_id: this.place.model_id } };
    const output = { output_type: "display_data", data: view, metadata: {} };
    const outputs = this.cells().find((cell) => cell.id === this.place.cell_id)?.outputs;
    if (this.find()) this.keep(output);
    else if (outputs?.length === 0) outputs.add(output);
  }

  /** Put what stays of the run in the widget's place. */
  keep(output) {
    const found = this.find();
    found?.outputs.set(found.index, output);
  }

  find() {
    for (const { outputs } of this.cells())
      for (let index = 0; index < outputs.length; index++)
        if (outputs.get(index).data[VIEW]?.model_id === this.place.model_id) return { outputs, index };
    return null;
  }

  cells() {
    return [...(this.context?.model?.cells ?? [])].filter((cell) => cell.type === "code");
  }
}
