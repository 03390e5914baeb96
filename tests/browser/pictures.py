"""Takes the pictures of `docs/` again: `python -m tests.browser.pictures`. Look at them before you keep them."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import Page

from tests.browser.lab import DARK, Lab, NotebookPage, browser_page, running_lab

DOCS = Path(__file__).parents[2] / "docs"
COLOURS = 64  # a page of text needs no more
MARGIN = 4
SETUP = r'''
%load_ext jupyter_tools
import asyncio, time
from jupyter_tools.events import ThinkingDelta
from jupyter_tools.providers.scripted import call, pause, register_script, thinking

@tool
async def boiling_point(substance: str, seconds: float = 0.2) -> dict:
    "The boiling point of a substance, in degrees Celsius."
    await asyncio.sleep(seconds)
    sources = [{"number": 1, "title": "Boiling points of common substances", "url": "https://example.org/boiling"}]
    text = {"substance": substance, "celsius": {"water": 100.0, "ethanol": 78.4}.get(substance, 56.1)}
    return {"content": [{"type": "text", "text": str(text["celsius"])}], "details": {"sources": sources}}

@tool
async def measure(sample: int) -> float:
    "Measures a sample."
    await asyncio.sleep(0.1 + sample / 200)
    if sample in (17, 44, 71):
        raise ValueError(f"sample {sample} is contaminated")
    return sample / 7

@tool(requires_approval=True)
def run_cell(code: str) -> str:
    "Runs code."
    return "ran"

THOUGHTS = [p for n in range(30) for p in (ThinkingDelta(text="Compare both substances. "), pause(0.02))]
ANSWER = """Ethanol boils **21.6 °C lower** than water [1]:

| substance | °C |
|---|---|
| water | 100.0 |
| ethanol | 78.4 |

By the Clausius-Clapeyron relation $\\ln\\frac{p_2}{p_1} = -\\frac{L}{R}\\left(\\frac{1}{T_2} - \\frac{1}{T_1}\\right)$, in Python:

```python
def vapour_pressure(celsius, boiling=78.4, latent=38_600):
    # relative to normal pressure
    return exp(-latent / 8.314 * (1 / (celsius + 273.15) - 1 / (boiling + 273.15)))
```
"""
both = [call("boiling_point", {"substance": "water"}), call("boiling_point", {"substance": "ethanol"})]
slow = call("boiling_point", {"substance": "acetone", "seconds": 9})
register_script("compare", [[*THOUGHTS, ThinkingDelta(end=True), "Let me look.", *both, slow], ["Done."]])
register_script("answer", [[thinking("Compare both."), *both], [ANSWER]])
register_script("brief", [[thinking("Compare both."), *both], [ANSWER.split("\n\nBy the")[0]]])
register_script("hundred", [[call("measure", {"sample": n}) for n in range(100)], ["Three samples are contaminated."]])
code = "import pandas as pd\n\nframe = pd.read_csv('masses.csv')\nframe.groupby('sample').mean()"
register_script("code", [["I would compute the means.", call("run_cell", {"code": code})], ["Done."]])
register_script("talks", [["Well, ", *[p for n in range(900) for p in ("on and ", pause(0.03))]]])
register_script("fails", [["The first half is "], ["never said"]])
'''
QUESTION = "Which boils first, ethanol or water?"


class Photographer:
    """Takes pictures of cells: of these, behind the one that sets them up, or of a notebook that is there."""

    def __init__(self, page: Page, lab: Lab, cells: list[str], name: str = "a.ipynb") -> None:
        if cells:
            lab.write(name, [SETUP, *cells])
        self.page = page
        page.set_viewport_size({"width": 900, "height": 1000})
        self.notebook = NotebookPage(page, lab, name)
        page.keyboard.press("Control+b")
        if cells:
            self.run(0)

    def run(self, cell: int) -> None:
        """Run a cell to its end."""
        self.notebook.run(cell)
        self.notebook.finish(cell, timeout_s=120)

    def take(self, name: str, first: int, last: int | None = None) -> None:
        """A picture of these cells."""
        self.notebook.cell(first).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
        self.page.wait_for_timeout(300)
        top, bottom = self.notebook.cell(first).bounding_box(), self.notebook.cell(last or first).bounding_box()
        assert top is not None
        assert bottom is not None
        height = bottom["y"] + bottom["height"] - top["y"] + 2 * MARGIN
        clip = {"x": top["x"], "y": top["y"] - MARGIN, "width": top["width"], "height": height}
        keep(name, self.page.screenshot(clip=clip))


def keep(name: str, picture: bytes) -> None:
    """Write a picture into the documentation, small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(DOCS / f"{name}.png", optimize=True)


def quickstart(page: Page, lab: Lab) -> None:
    """The first question of the first notebook, answered by the embedded model."""
    shutil.copy(DOCS.parent / "notebooks" / "01_quickstart.ipynb", lab.folder)
    camera = Photographer(page, lab, [], "01_quickstart.ipynb")
    camera.run(1)
    for _ in range(2):  # the model is loaded at the first
        camera.run(3)
    camera.take("quickstart", 1, 3)


def streaming(page: Page, lab: Lab) -> None:
    """Reasoning, tool calls that are done and one that runs."""
    cell = f"%%agent -m scripted:compare --tools boiling_point --new\n{QUESTION}"
    camera = Photographer(page, lab, [cell])
    camera.notebook.run(1)
    page.get_by_text("running 3 s").wait_for()
    camera.take("cell-tools", 1)


def approval(page: Page, lab: Lab) -> None:
    """The card that asks."""
    camera = Photographer(page, lab, ["%%agent -m scripted:code --tools run_cell --new\nWhat do the samples weigh?"])
    camera.notebook.run(1)
    page.get_by_role("button", name="Deny").wait_for()
    camera.take("cell-approval", 1)


def hundred(page: Page, lab: Lab) -> None:
    """A hundred calls, three of them failed."""
    camera = Photographer(page, lab, ["%%agent -m scripted:hundred --tools measure --new\nMeasure all samples."])
    camera.run(1)
    camera.take("cell-hundred-calls", 1)


def stopped(page: Page, lab: Lab) -> None:
    """A run that was stopped, and one that failed."""
    failing = "%%agent -m openai:gpt-4o-mini --base-url http://127.0.0.1:9/v1 --new\nAnd here?"
    camera = Photographer(page, lab, ["%%agent -m scripted:talks --new\nTell me all.", failing])
    camera.notebook.run(1)
    page.get_by_text("on and on and on").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    camera.notebook.finish(1)
    camera.run(2)
    camera.take("cell-stopped", 1, 2)


def dark(page: Page, lab: Lab) -> None:
    """What stays of an answer, in the dark theme."""
    cell = f"%%agent -m scripted:answer --tools boiling_point --new\n{QUESTION}"
    camera = Photographer(page, lab, [cell])
    camera.run(1)
    page.get_by_text("Sources (1)").click()
    camera.take("cell-dark", 1)


def exported(page: Page, lab: Lab) -> None:
    """The same on a page without a kernel."""
    cell = f"%%agent -m scripted:brief --tools boiling_point --new\n{QUESTION}"
    camera = Photographer(page, lab, [cell])
    camera.run(1)
    camera.notebook.save()
    notebook = lab.read("a.ipynb")
    del notebook.cells[0]
    page.set_content(HTMLExporter().from_notebook_node(notebook)[0])
    page.set_viewport_size({"width": 800, "height": 1000})
    for summary in page.locator(".jt-run summary").all():
        summary.click()
    page.wait_for_timeout(500)
    keep("cell-exported", page.locator("main").screenshot())


SCENES: dict[str, tuple[Callable[[Page, Lab], None], str]] = {
    **{
        scene.__name__: (scene, "JupyterLab Light")
        for scene in (quickstart, streaming, approval, hundred, stopped, exported)
    },
    "dark": (dark, DARK),
}


def main(names: list[str]) -> None:
    """Take the pictures of these scenes, or of all."""
    for name in names or SCENES:
        scene, theme = SCENES[name]
        with (
            tempfile.TemporaryDirectory() as folder,
            running_lab(Path(folder), theme=theme) as lab,
            browser_page() as page,
        ):
            scene(page, lab)


if __name__ == "__main__":
    main(sys.argv[1:])
