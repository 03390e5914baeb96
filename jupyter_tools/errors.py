"""Exceptions of jupyter_tools: programmer's and user's mistakes. What fails *inside* a run is data, not an exception.

The tree:

    JupyterToolsError
    ├── ConfigurationError          a setting that cannot work; says what to write instead
    │   ├── UnknownNameError        a model, tool, option ... that does not exist; names the nearest match
    │   ├── MissingExtraError       an optional package is not installed
    │   └── MissingKeyError         a provider needs an API key and none was found
    ├── ToolDefinitionError         a function or schema that cannot become a tool
    ├── ToolArgumentsError          arguments that do not fit a tool's schema
    ├── ModelFileError              the weights of an embedded model cannot be had or are damaged
    ├── McpError                    an MCP server cannot be started, refuses, or has ended
    ├── ProviderError               a model's server answered with an error, or not at all
    ├── WebError                    a search engine or a web page cannot be reached, or must not be
    ├── RecordingError              a recording cannot be read or written, or does not hold what is asked
    └── TraceStoreError             the trace store cannot be read or written
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class JupyterToolsError(Exception):
    """Base of every exception this package raises on purpose. Its text is meant for the person at the notebook."""


class ConfigurationError(JupyterToolsError):
    """A setting that cannot work. The text says what to write instead."""


class UnknownNameError(ConfigurationError):
    """A name that is not known: a model, a provider, a tool, an option, a conversation.

    Attributes:
        kind: What was looked for, such as "tool".
        name: The name as it was written.
        nearest: The known name that is most like it, or None.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        names = sorted(set(known))
        matches = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        self.nearest = matches[0] if matches else None
        super().__init__(_unknown_name_text(kind, name, self.nearest, names))


def _unknown_name_text(kind: str, name: str, nearest: str | None, known: list[str]) -> str:
    text = f"There is no {kind} {name!r}."
    if nearest is not None:
        return f"{text} Did you mean {nearest!r}?"
    if not known:
        return text
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"{text} Known: {shown}."


class MissingExtraError(ConfigurationError):
    """An optional package is needed and not installed.

    Attributes:
        package: The package that could not be imported.
        extra: The extra of jupyter_tools that brings it.
    """

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f'{purpose} needs {package}. Install it with:  pip install "jupyter_tools[{extra}]"')


class MissingKeyError(ConfigurationError):
    """A provider needs an API key and none was found.

    Attributes:
        provider: The provider's name.
        variable: The environment variable it is read from.
    """

    def __init__(self, provider: str, variable: str) -> None:
        self.provider = provider
        self.variable = variable
        remedy = f"Set the environment variable {variable}, or type in a notebook:  %agent --login {provider}"
        super().__init__(f"No API key for {provider!r} was found. {remedy}")


class ToolDefinitionError(JupyterToolsError):
    """A function or a schema that cannot become a tool.

    Attributes:
        tool_name: The tool's name.
    """

    def __init__(self, tool_name: str, problem: str) -> None:
        self.tool_name = tool_name
        super().__init__(f"The tool {tool_name!r} cannot be made: {problem}")


class ToolArgumentsError(JupyterToolsError):
    """Arguments that do not fit a tool's schema. The text lets a model repair them.

    Attributes:
        tool_name: The tool's name.
        problems: One line a problem, "path: message".
    """

    def __init__(self, tool_name: str, problems: list[str], received: str) -> None:
        self.tool_name = tool_name
        self.problems = problems
        lines = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"Invalid arguments for {tool_name}:\n{lines}\nReceived arguments: {received}")


class ModelFileError(JupyterToolsError):
    """The weights of an embedded model cannot be had, or the file is damaged."""


class ProviderError(JupyterToolsError):
    """A model's server answered with an error, or not at all.

    Attributes:
        provider: The provider's name.
        status: The HTTP status, or None if there was no answer.
        retry_after_s: Seconds the server asked to wait, or None.
        retryable: Whether it may pass if the request is tried again; None if the status decides.
    """

    def __init__(
        self,
        provider: str,
        problem: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        retryable: bool | None = None,
    ) -> None:
        self.provider = provider
        self.status = status
        self.retry_after_s = retry_after_s
        self.retryable = retryable
        super().__init__(f"{provider}: {problem}")


def error_type_of(error: BaseException) -> str:
    """The kind of an error, for tables: the HTTP status that a server gave, else the exception's name."""
    if isinstance(error, ProviderError) and error.status is not None:
        return str(error.status)
    return type(error).__name__


class WebError(JupyterToolsError):
    """A search engine or a web page cannot be reached or read, or must not be."""


class RecordingError(JupyterToolsError):
    """A recording cannot be read or written, or does not hold what it is asked for."""


class McpError(JupyterToolsError):
    """An MCP server cannot be started, refuses a request, or has ended."""


class TraceStoreError(JupyterToolsError):
    """The trace store cannot be read or written. A damaged or newer file is never overwritten."""
