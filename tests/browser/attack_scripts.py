"""A scripted model and tools that say nothing but attacks, imported by the notebook of the browser test."""

import json
from pathlib import Path

from jupyter_tools.providers.scripted import call, register_script, thinking
from jupyter_tools.tools.decorator import tool

BATCHES = json.loads(Path("attacks.json").read_text(encoding="utf-8"))  # written beside this file


@tool
def said(text: str) -> str:
    """What was said, again."""
    return text


@tool
def framed(batch: int) -> dict:
    """Sources and a frame, all of them attacks."""
    text = BATCHES[batch]
    described = {"title": text, "id": f"id {text}", "text": text}
    sources = [
        {"number": 1, "url": f"javascript:{text}", **described},
        {"number": 2, "url": f"https://evil.example/{text}", **described},
    ]
    frame = {"columns": [text], "index": [text], "data": [[text]]}
    return {"content": [{"type": "text", "text": text}], "details": {"sources": sources, "dataframe": frame}}


@tool
def tree(batch: int) -> dict:
    """A tree of attacks."""
    return {BATCHES[batch]: [BATCHES[batch], {BATCHES[batch]: BATCHES[batch]}]}


@tool
def failing(batch: int) -> str:
    """Fails with an attack."""
    raise ValueError(BATCHES[batch])


def turn(batch: int) -> list:
    text = BATCHES[batch]
    named = [call(name, {"batch": batch}) for name in ("framed", "tree", "failing")]
    names = call("list_files", {"folder": "files", "pattern": "*" * (batch + 1)})  # what is asked thrice ends the run
    files = [names, call("read_file", {"path": text}), call(text, {text: text})]
    return [thinking(text), f"{text}\n\n[1] [2]\n\n", call("said", {"text": text}), *named, *files]


TURNS = [turn(batch) for batch in range(len(BATCHES))]
grouped = [call(text, {}) for text in BATCHES] * 2
register_script("attack", [*TURNS, grouped, ["```html\n", *BATCHES, "\n```\n\nEnd."]])
