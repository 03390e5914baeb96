"""What a person can do about a request that a server refuses: the option to leave out, or to give."""

from __future__ import annotations

import re
from http import HTTPStatus

from jupyter_tools.errors import ProviderError
from jupyter_tools.providers.base import Request

IN_WORDS = "Tell the model of its tools in words: --tool-format json in a cell, tool_format='json' in Python."

# What servers say of tools that neither they nor the model can call: Ollama, llama.cpp (two), vLLM, OpenRouter, Groq.
_NO_TOOLS = re.compile(
    r"does not support (?:tool|function)|requires? --jinja|unsupported param: tools|--enable-auto-tool-choice"
    r"|support tool use|tool calling\W+ ?is not supported",
    re.I,
)
_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_NOT_TAKEN = re.compile(r"(?:un|not |in)(?:known|recogni[sz]ed|supported|permitted|expected|allowed|valid)", re.I)


def refusal_of_tools(failure: ProviderError, request: Request) -> ProviderError | None:
    """The failure with the way out of it, if the server says that its model cannot call tools."""
    if not request.tools or _NO_TOOLS.search(str(failure)) is None:
        return None
    problem = f"the model {request.model.name!r} cannot call tools at this server. {IN_WORDS}"
    return ProviderError(failure.provider, problem + _words(failure), status=failure.status, retryable=False)


def refusal_of_option(failure: ProviderError, request: Request) -> ProviderError | None:
    """The failure with the option to leave out, if the server says that it does not take one."""
    said = _words(failure)
    if failure.status not in _REFUSED or _NOT_TAKEN.search(said) is None:
        return None
    named = [name for name in request.model.options if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", said)]
    if not named:
        return None
    problem = f"the server does not take the option {named[0]!r} as it is. Change it, or leave it out."
    return ProviderError(failure.provider, problem + said, status=failure.status, retryable=False)


def refusal_without_key(failure: ProviderError, variable: str) -> ProviderError:
    """The failure of a server that was asked without a key and wants one."""
    problem = f"the server wants an API key. Set the environment variable {variable} to the key of this server."
    return ProviderError(failure.provider, problem + _words(failure), status=failure.status, retryable=False)


def _words(failure: ProviderError) -> str:
    """What the server itself said, as a sentence to append; empty if it said nothing."""
    _, quoted, words = str(failure).partition(" It says: ")
    return quoted + words
