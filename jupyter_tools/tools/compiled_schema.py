"""`CompiledSchema`: a tool's JSON Schema, compiled once, and what is wrong with a value in words for a model."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.shortening import beginning, ending

if TYPE_CHECKING:
    import jsonschema_rs

Path: TypeAlias = "tuple[str | int, ...]"

MAX_PROBLEMS = 20
_MAX_MESSAGE = 300


class CompiledSchema:
    """A JSON Schema of draft 2020-12, or of the draft that its `$schema` names.

    Formats are not checked. A `$ref` that leaves the schema is refused: nothing is ever fetched.

    Args:
        schema: The schema.
        tool_name: Whose it is, for errors.

    Raises:
        ToolDefinitionError: If it is no JSON Schema, holds a pattern that cannot be read, or a `$ref` to nowhere.
    """

    def __init__(self, schema: JsonObject, tool_name: str) -> None:
        import jsonschema_rs  # 40 ms that importing a tool must not cost

        self.schema = schema
        self._retrieve = _Refusal(tool_name)
        try:
            self._validator = jsonschema_rs.validator_for(schema, retriever=self._retrieve, validate_formats=False)
        except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
            raise _definition_error(tool_name, error) from error
        self.is_valid = self._validator.is_valid

    @cached_property
    def _parts(self) -> jsonschema_rs.ValidatorMap:
        import jsonschema_rs

        return jsonschema_rs.validator_map_for(self.schema, retriever=self._retrieve, validate_formats=False)

    def part_is_valid(self, pointer: str, value: JsonValue) -> bool:
        """Whether `value` fits the part of the schema at `pointer`, such as "#/properties/x/anyOf/0"."""
        part = self._parts.get(pointer)
        return part is not None and part.is_valid(value)

    def problems(self, value: JsonValue) -> list[str]:
        """What is wrong with `value`, as "path: message", at most `MAX_PROBLEMS` of them; empty if nothing is."""
        lines: list[str] = []
        for error in self._validator.iter_errors(value):
            if len(lines) == MAX_PROBLEMS:
                lines.append("... and more")
                break
            lines += [line for line in _described(error, self.schema) if line not in lines]
        return lines

    def outline(self, value: JsonObject) -> list[str]:
        """Which arguments are wrong, without saying how: for values with too many alternatives to tell them all."""
        if self.is_valid(value):
            return []
        parts = self._parts
        named = [(name, parts.get("#/properties/" + escaped(name))) for name in value]
        wrong = [name for name, part in named if part is not None and not part.is_valid(value[name])]
        return [f"{name}: fits none of the declared alternatives" for name in wrong] or ["arguments: do not fit"]


class _Refusal:
    """Answers every wish to fetch a schema with no."""

    def __init__(self, tool_name: str) -> None:
        self.tool_name = tool_name

    def __call__(self, uri: str) -> Any:
        raise ValueError(f"its schema refers to {uri}, and nothing is fetched. Copy that schema into its $defs")


def _definition_error(tool_name: str, error: Exception) -> ToolDefinitionError:
    text = str(error).partition("\n\nFailed validating")[0].strip()
    return ToolDefinitionError(tool_name, f"its parameters are not a usable JSON Schema: {text[:_MAX_MESSAGE]}")


def _described(error: jsonschema_rs.ValidationError, schema: JsonObject) -> list[str]:
    """One error as lines. Of alternatives, the one that the value was clearly meant for is told in detail."""
    kind = error.kind
    if kind.name in {"anyOf", "oneOf"}:
        context = cast("list[list[jsonschema_rs.ValidationError]]", getattr(kind, "context", []))
        meant = [branch for branch in context if not any(_is_of_another_kind(item, error) for item in branch)]
        if len(meant) == 1:
            return [line for item in meant[0] for line in _described(item, schema)]
    message = _unexpected(error, schema) if kind.name == "additionalProperties" else error.message
    return [f"{path_text(tuple(error.instance_path))}: {_squeezed(message)}"]


def _is_of_another_kind(item: jsonschema_rs.ValidationError, whole: jsonschema_rs.ValidationError) -> bool:
    return item.kind.name in {"type", "const"} and item.instance_path == whole.instance_path


def _unexpected(error: jsonschema_rs.ValidationError, schema: JsonObject) -> str:
    names = cast("list[str]", getattr(error.kind, "unexpected", []))
    part = looked_up(schema, error.schema_path[:-1])
    declared = cast("JsonObject", cast("JsonObject", part).get("properties", {}) if isinstance(part, dict) else {})
    known = ", ".join(declared) or "no names"
    return f"there is no {', '.join(repr(shortened(name, 60)) for name in names)}; declared: {known}"


def escaped(name: str) -> str:
    """A name as one step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def looked_up(schema: JsonValue, path: Iterable[str | int]) -> JsonValue:
    """What stands in `schema` at `path`; None if nothing does."""
    for step in path:
        if isinstance(schema, dict):
            schema = cast("JsonObject", schema).get(str(step))
        elif isinstance(schema, list) and str(step).isdecimal() and int(step) < len(cast("list[JsonValue]", schema)):
            schema = cast("list[JsonValue]", schema)[int(step)]
        else:
            return None
    return schema


def path_text(path: Path) -> str:
    """A path as people write it: `rows[0].name`, and `arguments` for the whole."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "arguments"


def shortened(text: str, limit: int) -> str:
    """`text`, or its beginning and how long it is."""
    return text if len(text) <= limit else f"{beginning(text, limit)}... ({len(text):,} characters)"


def _squeezed(message: str) -> str:
    """A message without the middle of a long value: what is wrong stands at its end."""
    if len(message) <= _MAX_MESSAGE:
        return message
    half = _MAX_MESSAGE // 2
    return f"{shortened(message, half)} {ending(message, half)}"
