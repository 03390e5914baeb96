"""Which run is meant: by its id, the beginning of it, or counted from the last."""

from __future__ import annotations

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.steps import Frame


def run_ids(frame: Frame) -> list[str]:
    """The runs of a frame, in the order in which they began."""
    return frame["run_id"].dropna().drop_duplicates().tolist()


def chosen_run(frame: Frame, run: str | int) -> str:
    """The id of the run that is meant.

    Args:
        frame: Spans, oldest first.
        run: An id, the beginning of one, or -1 for the last run in the frame, -2 for the one before.

    Raises:
        ConfigurationError: If there is no such run, or several begin so.
    """
    known = run_ids(frame)
    if isinstance(run, int):
        if not -len(known) <= run < 0:
            raise ConfigurationError(
                f"There is no run {run} among the {len(known)} runs of this frame; -1 is the last, -2 the one before."
            )
        return known[run]
    matching = [known_run for known_run in known if known_run.startswith(run)]
    if run in known or len(matching) == 1:
        return run if run in known else matching[0]
    if matching and run:
        raise ConfigurationError(f"{len(matching)} runs begin with {run!r}; write more of the id.")
    raise UnknownNameError("run", run, known)
