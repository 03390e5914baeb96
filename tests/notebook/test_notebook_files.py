import json
from pathlib import Path

import pytest

from jupyter_tools.notebook.notebook_files import cell_ids_of


def test_ids_that_the_format_does_not_allow_are_left_out(tmp_path: Path):
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [{"id": "a-1_b"}, {"id": "it's"}, {"id": "ж"}, {"id": 7}, {}]}))
    assert cell_ids_of(notebook) == ["a-1_b", "7"]


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 1}', '{"cells": [1]}'])
def test_what_is_no_notebook_has_no_ids(tmp_path: Path, text: str):
    (tmp_path / "a.ipynb").write_text(text)
    assert cell_ids_of(tmp_path / "a.ipynb") == []


def test_a_notebook_that_is_not_there_has_no_ids(tmp_path: Path):
    assert cell_ids_of(tmp_path / "none.ipynb") == []
