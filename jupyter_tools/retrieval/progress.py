"""A progress bar, where something takes long enough to wonder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

from jupyter_tools.progress import bar_output

_Item = TypeVar("_Item")
_DELAY_S = 1.0  # what is over by then shows no bar


def progress_bar(items: Iterable[_Item], title: str, *, shown: bool) -> Iterable[_Item]:
    """The items, with a bar that tells how many of them are done, and goes when they all are.

    It is text on a notebook's page as well: a widget would be saved with the notebook, and be dead there.
    """
    if not shown:
        return items
    from tqdm import tqdm

    return cast("Iterable[_Item]", tqdm(items, desc=title, delay=_DELAY_S, leave=False, file=bar_output()))
