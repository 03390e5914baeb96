from jupyter_tools.notebook.keys import key_status


def test_a_key_is_not_needed_found_or_missing(monkeypatch):
    assert key_status("local") == "not needed"
    assert key_status("openai") == "not found; set OPENAI_API_KEY"
    assert key_status("responses") == "not found; set OPENAI_API_KEY"
    assert key_status("openai", "http://127.0.0.1:8000/v1") == "none; the server may not need one"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert key_status("openai") == "found"
