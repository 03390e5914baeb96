import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.retrieval.file_text import decoded, file_text

NOTEBOOK = {
    "nbformat": 4,
    "cells": [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [
                {"output_type": "execute_result", "data": {"text/plain": ["2"], "image/png": "iVBOR"}},
                {"output_type": "stream", "text": "printed"},
                {"output_type": "error", "evalue": "no luck"},
            ],
        },
    ],
}


def pdf_of(*pages):
    """A PDF with one line of text a page, written by hand: its objects, their places, and where those are listed."""
    numbers = range(len(pages))
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in numbers)
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, text in enumerate(pages):
        content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, item in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{item}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


def test_text_keeps_its_letters_and_bad_bytes_are_replaced():
    assert file_text("a.txt", "Привет".encode()) == "Привет"
    assert decoded(b"ok \xff\xc3") == "ok \ufffd\ufffd"
    assert decoded("Привет".encode("utf-16")) == decoded("Привет".encode("utf-8-sig")) == "Привет"


@given(st.binary(max_size=200))
def test_any_bytes_become_text(data):
    assert isinstance(decoded(data), str)


def test_a_notebook_gives_its_cells_and_their_outputs_as_text():
    text = file_text("a.ipynb", json.dumps(NOTEBOOK).encode())
    assert text == "# Title\ntext\n\n```python\n1 + 1\n```\n```\n2printedno luck\n```"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"cells": 5}', b'{"cells": [5]}', b"[" * 100_000])
def test_a_damaged_notebook_is_an_error(content):
    with pytest.raises(ConfigurationError, match=r"'a\.ipynb' is no notebook"):
        file_text("a.ipynb", content)


@pytest.mark.parametrize("name", ["a", "a.exe", ".txt", "a.txt.gz"])
def test_other_kinds_are_refused_with_the_kinds_there_are(name):
    with pytest.raises(ConfigurationError, match=r"These can: \.txt, \.md"):
        file_text(name, b"text")


def test_binary_data_under_a_texts_name_is_refused():
    with pytest.raises(ConfigurationError, match="binary data"):
        file_text("a.txt", b"a\0b")


def test_html_gives_its_title_and_its_headings_as_in_markdown():
    page = "<html><head><title>Whales</title></head><body><h1>Life</h1><p>Big.</p><h2>Food <b>x</b></h2></body></html>"
    assert file_text("a.HTML", page.encode()).split("\n\n") == ["# Whales", "# Life", "Big.", "## Food x"]


def test_the_pages_of_a_pdf_are_separated_by_form_feeds():
    assert file_text("a.pdf", pdf_of("First page.", "Second page.")) == "First page.\fSecond page."


def test_a_pdf_that_is_damaged_or_without_text_is_an_error():
    with pytest.raises(ConfigurationError, match="is no PDF that can be read"):
        file_text("a.pdf", b"%PDF-1.4 nonsense")
    with pytest.raises(ConfigurationError, match="holds no text"):
        file_text("a.pdf", pdf_of(""))


def test_a_pdf_without_the_package_that_reads_it_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[pdf\]"):
        file_text("a.pdf", pdf_of("x"))
