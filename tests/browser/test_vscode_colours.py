"""A run's colours where VS Code shows it: its theme's, also after its widget manager has brought JupyterLab's light ones."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from jupyter_tools.events import ToolExecutionEndEvent
from jupyter_tools.notebook.static import run_html
from tests.browser.test_run_bundle import CSS
from tests.notebook.run_events import answer, asking_turn, ended, result, started, viewed

pytestmark = pytest.mark.browser
THEMES = {  # as VS Code 1.91 sets them
    "vscode-dark": {"foreground": "#cccccc", "background": "#1f1f1f", "link": "#4daafc"},
    "vscode-light": {"foreground": "#3b3b3b", "background": "#ffffff", "link": "#005fb8"},
}
FROM_THE_WIDGET_MANAGER = "--jp-content-font-color1: black; --jp-layout-color1: white; --jp-error-color1: #d32f2f;"
FAILED = ToolExecutionEndEvent(
    tool_call_id="f", tool_name="f", args={"n": 1, "s": "x"}, result=result("No."), is_error=True, status="error"
)
SAID = "Said [so](https://e.org), `c`:\n\n```python\nx = 1  # one\n```\n\n| a |\n|---|\n| 1 |"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("polluted", [False, True], ids=["alone", "after a widget"])
def test_a_run_can_be_read(page: Page, theme: str, polluted: bool):
    colours = THEMES[theme]
    variables = f"""--vscode-editor-foreground: {colours["foreground"]}; --vscode-editor-background: {colours["background"]};
        --vscode-textLink-foreground: {colours["link"]}; --vscode-errorForeground: #f85149"""
    html = run_html(viewed([*started(), *asking_turn(), FAILED, *answer(SAID), *ended()]))
    page.set_content(
        f"""<html lang="en" style="{variables}"><title>x</title>
        <style>{CSS if polluted else ""} :root {{ {FROM_THE_WIDGET_MANAGER if polluted else ""} }}
        body {{ color: {colours["foreground"]}; background: {colours["background"]} }} a {{ color: {colours["link"]} }}</style>
        <body class="{theme}"><main>{html.replace("<details", "<details open")}</main></body>"""
    )
    faults = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [node["html"] for fault in faults for node in fault["nodes"]] == []
