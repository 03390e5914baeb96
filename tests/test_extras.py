"""The extras that errors name are there, and `all` leaves none out."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
_NAMED = re.compile(r'MissingExtraError\([^,]+, "([\w-]+)"')


def test_all_has_every_extra_that_people_need():
    [everything] = EXTRAS["all"]
    assert set(everything[len("jupyter_tools[") : -1].split(",")) == set(EXTRAS) - {"all", "test", "notebooks"}


def test_every_extra_that_an_error_names_is_there():
    named = {name for file in ROOT.glob("jupyter_tools/**/*.py") for name in _NAMED.findall(file.read_text("utf-8"))}
    assert len(named) > 5
    assert named <= set(EXTRAS)


def test_every_way_to_the_notebooks_installs_what_they_need():
    ways = [(ROOT / path).read_text("utf-8") for path in ("Makefile", "binder/postBuild", "README.md")]
    assert [
        way for way in ways if not re.search(r'EXTRAS_demo := notebooks\n|pip install .*"\.\[notebooks\]"', way)
    ] == []
