"""`OutputType`: an answer that must be a value of a type, checked, and asked for again if it is not one."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError, ToolArgumentsError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.tools.validation import validate_tool_arguments

# the JSON's own texts may hold fences, but no line ends
_FENCED = re.compile(r"```[\w-]*\s*\n(.*?)\n[ \t]*```", re.DOTALL)
_FENCED_TIGHTLY = re.compile(r"```[\w-]*\s*\n(.*)```", re.DOTALL)
_VALUE = "value"


class OutputType:
    """What an answer must be: a JSON Schema, or a pydantic model, whose instance is then the output.

    Args:
        kind: A JSON Schema as a dict, or a pydantic model class.

    Raises:
        ConfigurationError: If it is neither.
    """

    def __init__(self, kind: Any) -> None:
        self._model: Any = None
        if isinstance(kind, dict):
            self.schema = cast("JsonObject", kind)
        elif inspect.isclass(kind) and hasattr(kind, "model_json_schema"):
            self._model = kind
            self.schema = cast("JsonObject", kind.model_json_schema())  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
        else:
            raise ConfigurationError("output_type takes a pydantic model class or a JSON Schema as a dict.")
        # A value is checked in the same way as a tool's argument, with the same messages for the model.
        definitions = {key: self.schema[key] for key in ("$defs", "definitions") if key in self.schema}
        inner = {key: value for key, value in self.schema.items() if key not in definitions}
        self._checker = AgentTool(
            name="answer",
            parameters={"type": "object", "properties": {_VALUE: inner}, "required": [_VALUE], **definitions},
        )

    @property
    def instructions(self) -> str:
        """What the model is told, once, in the system message."""
        schema = json.dumps(self.schema, ensure_ascii=False)
        return f"Give your final answer as JSON only, without any other words, that fits this JSON Schema:\n{schema}"

    def read(self, text: str) -> tuple[JsonValue, str | None]:
        """The value in an answer: (value, None), or (None, what is wrong, for the model to repair)."""
        try:
            value = json.loads(json_of(text))
        except (ValueError, RecursionError) as error:
            return None, f"Your answer is not valid JSON ({error}). Answer again with the JSON only."
        call = ToolCallContent(id="answer", name="answer", arguments={_VALUE: value})
        try:
            value = validate_tool_arguments(self._checker, call)[_VALUE]
            return (value if self._model is None else self._model.model_validate(value)), None
        except (ToolArgumentsError, ValueError) as error:  # pydantic's error is a ValueError
            problems = "\n".join(error.problems) if isinstance(error, ToolArgumentsError) else str(error)
            return None, f"Your answer does not fit the schema:\n{problems}\nAnswer again with the corrected JSON only."


def for_people(complaint: str, attempts: int) -> str:
    """What a complaint means for the person who has asked, after so many attempts."""
    problem = " ".join(complaint.rpartition("Answer again")[0].split()).replace("Your answer", "The answer", 1)
    return f"{problem} The model was asked {attempts} times."


def json_of(text: str) -> str:
    """The JSON in an answer: what stands in its fenced block, or all of it."""
    fenced = _FENCED.search(text) or _FENCED_TIGHTLY.search(text)
    return (fenced[1] if fenced else text).strip()
