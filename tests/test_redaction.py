import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools import redaction
from jupyter_tools.redaction import REDACTED, add_redaction, redact, redact_all, redact_json

SECRET = "Zx9" + "a1B2c3D4" * 4


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"sk-{SECRET}", REDACTED),
        (f"sk-ant-api03-{SECRET}", REDACTED),
        (f"sk-proj-{SECRET}", REDACTED),
        (f"key ghp_{SECRET} found", f"key {REDACTED} found"),
        (f"github_pat_{SECRET}", REDACTED),
        (f"AIza{SECRET}", REDACTED),
        (f"xoxb-{SECRET}", REDACTED),
        (f"hf_{SECRET}", REDACTED),
        (f"gsk_{SECRET}", REDACTED),
        (f"Authorization: Bearer {SECRET}", f"Authorization: Bearer {REDACTED}"),
        (f"authorization: Basic {SECRET}", f"authorization: Basic {REDACTED}"),
        (f'{{"Authorization": "Bearer {SECRET}"}}', f'{{"Authorization": "Bearer {REDACTED}"}}'),
        (f"curl -H 'bearer {SECRET}'", f"curl -H 'bearer {REDACTED}'"),
        (f"api_key={SECRET}", f"api_key={REDACTED}"),
        (f"OPENAI_API_KEY={SECRET}", f"OPENAI_API_KEY={REDACTED}"),
        (f'{{"api_key": "{SECRET}"}}', f'{{"api_key": "{REDACTED}"}}'),
        (f'{{"a": "{{\\"api_key\\": \\"{SECRET}\\"}}"}}', f'{{"a": "{{\\"api_key\\": \\"{REDACTED}\\"}}"}}'),
        (f"X-Api-Key: {SECRET}", f"X-Api-Key: {REDACTED}"),
        (f"apiKey = '{SECRET}'", f"apiKey = '{REDACTED}'"),
        (f"?access_token={SECRET}&page=2", f"?access_token={REDACTED}&page=2"),
        ("password: correct-horse", f"password: {REDACTED}"),
        (f"aws_secret_access_key = {SECRET}", f"aws_secret_access_key = {REDACTED}"),
        ("postgres://anna:hunter2x@db/main", f"postgres://anna:{REDACTED}@db/main"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", REDACTED),
        (
            "-----BEGIN RSA PRIVATE KEY-----MIIEow+/=\\n-----END RSA PRIVATE KEY-----",
            f"-----BEGIN RSA PRIVATE KEY-----{REDACTED}",
        ),
    ],
)
def test_secrets_are_blotted_out(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "risk-management-strategies-for-2026",
        "the task-oriented dialogue of 1998",
        '{"token": "international", "max_tokens": 1000}',
        "Bearer tokens are explained in chapter 3",
        "The key: patience. The secret is out.",
        "https://example.org:8080/path?x=1",
        "Basic authorization requires a header",
        '{"expression": "2+2", "city": "Москва"}',
        "primary_key=1",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("name", ["MY_API_KEY", "DB_PASSWORD", "HUB_TOKEN", "CLIENT_SECRET"])
def test_values_of_secret_variables_are_blotted_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, 'мой "тайный" ключ')
    assert redact('he said: мой "тайный" ключ!') == f"he said: {REDACTED}!"
    assert redact_json([json.dumps({"said": 'мой "тайный" ключ'}, ensure_ascii=False)]) == [f'{{"said": "{REDACTED}"}}']


def test_short_values_and_other_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT_TOKEN", "on")
    monkeypatch.setenv("FAVOURITE_CITY", "Petersburg")
    assert redact("on the way to Petersburg") == "on the way to Petersburg"


def test_a_secret_that_is_a_number_leaves_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN_TOKEN", "1234567890")
    (text,) = redact_json(['{"pin": 1234567890}'])
    assert "1234567890" not in json.loads(text)


def test_patterns_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_added", [])
    add_redaction(r"patient-\d+")
    assert redact("seen: patient-4711, healthy") == f"seen: {REDACTED}, healthy"


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(re.error):
        add_redaction("(")


def test_many_texts_are_redacted_as_each_alone() -> None:
    texts = [f"sk-{SECRET}", "plain", "", f"password={SECRET}", "with \x1e a separator", "end with api_key="] * 3
    assert redact_all(texts) == [redact(text) for text in texts]
    assert redact_all([]) == []


def test_large_texts_are_redacted_in_pieces() -> None:
    texts = ["x" * 700_000, f"sk-{SECRET}", "y" * 700_000]
    assert redact_all(texts) == [texts[0], REDACTED, texts[2]]


@given(
    st.recursive(
        st.integers() | st.text() | st.sampled_from([f"sk-{SECRET}", f"api_key: {SECRET}", f"bearer {SECRET}"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["api_key", "password", "a"]), inner),
    )
)
def test_redacted_json_is_json_without_the_secret(value: Any) -> None:
    (text,) = redact_json([json.dumps(value, ensure_ascii=False)])
    json.loads(text)
    assert f"sk-{SECRET}" not in text
    assert f"bearer {SECRET}" not in text
    assert f"api_key: {SECRET}" not in text
