import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.folder import Folder, content_here
from jupyter_tools.builtin_tools.list_files import files_text
from jupyter_tools.builtin_tools.read_file import text_of_file
from jupyter_tools.errors import ConfigurationError

SECRET = "the secret outside"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(SECRET)
    (outside / "work" / "sub" / "deep").mkdir(parents=True)
    root = outside / "work"
    (root / "a.txt").write_text("inside")
    (root / "sub" / "b.txt").write_text("inside too")
    (root / ".env").write_text(SECRET)
    (root / "api_key_openai.json").write_text(SECRET)
    (root / "link.txt").symlink_to(outside / "secret.txt")
    (root / "out").symlink_to(outside)
    (root / "sub" / "up").symlink_to("../..")
    (root / "inner").symlink_to("sub")
    return Folder(root)


PIECES = st.sampled_from(
    [
        *("..", ".", "", "a.txt", "sub", "up", "out", "link.txt", "inner", "secret.txt", ".env", "~", "~root", "b.txt"),
        *("work", "%2e%2e", "..%2f", "C:", "\\", "..\\", "\0", "deep", "api_key_openai.json", "x" * 300, "Ж", "*"),
    ]
)
PATHS = st.lists(PIECES, max_size=7).map("/".join) | st.text(max_size=30) | st.lists(PIECES, max_size=5).map("\\".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(text=PATHS)
def test_no_path_leads_out_of_the_folder(folder: Folder, text: str):
    try:
        path = folder.path(text)
    except ConfigurationError:
        return
    assert path.resolve() == folder.root or folder.root in path.resolve().parents
    assert not any(part.startswith(".") for part in path.relative_to(folder.root).parts)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(text=PATHS)
def test_what_can_be_read_is_never_what_lies_outside(folder: Folder, text: str):
    for ask in (text_of_file, files_text):
        try:
            answer = ask(folder, text)
        except ConfigurationError:
            continue
        assert SECRET not in answer
        assert "secret.txt" not in answer.replace(text, "")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../secret.txt", r"'\.\.' leads out"),
        ("sub/../../secret.txt", r"'\.\.' leads out"),
        ("/etc/passwd", "below the notebook's folder"),
        ("~/x", "below the notebook's folder"),
        ("C:\\Windows\\win.ini", "below the notebook's folder"),
        ("\\\\server\\share\\x", "below the notebook's folder"),
        ("link.txt", "link"),
        ("out/secret.txt", "link"),
        ("inner/b.txt", "link"),
        (".env", "hidden"),
        ("api_key_openai.json", "key"),
        ("a\0b", "NUL"),
    ],
)
def test_what_leads_out_is_refused_with_its_reason(folder: Folder, path: str, why: str):
    with pytest.raises(ConfigurationError, match=why):
        text_of_file(folder, path)


def test_the_root_may_be_reached_by_a_link_itself(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("here")
    (tmp_path / "link").symlink_to("real")
    assert "here" in text_of_file(Folder(tmp_path / "link"), "a.txt")


def test_a_pipe_is_refused_and_does_not_block(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="no file"):
        content_here(tmp_path / "pipe", 10)


def test_no_more_than_the_limit_is_read(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert len(content_here(tmp_path / "a", 10)) == 11
