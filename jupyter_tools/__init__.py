"""Agents that call tools, in a notebook: `%load_ext jupyter_tools`, then `%%agent`.

Names are imported when they are first used: `import jupyter_tools` itself loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

_HOMES = {
    "agent.agent": ("Agent",),
    "agent.limits": ("Limits",),
    "agent.result": ("AgentResult",),
    "agent.run_tools": ("async_iter_run_tools", "iter_run_tools"),
    "agent.tape": ("Recording", "Replay", "record", "replay"),
    "agent.tool_handler": ("ToolHandler", "perform_web_search"),
    "auth": ("AuthManager",),
    "errors": (
        "ConfigurationError",
        "JupyterToolsError",
        "McpError",
        "ProviderError",
        "ToolArgumentsError",
        "UnknownNameError",
        "WebError",
    ),
    "events": (
        "AgentEndEvent",
        "AgentEvent",
        "AgentStartEvent",
        "AgentToolResult",
        "MessageEndEvent",
        "MessageStartEvent",
        "MessageUpdateEvent",
        "StepEndEvent",
        "StepStartEvent",
        "ToolExecutionEndEvent",
        "ToolExecutionStartEvent",
        "ToolExecutionUpdateEvent",
        "TurnEndEvent",
        "TurnStartEvent",
        "TurnUpdateEvent",
    ),
    "mcp_servers.server": ("McpServer",),
    "experiments": (
        "Experiment",
        "compare",
        "experiment",
        "last_experiment",
        "plot_cost",
        "plot_means",
        "plot_questions",
        "summarize",
    ),
    "messages": (
        "AgentMessage",
        "AssistantMessage",
        "ImageContent",
        "SystemMessage",
        "TextContent",
        "ThinkingContent",
        "ToolCallContent",
        "ToolResultMessage",
        "Usage",
        "UserMessage",
    ),
    "providers.base": ("Model", "Provider", "Request"),
    "providers.emulated": ("ToolSupportProvider",),
    "providers.prices": ("PRICES", "Price"),
    "providers.rate_limit": ("RateLimitedProvider", "RateLimiter"),
    "providers.scripted": ("ScriptedProvider",),
    "retrieval.documents": ("Chunk", "Document", "Hit"),
    "retrieval.embedders": ("EmbeddingsEndpoint",),
    "retrieval.index": ("DocumentIndex",),
    "retrieval.lance": ("LanceRetriever",),
    "retrieval.retriever": ("Retriever", "use_retriever"),
    "streams": ("EventStream",),
    "thinking": ("Reasoning", "ThinkingProcessor"),
    "tools.approval": ("ApprovalAnswer", "ApprovalRequest", "ConsoleApprover", "ScriptedApprover"),
    "tools.context": ("ToolContext",),
    "tools.decorator": ("tool",),
    "tools.execution": ("ExecutionOptions", "ToolExecutionResult", "execute_tool_calls", "skip_tool_call"),
    "tools.registry": ("ToolRegistry",),
    "tools.running": ("running_tools",),
    "tools.runner": ("AgentAction", "ToolRequest", "ToolResponse", "ToolRunner"),
    "tools.tool": ("AgentTool", "ToolExample"),
    "tools.validation": ("validate_tool_arguments",),
    "traces": ("TraceStore", "traces"),
    "builtin_tools.bucket": ("Bucket",),
    "builtin_tools.compose_context": ("compose_context",),
    "builtin_tools.dedup_diversify": ("dedup_diversify",),
    "builtin_tools.document_tools": ("document_tools",),
    "builtin_tools.fetch_docs": ("fetch_docs",),
    "builtin_tools.list_files": ("list_files",),
    "builtin_tools.math_eval": ("math_eval",),
    "builtin_tools.offline_search": ("OfflineSearch",),
    "builtin_tools.read_file": ("read_file",),
    "builtin_tools.router_select": ("router_select",),
    "builtin_tools.search_docs": ("search_docs",),
    "builtin_tools.search_backend": ("SearchBackend", "use_search_backend"),
    "builtin_tools.time_now": ("time_now",),
    "builtin_tools.verify": ("verify",),
    "builtin_tools.web_search": ("web_search",),
    "builtin_tools.web_sources": ("SearchResult", "Sources"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

# `_HOMES` is the one list of public names; a test locks it
__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Import a public name from its module at first use."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, imported or not."""
    return sorted({*globals(), *__all__})


def load_ipython_extension(ip: InteractiveShell) -> None:
    """`%load_ext jupyter_tools`: the magics, completion, and `tool` and `traces` in the notebook's namespace."""
    from jupyter_tools.notebook.extension import load

    load(ip)


def unload_ipython_extension(ip: InteractiveShell) -> None:
    """`%unload_ext jupyter_tools`: take the magics away again."""
    from jupyter_tools.notebook.extension import unload

    unload(ip)
