"""What the wheel and the archive of the source must hold, as far as pyproject.toml says so."""

import json
import tomllib

from tests.source_tree import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_licences_of_all_libraries_in_the_pages_script_go_with_the_package():
    files = [(ROOT / name).read_text(encoding="utf-8") for name in PYPROJECT["project"]["license-files"]]
    bundled = json.loads((ROOT / "jupyter_tools/notebook/frontend/package.json").read_text(encoding="utf-8"))
    named = [f"{name} {version}".lower() for name, version in bundled["dependencies"].items()]
    assert [name for name in named if not any(name in text.lower() for text in files)] == []


def test_the_archive_of_the_source_has_what_its_readme_links_to_and_its_tests_read():
    left_out = PYPROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["exclude"]
    assert {name.strip("/") for name in left_out}.isdisjoint({"docs", "tests", "notebooks", "binder", ".ci"})
