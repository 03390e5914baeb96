import pytest


@pytest.fixture(autouse=True)
def no_key_and_no_server_from_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
