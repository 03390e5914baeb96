import copy
import json
import logging
import os
import pickle
import stat
import sys
import traceback
from types import SimpleNamespace

import pytest

from jupyter_tools.auth import (
    AuthManager,
    Secret,
    find_key,
    key_file,
    key_place,
    keys_stored,
    read_key_file,
    store_key,
    variable_of,
    write_key_file,
)
from tests.isolation import without_home

KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def key_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path / "keys"))
    monkeypatch.setitem(sys.modules, "keyring", None)  # as if the extra were not installed
    monkeypatch.delenv("TEST_API_KEY", raising=False)
    return tmp_path / "keys"


def fake_keyring(monkeypatch, answer):
    class KeyringError(Exception):
        pass

    def get_password(service, name):
        if answer is None:
            raise KeyringError(KEY)
        return answer if (service, name) == ("jupyter_tools", "openai") else None

    module = SimpleNamespace(get_password=get_password, errors=SimpleNamespace(KeyringError=KeyringError))
    monkeypatch.setitem(sys.modules, "keyring", module)


@pytest.mark.parametrize(
    "show", [repr, str, "{}".format, "{:>40}".format, "%s".__mod__, lambda s: f"{s!r} {[s]} { ({1: s}) }"]
)
def test_a_secret_never_shows(show):
    assert KEY not in show(Secret(KEY))


def test_a_secret_does_not_leave_the_process_in_json_a_pickle_or_a_copy():
    for leave in (pickle.dumps, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            leave(Secret(KEY))
        assert KEY not in str(caught.value)


def test_a_secret_does_not_show_in_a_traceback_with_local_variables():
    def fail(secret):
        raise ValueError(secret)

    try:
        fail(Secret(KEY))
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert KEY not in "".join(shown.format())


def test_secrets_compare_by_value_and_are_false_when_empty():
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
    assert Secret(KEY).reveal() == KEY


def test_keys_are_looked_for_in_order(monkeypatch):
    assert find_key("openai", ["TEST_API_KEY"]) is None
    write_key_file(key_file("openai"), Secret("from file"))
    assert find_key("openai", ["TEST_API_KEY"]) == Secret("from file")
    fake_keyring(monkeypatch, "from keyring")
    assert find_key("openai", ["TEST_API_KEY"]) == Secret("from keyring")
    monkeypatch.setenv("TEST_API_KEY", " from environment\n")
    assert find_key("openai", ["OTHER_KEY", "TEST_API_KEY"]) == Secret("from environment")
    assert find_key("openai", ["TEST_API_KEY"], " from caller ") == Secret("from caller")
    assert find_key("openai", ["TEST_API_KEY"], Secret("from caller")) == Secret("from caller")


def test_a_keyring_that_fails_is_no_key_and_its_text_is_not_logged(monkeypatch, caplog):
    fake_keyring(monkeypatch, None)
    with caplog.at_level(logging.DEBUG):
        assert find_key("openai") is None
    assert "KeyringError" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_file_is_for_its_owner_only(key_folder):
    path = key_file("openai")
    write_key_file(path, Secret("old"))
    write_key_file(path, Secret(KEY))
    assert read_key_file(path) == Secret(KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_folder.stat().st_mode) == 0o700
    assert [item.name for item in key_folder.iterdir()] == ["api_key_openai.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_file_that_others_can_read_is_warned_about(caplog):
    path = key_file("openai")
    write_key_file(path, Secret(KEY))
    path.chmod(0o644)
    assert read_key_file(path) == Secret(KEY)
    assert "chmod 600" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    "content", [b"", b"{broken", b"[]", b'["api_key"]', b'{"api_key": 5}', b'{"api_key": " "}', b"\xff\xfe"]
)
def test_a_broken_key_file_is_no_key_and_a_log_line(content, caplog):
    path = key_file("openai")
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    assert read_key_file(path) is None
    assert str(path) in caplog.text


def test_a_folder_in_place_of_the_file_is_no_key(caplog):
    key_file("openai").mkdir(parents=True)
    assert find_key("openai") is None
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "", "C:\\x", "имя"])
def test_no_name_leaves_the_folder(name, key_folder):
    assert key_file(name).parent == key_folder
    assert key_file(name).name.startswith("api_key_")


class Child:
    parent = "OpenaiAPI"
    needs_auth = True


class Alone:
    needs_auth = False


def test_the_older_door_takes_classes_and_instances():
    assert AuthManager.get_api_key_file(Child).name == "api_key_OpenaiAPI.json"
    assert AuthManager.get_api_key_file(Child()) == AuthManager.get_api_key_file(Child)
    assert AuthManager.get_api_key_file(Alone()).name == "api_key_Alone.json"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows looks for a home elsewhere")
def test_the_older_door_finds_no_key_where_there_is_no_home(monkeypatch):
    without_home(monkeypatch)
    assert AuthManager.load_api_key(Child) is None


def test_the_older_door_loads_a_key_only_where_one_is_needed(caplog):
    with caplog.at_level(logging.INFO):
        assert AuthManager.load_api_key(Child) is None
    assert "No API key for OpenaiAPI: neither OPENAI_API_KEY nor " in caplog.text
    write_key_file(AuthManager.get_api_key_file(Child), Secret(KEY))
    write_key_file(AuthManager.get_api_key_file(Alone), Secret(KEY))
    assert AuthManager.load_api_key(Child()) == KEY
    assert AuthManager.load_api_key(Alone) is None


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("OpenaiAPI", "OPENAI_API_KEY"),
        ("OpenaiAccount", "OPENAI_API_KEY"),
        ("Groq", "GROQ_API_KEY"),
        ("my-own provider", "MY_OWN_PROVIDER_API_KEY"),
        ("API", "API_API_KEY"),
    ],
)
def test_a_providers_variable_is_the_customary_one(provider, variable):
    assert variable_of(provider) == variable


def test_the_older_door_looks_into_the_environment_and_the_keyring_first(monkeypatch):
    write_key_file(AuthManager.get_api_key_file(Child), Secret("from file"))
    monkeypatch.setenv("OPENAI_API_KEY", "from environment")
    assert AuthManager.load_api_key(Child) == "from environment"
    assert AuthManager.load_api_key(Alone) is None


def test_a_key_is_stored_in_a_file_of_its_owner_where_there_is_no_keyring(key_folder):
    assert str(key_folder) in key_place("openai")
    before = keys_stored()
    store_key("openai", Secret(KEY))
    assert keys_stored() == before + 1
    assert stat.S_IMODE(key_file("openai").stat().st_mode) == 0o600
    assert find_key("openai") == Secret(KEY)


@pytest.mark.parametrize(("priority", "in_keyring"), [(5, True), (0, False)])
def test_a_key_is_stored_in_the_keyring_only_if_it_works(monkeypatch, priority, in_keyring):
    kept = {}
    module = SimpleNamespace(
        get_keyring=lambda: SimpleNamespace(priority=priority),
        set_password=lambda service, name, value: kept.update({(service, name): value}),
    )
    monkeypatch.setitem(sys.modules, "keyring", module)
    store_key("openai", Secret(KEY))
    assert (kept == {("jupyter_tools", "openai"): KEY}) is in_keyring
    assert key_file("openai").exists() is not in_keyring
    assert ("keyring" in key_place("openai")) is in_keyring


def test_who_has_no_home_has_no_key_file_and_may_set_the_variable(monkeypatch):
    without_home(monkeypatch)
    assert find_key("openai") is None
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert find_key("openai", ["OPENAI_API_KEY"]) == Secret(KEY)
