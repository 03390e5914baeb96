import os
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools import bucket as bucket_module
from jupyter_tools.builtin_tools.bucket import Bucket, default_root
from jupyter_tools.errors import ConfigurationError
from tests.isolation import without_home

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BAD_IDS = ["", ".", "..", "~", "%2e%2e", "a/b", "a\\b", "/etc", "-a", "_a", ".a", "a" * 101, "a\n", "имя", "a b", "a\0"]
needs_links = pytest.mark.skipif(os.name != "posix", reason="links are POSIX")


@pytest.fixture
def bucket(tmp_path):
    return Bucket(tmp_path / "buckets")


def test_a_file_is_added_and_read_by_its_id(bucket, tmp_path):
    path = tmp_path / "My paper.md"
    path.write_text("# Title", encoding="utf-8")
    paper = bucket.add(path)
    assert paper.startswith("My-paper-")
    assert bucket.text(paper) == "\nSource: My paper.md\n# Title\n"
    assert bucket.ids() == [paper]
    path.unlink()
    assert paper in bucket


def test_content_is_added_under_an_id_of_ones_own_and_more_files_join_it(bucket):
    assert bucket.add(b"one", id="data") == "data"
    bucket.add("два".encode(), id="data", name="заметки.txt")
    bucket.add(b"two", id="data")
    assert bucket.text("data") == "\nSource: text.txt\ntwo\n\nSource: заметки.txt\nдва\n"


def test_the_same_content_has_the_same_id(bucket):
    assert bucket.add(b"one") == bucket.add(b"one") != bucket.add(b"two")
    assert ID.fullmatch(bucket.add(b"x", name="данные.csv"))


def test_a_bucket_can_be_forgotten(bucket):
    bucket.add(b"one", id="data")
    bucket.remove("data")
    bucket.remove("data")
    assert bucket.text("data") is None
    assert bucket.ids() == []


@pytest.mark.parametrize("id", BAD_IDS)
def test_what_is_no_id_is_refused(bucket, id):
    with pytest.raises(ConfigurationError, match="is no bucket id"):
        bucket.add(b"text", id=id)
    assert bucket.text(id) is None
    assert id not in bucket


@given(st.text(alphabet=st.sampled_from("ab.~%/\\-_2e:\0 "), max_size=12))
@example("..")
@example("a/../../b")
def test_no_id_leaves_the_root(tmp_path_factory, id):
    root = tmp_path_factory.getbasetemp() / "buckets"
    folder = Bucket(root)._folder(id)
    assert (folder is not None) == bool(ID.fullmatch(id))
    assert folder is None or folder.parent == root.resolve()


@pytest.mark.parametrize("name", ["../escape.txt", "/abs.txt", "a\nb.txt", "..a.txt", "x" * 300 + ".txt"])
def test_no_file_name_leaves_the_bucket(bucket, name, tmp_path):
    bucket.add(b"text", id="data", name=name)
    assert [path.parent for path in bucket.root.rglob("*.txt")] == [bucket.root / "data"]
    assert "text" in bucket.text("data")


@needs_links
def test_a_link_in_a_bucket_is_not_followed(bucket, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    bucket.add(b"mine", id="data")
    (bucket.root / "data" / "link.txt").symlink_to(secret)
    (bucket.root / "other").symlink_to(tmp_path)
    text = bucket.text("data")
    assert "mine" in text
    assert "Source: link.txt\n[Left out: it cannot be opened, or is a link.]" in text
    assert bucket.text("other") is None
    assert bucket.ids() == ["data"]


@needs_links
def test_adding_replaces_a_link_instead_of_writing_through_it(bucket, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("safe")
    bucket.add(b"one", id="data")
    (bucket.root / "data" / "text.txt").unlink()
    (bucket.root / "data" / "text.txt").symlink_to(outside)
    bucket.add(b"two", id="data")
    assert outside.read_text() == "safe"


@needs_links
def test_a_pipe_or_a_folder_in_a_bucket_is_left_out_and_does_not_block(bucket):
    bucket.add(b"one", id="data")
    os.mkfifo(bucket.root / "data" / "pipe.txt")
    (bucket.root / "data" / "folder.txt").mkdir()
    assert bucket.text("data").count("[Left out: it is no file") == 2
    bucket.remove("data")
    assert bucket.ids() == []


def test_a_root_behind_a_link_works(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    bucket = Bucket(tmp_path / "link")
    assert bucket.text(bucket.add(b"text")) is not None


def test_long_texts_are_cut_and_say_so(bucket):
    bucket.add(b"a" * 500, id="data")
    text = bucket.text("data", max_characters=100)
    assert text.endswith("[Cut: 100 of 519 characters are shown.]\n")


def test_a_file_that_cannot_be_added_says_why(bucket, tmp_path):
    with pytest.raises(ConfigurationError, match="There is no file"):
        bucket.add(tmp_path / "absent.txt")
    with pytest.raises(ConfigurationError, match="There is no file"):
        bucket.add(tmp_path)
    with pytest.raises(ConfigurationError, match="A bucket cannot read"):
        bucket.add(b"%PDF", name="a.docx")
    assert bucket.ids() == []


def test_the_root_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_BUCKETS", str(tmp_path / "mine"))
    assert default_root() == tmp_path / "mine" == Bucket().root
    monkeypatch.delenv("JUPYTER_TOOLS_BUCKETS")
    assert default_root().name == "buckets"


def test_a_bucket_is_looked_for_only_when_it_is_used(monkeypatch):
    monkeypatch.delenv("JUPYTER_TOOLS_BUCKETS", raising=False)
    without_home(monkeypatch)
    bucket = Bucket()
    with pytest.raises(ConfigurationError, match="JUPYTER_TOOLS_BUCKETS"):
        bucket.ids()


def test_bad_bytes_in_a_bucket_are_replaced(bucket):
    bucket.add(b"ok \xff", id="data")
    assert "ok \ufffd" in bucket.text("data")
    assert bucket_module.MAX_CHARACTERS > 1000
