"""What an experiment will take, before it takes it: calls, tokens, dollars."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.cells import Cell
from jupyter_tools.experiments.variants import Variant
from jupyter_tools.messages import Usage
from jupyter_tools.providers.prices import price_of
from jupyter_tools.token_estimate import estimate_tokens

OUTPUT_TOKENS = 300  # of an answer nobody knows anything of
TURNS_WITH_TOOLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an experiment will take.

    Attributes:
        cells: Cells in all.
        finished: Those of them that the store has already.
        calls: Requests to models, about.
        input_tokens: Tokens they will read, about.
        output_tokens: Tokens they will write, about.
        cost: US dollars, about; without the models in `unpriced`.
        unpriced: Models whose prices are not known.
    """

    cells: int
    finished: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: tuple[str, ...] = ()

    def __str__(self) -> str:
        kept = f" ({self.finished:,} are finished and not asked again)" if self.finished else ""
        tokens = f"about {self.input_tokens:,} tokens to read and {self.output_tokens:,} to write"
        price = f", about ${self.cost:,.4f}" if self.cost else "" if self.unpriced else ", at no cost"
        unknown = f"; what {', '.join(self.unpriced)} costs is not known" if self.unpriced else ""
        return f"{self.cells:,} cells{kept}: about {self.calls:,} calls, {tokens}{price}{unknown}."


def estimate_of(pending: Sequence[Cell], finished: Sequence[Answer], judges: Sequence[Variant] = ()) -> Estimate:
    """What the pending cells will take, judged by the finished ones where there are any.

    Args:
        pending: The cells to be asked.
        finished: The answers that are there.
        judges: The models that will judge each answer.
    """
    written = [answer.usage.output_tokens for answer in finished]
    mean_output = round(sum(written) / len(written)) if written else None
    variants = {cell.variant.name: cell.variant for cell in pending}
    overhead = {name: _overhead(variant) for name, variant in variants.items()}
    calls, total, cost, unpriced = 0, Usage(), 0.0, dict[str, None]()
    for cell in pending:
        turns = TURNS_WITH_TOOLS if cell.variant.tools else 1
        usage = Usage(
            input_tokens=turns * (overhead[cell.variant.name] + estimate_tokens(cell.text)),
            output_tokens=mean_output or _most(cell.variant),
        )
        asked = [(cell.variant, usage), *((judge, _judging(judge, usage)) for judge in judges)]
        calls += turns + len(judges)
        for variant, used in asked:
            total, price = total + used, price_of(variant.model)
            cost += price.of(used) if price else 0.0
            if price is None:
                unpriced[str(variant.model)] = None
    return Estimate(
        cells=len(pending) + len(finished),
        finished=len(finished),
        calls=calls,
        input_tokens=total.input_tokens,
        output_tokens=total.output_tokens,
        cost=cost,
        unpriced=tuple(unpriced),
    )


def _overhead(variant: Variant) -> int:
    schemas = json.dumps(variant.identity()["tools"], default=str) if variant.tools else ""
    return 4 + estimate_tokens(variant.system or "") + estimate_tokens(schemas)


def _judging(judge: Variant, usage: Usage) -> Usage:
    read = estimate_tokens(judge.prompt) + usage.input_tokens + usage.output_tokens
    return Usage(input_tokens=read, output_tokens=OUTPUT_TOKENS // 4)


def _most(variant: Variant) -> int:
    options = variant.model.options
    given = next((options[name] for name in ("max_tokens", "max_completion_tokens") if name in options), None)
    return min(given, OUTPUT_TOKENS) if isinstance(given, int) else OUTPUT_TOKENS


def confirm(estimate: Estimate, *, calls: int, cost: float, ask: Callable[[str], str] = input) -> None:
    """Ask a person before an experiment that is not small.

    Args:
        estimate: What it will take.
        calls: Above so many calls a person is asked.
        cost: Above so many dollars a person is asked.
        ask: Shows a text and returns what was typed.

    Raises:
        ConfigurationError: If the person does not say yes, or nobody is there to be asked.
    """
    if estimate.calls <= calls and estimate.cost <= cost:
        return
    try:
        said = ask(f"{estimate} Begin? [y/N] ")
    except (EOFError, OSError, NotImplementedError):
        raise ConfigurationError(f"{estimate} Nobody is here to agree to that: pass yes=True (or --yes).") from None
    if said.strip().lower() not in _YES:
        raise ConfigurationError("The experiment was not begun, as you wished.")


_YES: Iterable[str] = ("y", "yes", "да", "д")
