"""Nothing that a model or a tool says runs in JupyterLab, loads anything, or reaches beyond its place on the page."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, Request, expect

from tests.browser.lab import Lab, NotebookPage, browser_page
from tests.notebook.attacks import ATTACKS
from tests.notebook.published_attacks import published_attacks

pytestmark = pytest.mark.browser
NAME, UNTRUSTED = "attack.ipynb", "untrusted.ipynb"
TYPESETTERS = ("https://cdnjs.cloudflare.com/ajax/libs/mathjax/", "https://cdnjs.cloudflare.com/ajax/libs/require.js/")
SETUP = "%load_ext jupyter_tools\nfrom attack_scripts import failing, framed, said, tree"
ATTACKED = (
    "%%agent -m scripted:attack --tools said,framed,tree,failing,list_files,read_file --max-turns 20 --new\nTalk."
)
AFTER = "print('after')"
BATCH_CHARS = 7_000  # a result of more would be cut
CANARY = """
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => { top.hacked = name; };
window.addEventListener("securitypolicyviolation", (event) => { top.hacked = event.blockedURI; });
"""
POKE = """() => {
  for (const node of document.querySelectorAll(".jt-run *")) {
    if (node.nodeName === "DETAILS") node.open = true;
    for (const name of ["mouseover", "mousemove", "mouseout", "mousedown", "focus", "blur", "toggle", "error", "load"])
      node.dispatchEvent(new Event(name));
    if (node.nodeName === "A" && !/^https?:/.test(node.getAttribute("href"))) node.click();
  }
}"""
# what stands in a run and nobody but us could have put there
STRANGE = """() => [...document.querySelectorAll(".jt-run *")].filter((node) => {
  const ours = node.matches(".jt-run > style, .jt-approval, textarea.jt-field, button.jt-button");
  const tag = /^(H[1-6]|P|BR|HR|BLOCKQUOTE|[UO]L|LI|STRONG|EM|S|DEL|CODE|PRE|A|TABLE|THEAD|TBODY|TR|T[HD]|SPAN|DIV|DETAILS|SUMMARY)$/;
  const mathjax = node.closest("mjx-container");
  const attribute = /^(class|href|rel|target|title|start|id|open|tabindex|data-jupyter-id)$/;
  return !ours && !mathjax && (!tag.test(node.nodeName) || [...node.attributes].some(({ name, value }) =>
    !attribute.test(name) || (name === "id" && !/^jt-\\w+-\\d+$/.test(value))
    || (name === "href" && !/^(https?|mailto):|^#jt-\\w+-\\d+$/i.test(value))));
}).map((node) => node.outerHTML.slice(0, 300))"""
CLOBBERED = """() => ["createElement", "getElementById", "querySelector", "addEventListener"].filter(
    (name) => typeof document[name] !== "function" || Object.hasOwn(document, name))
  .concat(document.body.nodeName === "BODY" && typeof document.cookie === "string" ? [] : ["document"])"""
# what lies over the middle of an element that is scrolled into view
OVER = """(node) => {
  node.scrollIntoView({ block: "center" });
  const { x, y, width, height } = node.getBoundingClientRect();
  return node.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""

UNSANITISED = """(attacks) => { // all elements first: afterwards `createElement` is a picture
  const runs = attacks.map(() => document.body.appendChild(document.createElement("div")));
  runs.forEach((run, place) => { run.className = "jt-run"; run.innerHTML = attacks[place]; });
}"""


def batches() -> list[str]:
    """The attacks, joined to texts that are not too long to be shown whole."""
    joined = [""]
    for attack in (*ATTACKS, *published_attacks()):
        if len(joined[-1]) + len(attack) > BATCH_CHARS:
            joined.append("")
        joined[-1] += f"{attack}\n\n"
    return joined


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    shutil.copy(Path(__file__).with_name("attack_scripts.py"), lab.folder)
    (lab.folder / "attacks.json").write_text(json.dumps(batches()), encoding="utf-8")
    make_files(lab.folder / "files")
    lab.write(NAME, [SETUP, ATTACKED, AFTER])
    return lab


def make_files(folder: Path) -> None:
    """Files that have attacks for names, those that can be names."""
    folder.mkdir()
    for attack in (*ATTACKS, *published_attacks()):
        name = attack.replace("/", "\u2215")
        if len(name.encode()) < 250 and "\0" not in name:
            (folder / name).touch()


@pytest.fixture(scope="module")
def leaks() -> list[str]:
    """What the page asked for and nobody of us wanted."""
    return []


@pytest.fixture(scope="module")
def page(lab: Lab, leaks: list[str]) -> Iterator[Page]:
    with browser_page() as page:
        page.add_init_script(CANARY)
        page.on("popup", lambda popup: leaks.append(popup.url))
        page.on("request", lambda request: None if is_wanted(request, lab.url) else leaks.append(request.url))
        yield page


def is_wanted(request: Request, lab: str) -> bool:
    """True for what JupyterLab loads by itself, and for the typesetter that exported pages name."""
    own = ("/static/", "/api/", "/lab/api/", "/lab/extensions/", "/lsp/", "/kernelspecs/")
    documents = [f"{lab}/lab/tree/{name}" for name in (NAME, UNTRUSTED)]
    return request.url.startswith((*(lab + path for path in own), "data:font/", "blob:", *TYPESETTERS)) or (
        request.resource_type == "document" and request.url.startswith((*documents, "file:"))
    )


@pytest.fixture(scope="module")
def attacked(page: Page, lab: Lab) -> NotebookPage:
    """The notebook whose cell was run, after it was looked at while it ran."""
    notebook = NotebookPage(page, lab, NAME)
    notebook.run(0)
    notebook.finish(0)
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("<script>", timeout=20_000)
    assert_unharmed(page)
    notebook.finish(1, timeout_s=60)
    expect(notebook.output(1)).to_contain_text("End.")
    notebook.run(2)
    notebook.finish(2)
    notebook.save()
    return notebook


def assert_unharmed(page: Page) -> None:
    """Nothing ran, nor does when everything is unfolded, pointed at and clicked; nothing strange is on the page."""
    page.evaluate(POKE)
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.hacked") is None
    assert page.evaluate(CLOBBERED) == []
    assert page.evaluate(STRANGE) == []


def assert_whole(page: Page) -> None:
    """Every card stands in the run itself, in order, and nothing of it covers what follows the run."""
    turns = len(batches())
    run = page.locator(".jt-run")
    expect(run.locator("> .jt-reasoning, > div > .jt-reasoning")).to_have_count(turns)
    expect(run.locator("details.jt-tool")).to_have_count(9 * turns)
    expect(run.locator("details.jt-group")).to_have_count(1)
    last = run.locator("> *").last
    assert "jt-status" in last.get_attribute("class")
    assert last.evaluate(OVER)


@pytest.mark.parametrize("attacks", [lambda: ATTACKS, published_attacks], ids=["ours", "published"])
def test_the_canary_sings_where_nothing_is_sanitised(attacks: Callable[[], Sequence[str]]):
    sung: list[str] = []
    with browser_page() as page:
        page.add_init_script(f"{CANARY}; Object.defineProperty(window, 'hacked', {{ set: (how) => console.log(how) }})")
        page.on("console", lambda message: sung.append(message.text))
        page.goto("about:blank")
        page.evaluate(UNSANITISED, list(attacks())[:60])
        assert page.evaluate(STRANGE) != []
        page.wait_for_timeout(300)
    assert {"1", "alert"} & set(sung)


def test_nothing_runs_in_a_cell_and_what_follows_stays_in_reach(page: Page, attacked: NotebookPage, leaks: list[str]):
    assert_unharmed(page)
    assert_whole(page)
    expect(attacked.output(2)).to_have_text("after")
    assert attacked.output(2).evaluate(OVER)
    assert leaks == []


@pytest.mark.usefixtures("attacked")
def test_nothing_runs_when_the_notebook_is_opened_again(page: Page, lab: Lab, leaks: list[str]):
    expect(NotebookPage(page, lab, NAME).output(1)).to_contain_text("End.")
    assert_unharmed(page)
    assert_whole(page)
    assert leaks == []


@pytest.mark.usefixtures("attacked")
def test_nothing_runs_in_a_notebook_that_nobody_trusts(page: Page, lab: Lab, leaks: list[str]):
    notebook = lab.read(NAME)
    notebook.cells.append(nbformat.v4.new_markdown_cell("Of unknown origin."))
    nbformat.write(notebook, lab.folder / UNTRUSTED)
    expect(NotebookPage(page, lab, UNTRUSTED).output(1)).to_contain_text("End.")
    assert_unharmed(page)
    assert_whole(page)
    assert leaks == []


@pytest.mark.usefixtures("attacked")
def test_nothing_runs_in_an_exported_page(page: Page, lab: Lab, leaks: list[str]):
    exported, _ = HTMLExporter().from_notebook_node(lab.read(NAME))
    (lab.folder / "exported.html").write_text(exported, encoding="utf-8")
    page.goto((lab.folder / "exported.html").as_uri(), wait_until="domcontentloaded")
    expect(page.locator(".jt-run")).to_contain_text("End.")
    assert_unharmed(page)
    assert_whole(page)
    assert page.locator(".jp-Cell").last.evaluate(OVER)
    assert leaks == []
