"""Tool calls that a model writes as text, told apart from prose while it streams.

Accepted: a JSON object or list, bare, in a code fence or in `<tool_call>` tags, several in a row, in `{"tool_calls":
[...]}`, in OpenAI's `{"function": {...}}`; arguments as JSON text; small mistakes (a missing bracket at the end, a
trailing comma, single quotes); ReAct's `Action:` and `Action Input:`. Only a call of a known tool is a call: all else
stays prose, and streams as soon as it cannot become a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from jupyter_tools.events import TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.providers.prompted_json import JsonScan, PromptedCall, arguments_text, calls_in, parse_json
from jupyter_tools.providers.prompted_openings import (
    END_OF_INPUT,
    Label,
    action_of,
    closer_of,
    judge_json,
    label_of,
    opener_of,
)

PromptedPart: TypeAlias = TextDelta | ThinkingDelta | ToolCallDelta

_TRIGGER = re.compile(r"[{\[`<]|\n")
_TICKS = re.compile(r"`+")
_FENCE = re.compile(r"`{3,}[^`\n{\[<]{0,40}")
_BLANK = re.compile(r"\s*")
_BETWEEN_CALLS = " \t\r\n,;}]"
_GAP_AFTER_CALL = re.compile(rf"[{re.escape(_BETWEEN_CALLS)}\s]*")
_FENCED = re.compile(r"`{3,}\w*\s*(.*?)\s*(?:`{3,})?", re.DOTALL)
_END_OF_FENCED_INPUT = re.compile(r"\n[ \t]{0,20}`{3}")
_OPENED_OBJECT = re.compile(r"\{\s*")
_LONGEST_PIECE = 2048
_LONGEST_LINE_END = 60  # characters in which the end of plain input can be told


class PromptedCallDecoder:
    """Text in, prose and tool calls out. Any way of cutting the text gives the same; only calls leave the text.

    Args:
        tool_names: The tools that may be called.
        text_parameters: For tools that can be called with plain text (`Action Input: Moscow`), the parameter that
            takes it.
        react: True if the model was told to write ReAct: `Thought:` is then reasoning, and what follows an
            `Observation:` that the model made up is thrown away.
    """

    def __init__(
        self, tool_names: Iterable[str], *, text_parameters: Mapping[str, str] | None = None, react: bool = False
    ) -> None:
        self._names = frozenset(tool_names)
        self._text_parameters = text_parameters or {}
        self._react = react
        self._parts: list[PromptedPart] = []
        self._buffer = ""
        self._held: list[str] = []  # what a long call has given so far; joined once
        self._scan = JsonScan()
        self._state = self._prose
        self._final = self._cut = False
        self._line_start = True
        self._gap = ""  # dropped if a call follows, prose if not: blanks, `<tool_call>`, an opened fence
        self._in_gap = True
        self._fence = 0  # backticks of the fence around the call
        self._ticks = 0  # backticks of the code that is being passed on
        self._passed = 0  # characters of JSON that is no call
        self._tool = ""  # the tool that `Action:` named
        self._input_fenced = False
        self._calls = 0
        self._after_call = False
        self._thinking = False

    @property
    def ended(self) -> bool:
        """True once nothing that follows can count, because the model has begun to make up its tools' results."""
        return self._state == self._made_up

    def decode(self, text: str) -> list[PromptedPart]:
        """What is certain after one more piece."""
        parts: list[PromptedPart] = []
        for at in range(0, len(text), _LONGEST_PIECE):  # each step copies what is left of the piece
            self._buffer += text[at : at + _LONGEST_PIECE]
            parts += self._advance()
        return parts

    def flush(self, *, cut: bool = False) -> list[PromptedPart]:
        """The rest. What still waited for its end becomes a call if it can be repaired, else prose.

        Args:
            cut: True if the model was cut off: an unfinished call is then no call.
        """
        self._final, self._cut = True, cut
        parts = self._advance()
        if self._gap and not (self._after_call and not self._gap.strip(_BETWEEN_CALLS)):
            self._say("")
        self._end_thinking()
        parts += self._parts
        self._parts = []
        return parts

    def _advance(self) -> list[PromptedPart]:
        while (self._buffer or self._held or self._tool) and self._state():
            pass
        parts, self._parts = self._parts, []
        return parts

    # --- what leaves ---
    def _say(self, text: str) -> None:
        """Pass on prose, with what was held before it."""
        text, self._gap, self._in_gap, self._after_call = self._gap + text, "", False, False
        if text:
            self._line_start = text.endswith("\n")
            if self._parts and isinstance(last := self._parts[-1], TextDelta) and not self._thinking:
                self._parts[-1] = TextDelta(text=last.text + text)  # one piece of news for one piece of text
            else:
                self._parts.append(ThinkingDelta(text=text) if self._thinking else TextDelta(text=text))
        if self._fence:
            self._enter_code(self._fence)

    def _pass_on(self, length: int) -> bool:
        text, self._buffer = self._buffer[:length], self._buffer[length:]
        self._say(text)
        return True

    def _call(self, calls: Iterable[PromptedCall]) -> None:
        self._end_thinking()
        for call in calls:
            self._parts.append(ToolCallDelta(index=self._calls, name=call.name, arguments=call.arguments))
            self._calls += 1
        self._gap, self._in_gap, self._after_call, self._line_start = "", True, True, False
        self._state = self._prose

    def _end_thinking(self) -> None:
        if self._thinking:
            self._parts.append(ThinkingDelta(end=True))
        self._thinking = False

    def _hold(self, length: int) -> None:
        """Keep the start of the buffer as a gap: whether it is prose is for what follows to say."""
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        self._gap += taken
        self._in_gap = True
        _, newline, rest = taken.rpartition("\n")
        self._line_start = (self._line_start or bool(newline)) and not rest.strip()

    # --- prose, up to whatever may begin a call ---
    def _prose(self) -> bool:
        if self._in_gap and not self._read_gap():
            return False
        if self._line_start:
            match label_of(self._buffer, final=self._final):
                case None:
                    return False
                case (label, end):
                    return self._labelled(label, end)
                case _:
                    pass
        trigger = _TRIGGER.search(self._buffer)
        if trigger is None:
            return self._pass_on(len(self._buffer))
        if trigger.group() == "\n":
            return self._pass_on(trigger.end())
        return self._pass_on(trigger.start()) if trigger.start() else self._candidate()

    def _read_gap(self) -> bool:
        """Hold the blanks before a possible call, and drop what closes the one before. False if more is needed."""
        while True:
            blanks = (_GAP_AFTER_CALL if self._after_call else _BLANK).match(self._buffer)
            if blanks is not None and blanks.end():
                self._hold(blanks.end())
            if not self._buffer:
                return False
            closer = self._closer() if self._after_call else ""
            if not closer:
                return closer is not None
            self._buffer, self._gap, self._line_start = self._buffer[len(closer) :], "", False

    def _closer(self) -> str | None:
        ticks = _TICKS.match(self._buffer) if self._fence else None
        if ticks is None:
            return closer_of(self._buffer, final=self._final)
        if ticks.end() == len(self._buffer) and not self._final:
            return None
        if ticks.end() < self._fence:
            return ""
        self._fence = 0
        return ticks.group()

    def _candidate(self) -> bool:
        first = self._buffer[0]
        if first == "`":
            return self._backticks()
        opener = "" if first == "{" else opener_of(self._buffer, final=self._final)
        if opener is None:
            return False
        if opener:
            self._hold(len(opener))
            return True
        return self._pass_on(1) if first == "<" else self._bracket()

    def _bracket(self) -> bool:
        verdict = judge_json(self._buffer, self._names, final=self._final)
        if verdict is None:
            return False
        if verdict == "prose":
            return self._pass_on(1)
        self._scan, self._passed = JsonScan(), 0
        self._state = self._json if verdict == "call" else self._foreign
        return True

    def _backticks(self) -> bool:
        run, fence = _TICKS.match(self._buffer), _FENCE.match(self._buffer)
        length = run.end() if run else 0
        end = fence.end() if fence else length
        if end == len(self._buffer) and not self._final:
            return False
        if self._fence:  # an empty block, closed at once
            self._fence = 0
            return self._pass_on(length)
        if length >= 3 and self._buffer[end : end + 1] in ("\n", "{", "[", "<"):
            self._hold(end)
            self._fence = length
            return True
        self._pass_on(length)
        self._enter_code(length)
        return True

    # --- what is certainly no call ---
    def _enter_code(self, ticks: int) -> None:
        self._ticks, self._fence = ticks, 0
        self._state = self._code

    def _code(self) -> bool:
        inline = self._ticks < 3
        for mark in re.finditer("`+|\n" if inline else "`+", self._buffer):
            if mark.end() == len(self._buffer) and mark.group() != "\n" and not self._final:
                return bool(mark.start()) and self._pass_on(mark.start())
            length = len(mark.group())
            if mark.group() == "\n" or length == self._ticks or (length > self._ticks and not inline):
                self._state = self._prose
                return self._pass_on(mark.end())
        return self._pass_on(len(self._buffer))

    def _foreign(self) -> bool:
        """Pass on JSON that is no call, so that what is inside it is not taken for one."""
        end = self._scan.feed(self._buffer[self._scan.fed - self._passed :])
        until = end if end is not None else self._scan.fed if self._final else self._scan.certain
        length, self._passed = until - self._passed, until
        if end is not None:
            self._state = self._prose
        return (length > 0 or end is not None) and self._pass_on(length)

    def _made_up(self) -> bool:
        self._buffer = ""
        return False

    # --- what may be a call ---
    def _json(self) -> bool:
        end = self._scan.feed(self._buffer)
        self._held.append(self._buffer)
        self._buffer = ""
        if end is None and not self._final:
            return False
        text = self._take_held()
        finished = end is not None or not (self._cut or self._scan.in_string)
        end = len(text) if end is None else end
        text, self._buffer = text[:end], text[end:]
        calls = self._calls_in(text) if finished else []
        self._tool = ""
        self._state = self._prose
        if calls:
            self._call(calls)
        else:
            self._say(text)
        return True

    def _take_held(self) -> str:
        text = "".join(self._held)
        self._held.clear()
        return text

    def _calls_in(self, text: str) -> list[PromptedCall]:
        if not self._tool:
            return calls_in(parse_json(text), self._names, self._text_parameters)
        return [PromptedCall(self._tool, arguments_text(text, self._text_parameters.get(self._tool)))]

    # --- ReAct ---
    def _labelled(self, label: Label, end: int) -> bool:
        match label:
            case "Action":
                return self._action(end)
            case "Final Answer" | "FinalAnswer":
                self._end_thinking()
            case "Thought" if self._react:
                self._thinking = True
            case "Observation" if self._react and self._calls:
                self._state = self._made_up
            case _:
                return self._pass_on(end)
        self._buffer, self._line_start = self._buffer[end:], False
        return True

    def _action(self, end: int) -> bool:
        rest = self._buffer[end:]
        if rest[:1] in ("{", "[", "\n", "<") or rest.startswith("```"):
            self._hold(end)
            return True
        action = action_of(rest, self._names, final=self._final)
        if action is None:
            return False
        if action == "no":
            return self._pass_on(end)
        self._tool, start = action
        self._hold(end + start)
        self._state = self._input
        return True

    def _input(self) -> bool:
        """After `Action Input:`: an object, or plain text."""
        blanks, opened = _BLANK.match(self._buffer), _OPENED_OBJECT.match(self._buffer.lstrip())
        self._hold(blanks.end() if blanks else 0)
        if not self._final and (self._buffer in ("", "`", "``") or (opened and opened.end() == len(self._buffer))):
            return False
        self._input_fenced = self._buffer.startswith("```")
        if opened and self._buffer[opened.end() : opened.end() + 1] in ('"', "'", "}"):
            self._scan = JsonScan()
            self._state = self._json
            return True
        if not self._input_fenced:
            self._buffer = "\n" + self._buffer  # so that a label at its very start stands on a line of its own
        self._state = self._plain_input
        return True

    def _plain_input(self) -> bool:
        end = (_END_OF_FENCED_INPUT if self._input_fenced else END_OF_INPUT).search(self._buffer)
        if end is None and not self._final:
            line = self._buffer.rfind("\n")
            kept = line if 0 <= len(self._buffer) - line <= _LONGEST_LINE_END else len(self._buffer)
            self._held.append(self._buffer[:kept])
            self._buffer = self._buffer[kept:]
            return False
        at = len(self._buffer) if end is None else end.end() if self._input_fenced else end.start()
        self._held.append(self._buffer[:at])
        self._buffer = self._buffer[at:]
        text = self._take_held().strip()
        fenced = _FENCED.fullmatch(text)
        tool, self._tool, self._state = self._tool, "", self._prose
        if end is None and self._cut:
            self._say(text)
        else:
            arguments = arguments_text(fenced[1] if fenced else text, self._text_parameters.get(tool))
            self._call([PromptedCall(tool, arguments)])
        return True
