"""`binder/`: what repo2docker reads there fits the project."""

import os
import re
import sys
import tomllib

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.source_tree import ROOT

BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_python_is_one_that_the_project_takes() -> None:
    [release] = re.findall(r"^python-(\d+\.\d+)$", (BINDER / "runtime.txt").read_text().strip())
    assert Version(release) in SpecifierSet(PROJECT["requires-python"])


def test_the_project_is_installed_from_the_root_with_extras_that_it_has() -> None:
    [extras] = re.findall(r'pip install [^\n]*"\.\[([\w,]+)\]"', (BINDER / "postBuild").read_text())
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mark there")
def test_what_runs_after_the_build_can_be_run() -> None:
    assert os.access(BINDER / "postBuild", os.X_OK)


def test_the_badge_opens_a_notebook_that_is_there() -> None:
    [path] = re.findall(r"mybinder\.org/v2/gh/[\w./-]+\?urlpath=lab/tree/([\w./-]+)", (ROOT / "README.md").read_text())
    assert (ROOT / path).is_file()
