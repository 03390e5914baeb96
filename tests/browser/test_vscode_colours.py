"""Colours where VS Code shows what we show: its theme's, also after its widget manager has brought JupyterLab's light ones."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from jupyter_tools.events import ToolExecutionEndEvent
from jupyter_tools.notebook.static import run_html
from jupyter_tools.traces.pages import TABLE_COLUMNS
from jupyter_tools.traces.timeline_svg import Timeline
from tests.browser.mounted import BUNDLE
from tests.browser.test_run_bundle import CSS
from tests.notebook.run_events import answer, asking_turn, ended, result, started, viewed
from tests.traces.steps_made import step

pytestmark = pytest.mark.browser
NAMES = ("editor-foreground", "editor-background", "textLink-foreground", "errorForeground")
CODE = ("textPreformat-foreground", "textPreformat-background")
THEMES = {  # as VS Code 1.139 sets them, and 1.91 the last two: its classes, the colours named above
    "Dark 2026": ("vscode-dark", "#bbbebf #121314 #48a0c7 #f48771", "#8c8c8c #262626"),
    "Light 2026": ("vscode-light", "#202020 #ffffff #0069cc #ad0707", "#606060 #ececec"),
    "Dark High Contrast": ("vscode-high-contrast", "#ffffff #000000 #21a6ff #f48771", "#ffffff transparent"),
    "Light High Contrast": (
        "vscode-high-contrast-light vscode-high-contrast",
        "#292929 #ffffff #0f4a85 #b5200d",
        "#ffffff #09345f",
    ),
    "Dark Modern": ("vscode-dark", "#cccccc #1f1f1f #4daafc #f85149", "#d0d0d0 #3c3c3c"),
    "Light Modern": ("vscode-light", "#3b3b3b #ffffff #005fb8 #f85149", "#3b3b3b #0000001f"),
}
OF_ITS_PAGES = """body { color: var(--vscode-editor-foreground); background: var(--vscode-editor-background) }
    a { color: var(--vscode-textLink-foreground) }
    code { color: var(--vscode-textPreformat-foreground); background-color: var(--vscode-textPreformat-background) }"""
OF_ITS_WIDGET_MANAGER = """:root { --jp-content-font-color1: black; --jp-layout-color1: white; --jp-error-color1: #d32f2f;
    --jp-ui-font-color1: black; --jp-ui-font-color2: #555; --jp-layout-color0: white; --jp-layout-color2: #eee }"""
MOUNT_TABLE = """async ([source, columns, rows]) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  let receive;
  const answer = ({ request }) => ({ kind: "rows", request, count: rows.length, start: 0, rows });
  const model = {
    get: (name) => ({ place: "place", columns })[name],
    send: (message) => setTimeout(() => receive(answer(message))),
    on: (_, heard) => { receive = heard; },
  };
  (await import(url)).default.initialize({ model });
}"""
FAILED = ToolExecutionEndEvent(
    tool_call_id="f", tool_name="f", args={"n": 1, "s": "x"}, result=result("No."), is_error=True, status="error"
)
SAID = "Said [so](https://e.org), `c`:\n\n```python\nx = plain(1)  # one\n```\n\n| a |\n|---|\n| 1 |"

each_theme = pytest.mark.parametrize("theme", THEMES)
alone_or_after_a_widget = pytest.mark.parametrize("polluted", [False, True], ids=["alone", "after a widget"])


def show(page: Page, html: str, theme: str, *, polluted: bool) -> None:
    classes, colours, of_code = THEMES[theme]
    values = zip((*NAMES, *CODE), (*colours.split(), *of_code.split()), strict=True)
    variables = "; ".join(f"--vscode-{name}: {value}" for name, value in values)
    page.set_content(
        f"""<!DOCTYPE html><html lang="en" style="{variables}"><title>x</title>
        <style>@layer vscode-default {{ {OF_ITS_PAGES} }} {CSS + OF_ITS_WIDGET_MANAGER if polluted else ""}</style>
        <body class="{classes}"><main>{html.replace("<details", "<details open")}</main></body>"""
    )


def too_pale(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    faults = [*found["violations"], *found["incomplete"]]  # white on white is "incomplete"
    return [node["html"] for fault in faults for node in fault["nodes"]]


@each_theme
@alone_or_after_a_widget
def test_a_run_can_be_read(page: Page, theme: str, polluted: bool):
    html = run_html(viewed([*started(), *asking_turn(), FAILED, *answer(SAID), *ended()]))
    show(page, html, theme, polluted=polluted)
    assert too_pale(page) == []


@each_theme
@alone_or_after_a_widget
def test_a_timeline_is_written_in_the_colour_of_text(page: Page, theme: str, polluted: bool):
    show(page, Timeline([step(), step("b", status="error")])._repr_html_(), theme, polluted=polluted)
    foreground = page.evaluate("getComputedStyle(document.body).color")
    fills = page.eval_on_selector_all(".jt-timeline text", "all => all.map((text) => getComputedStyle(text).fill)")
    assert set(fills) == {foreground}
    assert page.eval_on_selector(".jt-timeline", "element => getComputedStyle(element).color") == foreground


@each_theme
def test_the_living_table_of_spans_can_be_read(page: Page, theme: str):
    show(page, '<div id="place"></div>', theme, polluted=True)
    row = dict.fromkeys(TABLE_COLUMNS) | {"started": 0, "kind": "tool", "name": "f", "input": "x", "error": "No."}
    rows = [[number, *(row | {"status": status}).values()] for number, status in enumerate(("ok", "error"))]
    script = (BUNDLE.parent / "traces.js").read_text(encoding="utf-8")
    page.evaluate(MOUNT_TABLE, [script, list(TABLE_COLUMNS), rows])
    page.get_by_text("No.").first.wait_for()
    assert too_pale(page) == []
