import io
import stat
import zipfile

import pytest

from jupyter_tools.builtin_tools import bucket_text
from jupyter_tools.builtin_tools.bucket_text import BucketText, texts_of
from jupyter_tools.errors import ConfigurationError
from tests.retrieval.test_file_text import pdf_of


def zipped(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_files_text_is_told_with_its_source():
    assert texts_of("a.txt", "Привет".encode()) == [BucketText(source="a.txt", text="Привет")]


@pytest.mark.parametrize("name", ["a.docx", "a", "a.exe", ".txt", "a.txt.gz"])
def test_other_kinds_are_refused_with_the_kinds_there_are(name):
    with pytest.raises(ConfigurationError, match=r"It takes \.txt, \.md"):
        texts_of(name, b"text")


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(bucket_text, "MAX_FILE_BYTES", 3)
    with pytest.raises(ConfigurationError, match="a bucket takes up to"):
        texts_of("a.txt", b"1234")


def test_members_of_an_archive_are_read_and_what_cannot_be_is_named():
    data = zipped({"b/a.md": "# A", "c.csv": "x,y", "d.docx": "PK", "e.zip": "PK"})
    found = {part.source: part.text for part in texts_of("z.zip", data)}
    assert found["z.zip/b/a.md"] == "# A"
    assert found["z.zip/c.csv"] == "x,y"
    assert found["z.zip/d.docx"].startswith("[Left out: A bucket cannot read 'd.docx'")
    assert found["z.zip/e.zip"].startswith("[Left out:")


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "b/../../a.txt", "C:/a.txt", "..\\a.txt"])
def test_a_member_that_points_outside_is_left_out(name):
    (found,) = texts_of("z.zip", zipped({name: "secret"}))
    assert found.text == "[Left out: its name points outside of the archive.]"


def test_a_link_in_an_archive_is_left_out():
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert texts_of("z.zip", data.getvalue())[0].text == "[Left out: it is a link.]"


def test_a_member_that_unpacks_to_too_much_is_left_out(monkeypatch):
    monkeypatch.setattr(bucket_text, "_MAX_MEMBER_BYTES", 1000)
    data = zipped({"bomb.txt": b"a" * 100_000})
    assert len(data) < 1000
    assert "it is larger than" in texts_of("z.zip", data)[0].text


def test_more_members_than_are_read_are_counted(monkeypatch):
    monkeypatch.setattr(bucket_text, "_MAX_MEMBERS", 2)
    found = texts_of("z.zip", zipped({f"{n}.txt": "a" for n in range(5)}))
    assert [part.text for part in found] == ["a", "a", "[3 more files are left out.]"]


def test_a_damaged_archive_is_an_error_and_a_damaged_member_is_left_out():
    with pytest.raises(ConfigurationError, match="no zip archive"):
        texts_of("z.zip", b"PK nonsense")
    data = bytearray(zipped({"a.txt": "some text that is packed"}))
    data[40] ^= 0xFF
    assert texts_of("z.zip", bytes(data))[0].text.startswith("[Left out: it cannot be unpacked")


def test_each_page_of_a_pdf_is_a_source_that_opens_there():
    texts = texts_of("paper.pdf", pdf_of("First page.", "", "Third page."))
    assert [(text.source, text.text) for text in texts] == [
        ("paper.pdf#page=1", "First page."),
        ("paper.pdf#page=3", "Third page."),
    ]
