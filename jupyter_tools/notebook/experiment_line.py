"""From the line and the text of an `%%experiment` cell to an `Experiment` that a person agrees to."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, MutableMapping
from typing import Any

from jupyter_tools import experiments
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.data import Row, columns_of, rows_of
from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.experiments.template import columns_in
from jupyter_tools.experiments.variants import NO_TOOLS
from jupyter_tools.notebook.experiment_completion import BARE_SCORERS, SCORERS
from jupyter_tools.notebook.line_rules import check_output
from jupyter_tools.notebook.options import key_value, names_in
from jupyter_tools.notebook.prompt import value_of
from jupyter_tools.notebook.session import Session
from jupyter_tools.tools.tool import AgentTool

_QUOTED = """The line takes quotation marks off: put others around such a scorer, --score 'exact("capital")'."""


def prepared(arguments: Namespace, cell: str, namespace: MutableMapping[str, Any]) -> Experiment:
    """The experiment, not yet begun.

    Raises:
        ConfigurationError: If something cannot work, or the person does not agree to a large experiment.
        UnknownNameError: If something is named that does not exist.
    """
    if not cell.strip():
        raise ConfigurationError("There is no prompt. Write it on the lines below %%experiment.")
    check_output(arguments.output)
    chosen = Experiment(
        cell.strip(),
        models=arguments.model,
        params=_parameters(arguments),
        tools=_tool_sets(arguments, namespace),
        system=arguments.system,
        data=_rows(arguments, cell, namespace),
        repeats=arguments.repeats,
        scorers=[_scorer(text, namespace) for text in arguments.score or ()],
        name=arguments.name,
        base_url=arguments.base_url,
        max_turns=arguments.max_turns,
        concurrency=arguments.at_once,
        executor=_variable(arguments.executor, namespace) if arguments.executor else None,
        resume=not arguments.fresh,
    )
    chosen.agree(yes=arguments.yes)
    return chosen


def _rows(arguments: Namespace, cell: str, namespace: Mapping[str, Any]) -> list[Row]:
    """The rows; what the prompt names beside their columns stands in each of them, from the notebook."""
    rows = rows_of(_variable(arguments.over, namespace) if arguments.over else None)
    others = [name for name in columns_in(cell) if name not in columns_of(rows)]
    if not others:
        return rows
    known = {**dict.fromkeys(columns_of(rows)), **namespace}  # columns as well, for the hint at the nearest name
    found = {name: value_of(name, known) for name in others}
    return [{**row, **found} for row in rows]


def _parameters(arguments: Namespace) -> dict[str, Any]:
    return dict(key_value("param", "temperature=[0,0.7]", text) for text in arguments.param or ())


def _tool_sets(arguments: Namespace, namespace: MutableMapping[str, Any]) -> list[list[AgentTool]] | None:
    if not arguments.tools:
        return None
    session = Session(namespace)
    sets = map(names_in, arguments.tools)
    return [[] if names == (NO_TOOLS,) else session.find_tools(names) for names in sets]


def _scorer(text: str, namespace: Mapping[str, Any]) -> Any:
    """A scorer of ours by its name, a function of the notebook, or what an expression gives."""
    ours = {name: getattr(experiments, name) for name in SCORERS}
    if text in BARE_SCORERS and text not in namespace:
        return ours[text]()
    if text.isidentifier() and text not in {**ours, **namespace}:
        raise UnknownNameError("scorer", text, [*SCORERS, *(name for name in namespace if callable(namespace[name]))])
    try:
        found = value_of(text, {**ours, **namespace}, "--score {}")
    except ConfigurationError as error:
        if "(" in text and not set(text) & {"'", '"'}:
            raise ConfigurationError(f"{error} {_QUOTED}") from None
        raise
    return found() if found in [ours[name] for name in BARE_SCORERS] else found


def _variable(name: str, namespace: Mapping[str, Any]) -> Any:
    if name not in namespace:
        raise UnknownNameError("variable", name, [known for known in namespace if not known.startswith("_")])
    return namespace[name]
