"""The page's script mounted on an empty page: no JupyterLab, no kernel, a model that only remembers."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

import jupyter_tools

BUNDLE = Path(jupyter_tools.__file__).parent / "notebook" / "assets" / "run.js"
CSS = "".join((BUNDLE.parent / name).read_text(encoding="utf-8") for name in ("run.css", "live.css"))
MOUNT = """async (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const widget = await (await import(url)).default();
  window.said = [];
  const model = {
    get: (name) => window.state?.[name] ?? window.steerable ?? true,
    send: (message) => window.said.push(message),
    on: (_, receive) => { window.receive = receive; },
    off: () => { window.receive = null; },
    widget_manager: { rendermime: { latexTypesetter: window.typesetter }, context: window.context },
  };
  if (window.context) widget.initialize({ model });
  window.close = widget.render({ model, el: document.body.appendChild(document.createElement("div")) });
}"""
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Widget:
    """A mounted view."""

    def __init__(self, page: Page, before: str = "() => {}") -> None:
        self.page = page
        page.goto("about:blank")
        page.evaluate(before)
        page.evaluate(MOUNT, BUNDLE.read_text(encoding="utf-8"))

    def receive(self, message: Any) -> None:
        self.page.evaluate("(message) => window.receive(message)", message)
        self.page.evaluate(NEXT_FRAME)

    def show(self, text: str) -> None:
        change = {"part": 0, "facts": {"kind": "text"}, "text": text}
        self.receive({"kind": "sync", "seq": 1, "count": 1, "changes": [change], "status": ""})

    @property
    def said(self) -> list[Any]:
        return self.page.evaluate("() => window.said.splice(0)")

    @property
    def text(self) -> str:
        return self.page.inner_text(".jt-run > div")

    @property
    def html(self) -> str:
        return self.page.inner_html(".jt-run > div")


def tool_change(place: int, status: str, **more: Any) -> dict[str, Any]:
    facts = {"kind": "tool", "label": f"f(n={place})", "outcome": status, "status": status}
    facts |= {"done": status in ("ok", "error"), "failed": status == "error"}
    return {"part": place, "facts": facts, "text": "", **more}


def sync(*changes: dict[str, Any], seq: int = 1, **around: Any) -> dict[str, Any]:
    return {"kind": "sync", "seq": seq, "count": len(changes), "changes": list(changes), "status": "", **around}
