"""The columns of a trace, described once: the store's table, the frame and the documentation are made from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Dtype: TypeAlias = Literal["string", "Int64", "Float64", "boolean", "datetime64[us, UTC]", "object"]

_SQL_TYPES: dict[Dtype, str] = {
    "string": "TEXT",
    "Int64": "INTEGER",
    "Float64": "REAL",
    "boolean": "INTEGER",
    "datetime64[us, UTC]": "INTEGER",  # microseconds since 1970
    "object": "TEXT",  # JSON, see values.py
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of `traces()`.

    Attributes:
        name: Its name, in the frame and in the store.
        dtype: Its pandas dtype.
        what: What stands in it, for a person.
    """

    name: str
    dtype: Dtype
    what: str

    @property
    def sql_type(self) -> str:
        """The type it is stored as in SQLite."""
        return _SQL_TYPES[self.dtype]


COLUMNS = (  # of many columns, a notebook shows the first ten and the last ten
    Column("kind", "string", "agent (a whole run), turn, model (a call), tool (a call), approval or retrieval"),
    Column("name", "string", "the tool or the model; 'turn 2' for a turn"),
    Column(
        "status", "string", "ok, error, timeout, denied, stopped, skipped, replayed, running, interrupted (by its end)"
    ),
    Column("duration_ms", "Float64", "how long it took, in milliseconds of a monotonic clock"),
    Column("input", "string", "what went in, in short: prompt, last message or arguments"),
    Column("output", "string", "what came out, in short: answer, tool calls or result"),
    Column("error", "string", "what went wrong, in words"),
    Column(
        "error_type",
        "string",
        "its kind: an exception's name, an HTTP status, Timeout, Denied, ...",
    ),
    Column("turn", "Int64", "the turn of the run, from 1"),
    Column("input_tokens", "Int64", "tokens the model read, cached ones included; a run's row has the sum"),
    Column("output_tokens", "Int64", "tokens the model wrote, reasoning included; a run's row has the sum"),
    Column("reasoning_tokens", "Int64", "those of output_tokens that were reasoning, where the provider says so"),
    Column("cached_tokens", "Int64", "those of input_tokens that came from the provider's cache"),
    Column("tokens_estimated", "boolean", "True if the tokens were counted here and not by the provider"),
    Column("cost", "Float64", "US dollars, where the price is known; a run's row has the sum"),
    Column("first_token_ms", "Float64", "from the request to the first piece of the answer"),
    Column("queue_ms", "Float64", "how long a tool call waited until its tool ran"),
    Column("attempt", "Int64", "of a model call: 1, or more if the request was repeated"),
    Column("stop_reason", "string", "why the model or the run stopped: stop, length, tool_calls, max_turns, ..."),
    Column("provider", "string", "who answered, such as openai or local"),
    Column("model", "string", "the model's name as the provider knows it"),
    Column("tools", "string", "the tools the model could call, separated by commas"),
    Column("tool_call_id", "string", "the model's id of the tool call"),
    Column("experiment", "string", "the experiment the run belongs to"),
    Column("variant", "string", "the variant of the experiment"),
    Column("repeat", "Int64", "which repetition of the variant"),
    Column("cell_id", "string", "the notebook cell it ran from"),
    Column("session_id", "string", "the kernel process that ran it"),
    Column("prompt_hash", "string", "hash of the run's prompt: the same for the same prompt"),
    Column("system_hash", "string", "hash of the run's instructions"),
    Column("schema_hash", "string", "hash of the tools' schemas"),
    Column("ended", "datetime64[us, UTC]", "when it was over: started + duration_ms"),
    Column("started", "datetime64[us, UTC]", "when it began to run"),
    Column("run_id", "string", "the run; missing for a tool that was run by hand"),
    Column("span_id", "string", "this row, 16 hexadecimal digits"),
    Column("parent_id", "string", "the row this one is part of"),
    Column("args", "object", "a tool call's arguments, a dict; a run's prompt"),
    Column("result", "object", "a tool's result (text, or content blocks), a model's message, a run's answer"),
    Column("details", "object", "what a tool gave for people and traces only; frames come back as frames"),
    Column("messages", "object", "the messages a model call saw, or those a run added to the conversation"),
    Column("parameters", "object", "options of the model call, such as temperature"),
    Column("provenance", "object", "a run's provenance: model, tools, hashes"),
    Column("packages", "object", "versions of Python and of the packages that were loaded"),
)
COLUMN_NAMES = tuple(column.name for column in COLUMNS)
CONTENT_NAMES = tuple(column.name for column in COLUMNS if column.dtype == "object")
CONTEXT_NAMES = (  # the same for all spans of a run, so they are stored once
    *("experiment", "variant", "repeat", "cell_id", "session_id", "prompt_hash", "system_hash", "schema_hash"),
    *("run_id", "packages"),
)
DERIVED_NAMES = ("ended",)  # not stored
SPAN_NAMES = tuple(name for name in COLUMN_NAMES if name not in CONTEXT_NAMES + DERIVED_NAMES)
TOOL_NAMES = (  # what a tool call, or a step of it, may have of them
    *("kind", "name", "status", "duration_ms", "input", "output", "error", "error_type", "turn", "queue_ms"),
    *("tool_call_id", "started", "span_id", "parent_id", "args", "result", "details"),
)


def columns_text() -> str:
    """The columns as plain text, one a line, for docstrings."""
    width = max(len(column.name) for column in COLUMNS)
    return "\n".join(f"{column.name:<{width}}  {column.what}  [{column.dtype}]" for column in COLUMNS)


def columns_markdown() -> str:
    """The columns as a Markdown table, for the documentation."""
    rows = "\n".join(f"| `{column.name}` | {column.dtype} | {column.what} |" for column in COLUMNS)
    return f"| column | dtype | what |\n|---|---|---|\n{rows}"
