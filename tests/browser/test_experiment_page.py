"""`%%experiment` in JupyterLab: the bar, the Stop button, what stays."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import NotebookPage, browser_page, running_lab

pytestmark = pytest.mark.browser

SETUP = """%load_ext jupyter_tools
from jupyter_tools.providers.scripted import pause, register_script
register_script("paced", [[pause(0.1), "done"]])
rows = [{"n": n} for n in range(200)]"""
RUN = "%%experiment --over rows -m scripted:paced --at-once 2 -o part\nSay {{ n }}"
CALL = """from jupyter_tools import experiment
part = experiment("Say {{ n }}", models="scripted:paced", data=rows, concurrency=2)"""
LOOK = "print(0 < len(part) < 200)"


@pytest.mark.parametrize("run", [RUN, CALL], ids=["magic", "function"])
def test_stop_keeps_what_is_done_and_leaves_a_line_without_a_widget(tmp_path: Path, run: str) -> None:
    with running_lab(tmp_path) as lab, browser_page() as page:
        lab.write("experiment.ipynb", [SETUP, run, LOOK])
        notebook = NotebookPage(page, lab, "experiment.ipynb")
        notebook.run(0)
        notebook.finish(0)
        notebook.run(1)
        expect(notebook.output(1)).to_contain_text("left", timeout=20_000)
        expect(notebook.output(1)).to_contain_text("200 cells: about 200 calls")
        notebook.output(1).get_by_role("button", name="Stop").click()
        notebook.finish(1)
        expect(notebook.output(1)).to_contain_text("stopped")
        expect(notebook.output(1)).not_to_contain_text("about 200 calls")
        expect(notebook.output(1).get_by_role("button")).to_have_count(0)
        notebook.run(2)
        expect(notebook.output(2)).to_contain_text("True", timeout=20_000)
        notebook.save()
        [output] = lab.read("experiment.ipynb").cells[1].outputs
        assert set(output.data) == {"text/html", "text/plain"}
