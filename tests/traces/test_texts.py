import pytest

from jupyter_tools.redaction import REDACTED
from jupyter_tools.traces import texts as texts_module
from jupyter_tools.traces.texts import Texts

KEY = "sk-abcdef0123456789abcdef"


def test_what_holds_no_secret_stays_as_it_is() -> None:
    texts = Texts()
    said = ["the same", None, "the same"]
    texts.take(said)
    written = [texts.written({"a": 1}), None]
    texts.redact()
    assert (texts.plain(said), texts.json(written)) == (["the same", None, "the same"], ['{"a": 1}', None])


def test_secrets_are_taken_out_of_all_that_is_said() -> None:
    texts = Texts()
    texts.take([f"key {KEY}", "none"])
    written = [texts.written({"key": KEY}), texts.written([1])]
    texts.redact()
    assert texts.plain([f"key {KEY}", None, "none"]) == [f"key {REDACTED}", None, "none"]
    assert texts.json(written) == [f'{{"key": "{REDACTED}"}}', "[1]"]


def test_a_text_that_is_json_is_still_a_text() -> None:
    texts, said = Texts(), f'{{"key": "{KEY}"}}'
    texts.take([said])
    (written,) = [texts.written({"key": KEY})]
    texts.redact()
    assert texts.plain([said]) == texts.json([written]) == [f'{{"key": "{REDACTED}"}}']


def test_each_text_of_a_batch_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(texts_module, "redact_all", lambda found: looked.extend(found) or found)
    texts = Texts()
    for said in (["prompt", "answer"], ["answer", None], ["prompt"]):
        texts.take(said)
    texts.redact()
    assert sorted(looked) == ["answer", "prompt"]
