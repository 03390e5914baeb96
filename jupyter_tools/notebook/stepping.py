"""A run that goes on turn by turn, over several cells, and what each of them shows."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from jupyter_tools.agent.stepper import Step, Stepper
from jupyter_tools.json_types import JsonObject
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import Message
from jupyter_tools.notebook.cell_errors import CellInterrupted
from jupyter_tools.notebook.conversation import Conversation, Origin
from jupyter_tools.notebook.sanitise import text_html
from jupyter_tools.notebook.static import page, run_html, run_text
from jupyter_tools.notebook.view import RunView

_BOX = "max-height: 60em; overflow: auto"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What happened in a step, and what the model will read next. IPython shows it as the cell's value.

    Attributes:
        step: Where the run is now.
        view: What happened since the step before.
    """

    step: Step
    view: RunView

    @property
    def request(self) -> JsonObject | None:
        """What the model will read, as JSON without secrets; None if the run is over."""
        return self.step.request

    @property
    def _next(self) -> str:
        if self.step.request is None:
            return "The run is over."
        sent = f"Turn {self.step.turn} would send this. %agent step sends it"
        return f"{sent}, %agent step prompt TEXT or result TEXT changes it, %agent step end goes on without waiting."

    def __repr__(self) -> str:
        request = json.dumps(self.step.request, ensure_ascii=False, indent=1) if self.step.request else ""
        return "\n\n".join(text for text in (run_text(self.view), self._next, request) if text)

    def _repr_html_(self) -> str:
        happened = run_html(self.view) if self.view.parts else ""
        return happened + page(f"<p>{text_html(self._next)}</p>{_request_html(self.step.request)}")


def _request_html(request: JsonObject | None) -> str:
    if request is None:
        return ""
    folded = "".join(
        f"<details{' open' if name in ('messages', 'input') else ''}><summary><code>{text_html(name)}</code></summary>"
        f'<pre tabindex="0" style="{_BOX}">{text_html(json.dumps(value, ensure_ascii=False, indent=1))}</pre></details>'
        for name, value in request.items()
    )
    return f"<div>{folded}</div>"


class Stepping:
    """A run over several cells.

    Args:
        stepper: The run.
        conversation: Where its turn belongs once it is over.
        origin: The cell it comes from.

    Attributes:
        stepper: The run.
    """

    def __init__(self, stepper: Stepper, conversation: Conversation, origin: Origin) -> None:
        self.stepper = stepper
        self._conversation = conversation
        self._origin = origin
        self._before = len(stepper.agent.messages)
        atexit.register(self.give_up)  # a run that waits is not to be taken apart with the process

    def go_on(self, *, to_the_end: bool = False) -> StepOutcome:
        """One turn more, or all.

        Raises:
            CellInterrupted: If the kernel was interrupted; the run is over then.
        """
        return self._await(lambda: self.stepper.go_on(to_the_end=to_the_end))

    def stop(self) -> StepOutcome:
        """End the run where it is."""
        return self._await(self.stepper.stop)

    def give_up(self) -> None:
        """Another run takes the place of this one."""
        if not self.stepper.ended:
            self.stop()

    def fork(self, turn: int) -> Stepping:
        """Another run, from before a turn of this one. If this one still waits, it ends."""
        other = Stepping(self.stepper.fork(turn), self._conversation, self._origin)
        self.give_up()
        return other

    def shown(self) -> StepOutcome:
        """What the model will read, as it stands."""
        return StepOutcome(self.stepper.look(), RunView())

    def _await(self, start: Callable[[], Coroutine[Any, Any, Step]]) -> StepOutcome:
        try:
            step = loop_thread().run(start())
        except KeyboardInterrupt:
            loop_thread().run(self.stepper.stop())
            self._keep()
            raise CellInterrupted("Interrupted. The run is over; %agent step fork N begins at a turn of it.") from None
        if step.result is not None:
            self._keep()
        return StepOutcome(step, _view_of(step, str(self.stepper.agent.model)))

    def _keep(self) -> None:
        atexit.unregister(self.give_up)
        said: list[Message] = self.stepper.agent.messages[self._before :]
        self._conversation.end(self._conversation.begin(self._origin), said)


def _view_of(step: Step, model: str) -> RunView:
    view = RunView(model=model)
    for event in step.events:
        view.add(event)
    view.notice = ""
    return view
