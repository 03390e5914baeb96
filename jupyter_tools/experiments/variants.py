"""`Variant`: one way to ask. `grid`: every combination of the axes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from jupyter_tools.agent.agent import ToolLike
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.registry import parse_model
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool

Tools: TypeAlias = Sequence[ToolLike]
Point: TypeAlias = "tuple[Any, Any]"  # of an axis: what the frame calls it, and what it is

NO_TOOLS = "none"
SETTINGS = ("prompts", "models", "params", "tools", "system", "base_url", "max_turns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to ask: everything that is the same for all rows of the data.

    Attributes:
        name: What tells it from the experiment's other variants.
        prompt: The template.
        model: Who answers, with the options of the request.
        tools: The tools the model may call.
        system: Instructions that stand before the conversation.
        max_turns: How many times the model may be asked for one prompt.
        columns: What the frame says of it: `prompt`, `model`, `tools`, `system` and a column for each parameter.
    """

    name: str
    prompt: str
    model: Model
    tools: tuple[AgentTool, ...] = ()
    system: str | None = None
    max_turns: int = 10
    columns: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def identity(self) -> JsonObject:
        """What makes it another question to a model, as JSON values; the prompt excepted, which the rows fill."""
        return {
            "model": [str(self.model), self.model.base_url, dict(self.model.options), _names(self.model.fallbacks)],
            "system": self.system,
            "tools": [[tool.name, tool.description, tool.parameters] for tool in self.tools],
            "max_turns": self.max_turns,
        }


def variants_of(settings: Mapping[str, Any], overrides: Sequence[Mapping[str, Any]] | None = None) -> list[Variant]:
    """The variants of an experiment: the grid of its settings, or of each of the `overrides` of them.

    Args:
        settings: Some of `SETTINGS`; lists are axes.
        overrides: A list of variants, each with settings of its own; what is no setting is a parameter.

    Raises:
        ConfigurationError: If a setting cannot work, or there is nothing to ask.
        UnknownNameError: If a model's provider or a tool is not known.
    """
    if overrides is None:
        return _named([(None, points) for points in _grid(settings)])
    if not overrides:
        raise ConfigurationError("variants is empty. Give a list of dicts, such as [{'temperature': 0}].")
    found: list[tuple[str | None, dict[str, Point]]] = []
    for override in overrides:
        name, own = _overridden(settings, override)
        grid = list(_grid(own))
        found += [(str(name) if name and len(grid) == 1 else None, points) for points in grid]
    return _named(found)


def _overridden(settings: Mapping[str, Any], override: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    singular = {"prompt": "prompts", "model": "models"}
    given = {singular.get(key, key): value for key, value in override.items()}
    name = given.pop("name", None)
    own = {key: given.pop(key) for key in SETTINGS if key in given}
    params = {**_params(settings.get("params")), **_params(own.pop("params", None)), **given}
    return name, {**settings, **own, "params": params}


def _params(params: Any) -> dict[str, Any]:
    if params is None:
        return {}
    if not isinstance(params, Mapping):
        raise ConfigurationError(
            "params is a dict, such as {'temperature': [0, 0.7]}. For a list of ways: variants=[...]."
        )
    return dict(cast("Mapping[str, Any]", params))


def _grid(settings: Mapping[str, Any]) -> Iterator[dict[str, Point]]:
    """Every combination of the axes, the first axis changing slowest."""
    unknown = set(settings) - set(SETTINGS)
    if unknown:
        raise UnknownNameError("setting", min(unknown), SETTINGS)
    axes: dict[str, list[Point]] = {
        "prompt": _texts(settings.get("prompts"), "prompt"),
        "model": _labelled(settings.get("models"), lambda text: text),
        "tools": _tool_sets(settings.get("tools")),
        "system": _texts(settings.get("system"), "system", optional=True),
        "base_url": [(None, settings.get("base_url"))],
        "max_turns": [(None, settings.get("max_turns") or 10)],
    }
    for name, values in _params(settings.get("params")).items():
        axes[f"params.{name}"] = _labelled(values, lambda value: value)
    for name, points in axes.items():
        if not points:
            raise ConfigurationError(f"The axis {name.removeprefix('params.')!r} has no values.")
    for combination in itertools.product(*axes.values()):
        yield dict(zip(axes, combination, strict=True))


def _labelled(values: Any, label: Any) -> list[Point]:
    listed = list(cast("Iterable[Any]", values)) if isinstance(values, list | tuple) else [values]
    return [(label(value), value) for value in listed]


def _texts(texts: Any, kind: str, *, optional: bool = False) -> list[Point]:
    """One text, several in a list, or several with names in a dict."""
    if texts is None and optional:
        return [(None, None)]
    if isinstance(texts, str):
        points: list[Point] = [(kind, texts)]
    elif isinstance(texts, Mapping):
        points = list(cast("Mapping[str, Any]", texts).items())
    elif isinstance(texts, list | tuple):
        points = [(f"{kind} {number}", text) for number, text in enumerate(cast("list[Any]", texts), 1)]
    else:
        raise ConfigurationError(f"There is no {kind}. Give a text, a list of texts, or a dict of names and texts.")
    for name, text in points:
        if not (isinstance(text, str) and text.strip()) and not (optional and text is None):
            raise ConfigurationError(f"The {kind} {name!r} is empty or no text.")
    return points


def _tool_sets(tools: Any) -> list[Point]:
    """One set of tools, several in a list of lists, or several with names in a dict."""
    if tools is None:
        return [(NO_TOOLS, ())]
    if isinstance(tools, Mapping):
        return [(name, _tools(chosen)) for name, chosen in cast("Mapping[str, Tools]", tools).items()]
    if isinstance(tools, str):
        return _tool_sets([name.strip() for name in tools.split(",")])
    listed = list(cast("Iterable[Any]", tools))
    several = any(item is None or isinstance(item, list | tuple) for item in listed)
    sets = [_tools(chosen or ()) for chosen in listed] if several else [_tools(listed)]
    return [(",".join(tool.name for tool in chosen) or NO_TOOLS, chosen) for chosen in sets]


def _tools(items: Tools) -> tuple[AgentTool, ...]:
    registry = default_registry()
    return tuple(registry.get(item) if isinstance(item, str) else as_tool(item) for item in items)


def _named(found: Sequence[tuple[str | None, dict[str, Point]]]) -> list[Variant]:
    """Variants with names made of what differs between them."""
    names = list(dict.fromkeys(axis for _, points in found for axis in points))
    labels = {axis: {_label(points[axis][0]) for _, points in found if axis in points} for axis in names}
    rare = {axis for axis in names if any(axis not in points for _, points in found)}
    varying = [axis for axis in names if len(labels[axis]) > 1 or axis in rare]
    variants = [_variant(name or _name(points, varying), points) for name, points in found]
    twice = {variant.name for variant in variants if sum(v.name == variant.name for v in variants) > 1}
    return [
        _variant(f"{variant.name} #{number}", points) if variant.name in twice else variant
        for number, (variant, (_, points)) in enumerate(zip(variants, found, strict=True), 1)
    ]


def _name(points: Mapping[str, Point], varying: Iterable[str]) -> str:
    parts: list[str] = []
    for axis in varying:
        if axis in points:
            label = _label(points[axis][0])
            if axis.startswith("params."):
                label = f"{axis.removeprefix('params.')}={label}"
            parts.append(f"no {axis}" if label == "none" else label)
    return " · ".join(parts) or "all"


def _label(value: Any) -> str:
    return value if isinstance(value, str) else "none" if value is None else json.dumps(value, ensure_ascii=False)


def _variant(name: str, points: Mapping[str, Point]) -> Variant:
    options: dict[str, JsonValue] = {
        axis.removeprefix("params."): value for axis, (_, value) in points.items() if axis.startswith("params.")
    }
    model = parse_model(points["model"][1], base_url=points["base_url"][1], options=options)
    columns = {"prompt": points["prompt"][0], "model": str(model)}
    columns |= {axis: points[axis][0] for axis in ("tools", "system")}
    return Variant(
        name=name,
        prompt=points["prompt"][1],
        model=model,
        tools=points["tools"][1],
        system=points["system"][1],
        max_turns=points["max_turns"][1],
        columns={**columns, **options},
    )


def _names(models: Sequence[Model]) -> list[list[Any]]:
    return [[str(model), model.base_url] for model in models]
