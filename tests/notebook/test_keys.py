import sys
import traceback
from types import SimpleNamespace

import pytest
from IPython.core.error import StdinNotImplementedError

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.keys import key_status, login


def test_a_key_is_not_needed_found_or_missing(monkeypatch):
    assert key_status("local") == "not needed"
    assert key_status("openai") == "not found; set OPENAI_API_KEY"
    assert key_status("responses") == "not found; set OPENAI_API_KEY"
    assert key_status("openai", "http://127.0.0.1:8000/v1") == "none; the server may not need one"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert key_status("openai") == "found"


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """What is typed into the hidden field, and what stood before it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    field = SimpleNamespace(text="sk-typed-0123456789", questions=[])

    def ask(question):
        field.questions.append(question)
        return field.text

    monkeypatch.setattr("getpass.getpass", ask)
    return field


@pytest.mark.parametrize("provider", ["openai", "responses"])
def test_login_keeps_a_key_and_says_where_before_it_is_typed(typed, provider, tmp_path):
    told = login(provider)
    assert key_status(provider) == "found"
    assert str(tmp_path) in typed.questions[0]
    assert typed.text not in told + typed.questions[0]


def test_login_keeps_nothing_if_nothing_is_typed(typed, tmp_path):
    typed.text = "  "
    with pytest.raises(ConfigurationError, match="No key was given"):
        login("openai")
    assert list(tmp_path.iterdir()) == []


def test_login_knows_which_providers_have_keys(typed):
    with pytest.raises(UnknownNameError, match="'openai'"):
        login("opnai")
    with pytest.raises(UnknownNameError):
        login("local")


def test_where_nobody_can_be_asked_login_says_what_to_do_instead(monkeypatch):
    def nobody(question):
        raise StdinNotImplementedError("no stdin")

    monkeypatch.setattr("getpass.getpass", nobody)
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        login("openai")


def test_the_magic_asks_and_answers_in_words(shell, typed):
    assert shell.run_line_magic("agent", "--login openai").startswith("The key of openai is kept in ")


def shown(error: BaseException) -> str:
    """A traceback as the notebook may show it: with all variables, but for those of the test itself."""
    frames = error.__traceback__.tb_next if error.__traceback__ else None
    return "".join(traceback.TracebackException(type(error), error, frames, capture_locals=True).format())


def test_a_key_that_the_keyring_does_not_take_shows_nowhere_and_says_what_to_do(monkeypatch, typed):
    class LockedError(Exception):
        pass

    def set_password(service, name, value):
        raise LockedError(value)

    module = SimpleNamespace(
        get_keyring=lambda: SimpleNamespace(priority=5),
        set_password=set_password,
        errors=SimpleNamespace(KeyringError=LockedError),
    )
    monkeypatch.setitem(sys.modules, "keyring", module)
    with pytest.raises(ConfigurationError, match=r"did not take the key: LockedError\..*OPENAI_API_KEY") as caught:
        login("openai")
    assert typed.text not in shown(caught.value)


def test_a_key_file_that_cannot_be_written_says_what_to_do(monkeypatch, typed, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=r"cannot be written.*JUPYTER_TOOLS_KEYS.*OPENAI_API_KEY") as caught:
        login("openai")
    assert typed.text not in shown(caught.value)
