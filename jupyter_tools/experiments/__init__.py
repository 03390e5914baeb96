"""Prompt experiments: a grid of prompts, models and parameters over rows of data, as a tidy DataFrame.

from jupyter_tools.experiments import compare, exact, experiment, plot_means, summarize

frame = experiment("What is the capital of {{ country }}?", models=[...], data=countries, scorers=[exact("capital")])
summarize(frame); compare(frame); plot_means(frame)
"""

from __future__ import annotations

from jupyter_tools.experiments.experiment import Experiment, experiment, last_experiment
from jupyter_tools.experiments.judge import judge
from jupyter_tools.experiments.plots import plot_cost, plot_means, plot_questions
from jupyter_tools.experiments.scorers import (
    Outcome,
    Scorer,
    contains,
    exact,
    json_schema,
    numeric,
    regex,
    tool_calls,
)
from jupyter_tools.experiments.summary import compare, summarize

__all__ = [
    "Experiment",
    "Outcome",
    "Scorer",
    "compare",
    "contains",
    "exact",
    "experiment",
    "json_schema",
    "judge",
    "last_experiment",
    "numeric",
    "plot_cost",
    "plot_means",
    "plot_questions",
    "regex",
    "summarize",
    "tool_calls",
]
