"""Scripted models and a slow tool, imported by the notebooks of the browser tests."""

import time

from jupyter_tools.events import ThinkingDelta
from jupyter_tools.providers.scripted import call, pause, register_script
from jupyter_tools.tools.decorator import tool


@tool
def slow_square(n: int) -> int:
    """The square of a number, after a while."""
    time.sleep(1.5)
    return n * n


@tool(requires_approval=True)
def erase(path: str) -> str:
    """Erase a file, or pretend to."""
    time.sleep(1)
    return f"erased {path}"


def slowly(text, piece=str, seconds=0.03):
    return [part for word in text.split(" ") for part in (piece(word + " "), pause(seconds))]


ANSWER = (
    """## What I found

The **square** of 12 is `144`.

| n | square |
|---|---|
| 12 | 144 |

```python
square = 12 * 12
```

- one
- two

"""
    + "and so on " * 30
)
THOUGHTS = slowly("The person wants a square. " * 8, piece=lambda text: ThinkingDelta(text=text))
register_script("story", [[*THOUGHTS, ThinkingDelta(end=True), call("slow_square", {"n": 12})], slowly(ANSWER)])
register_script("endless", [slowly("on and on " * 400)])
register_script(
    "deletes", [["I would erase it. ", call("erase", {"path": "data/old.csv"})], slowly("Done, as you said. " * 3)]
)
