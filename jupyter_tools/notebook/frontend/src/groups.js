// Many calls in a row fold into one line with a count. Failed ones stand outside of it, open, where they are seen.
import { make } from "./dom.js";

export class Groups {
  constructor(body) {
    this.body = body;
    this.known = new Map(); // by the place of the first call
  }

  /** Put the parts where `[start, stop, label]` of each group wants them. */
  arrange(groups, parts) {
    for (const [start, stop, label] of groups) {
      const group = this.at(start, parts[start]);
      if (group.label.textContent !== label) group.label.textContent = label;
      for (const part of parts.slice(start, stop)) this.place(part, group);
    }
  }

  at(start, first) {
    const known = this.known.get(start);
    if (known) return known;
    const fold = make("details", "jt-group");
    const label = fold.appendChild(make("summary"));
    const failed = make("div");
    first.element.before(fold, failed);
    const group = { label, fold, failed };
    this.known.set(start, group);
    return group;
  }

  place(part, group) {
    const home = part.failed ? group.failed : group.fold;
    if (part.element.parentNode === home) return;
    if (part.failed) part.element.open = true; // once: the person may fold it
    home.append(part.element);
  }
}
