"""The public names. Whoever adds or removes one changes this list, and the changelog."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import jupyter_tools
from tests.public_stub import STUB, stub_text

PUBLIC = [
    "Agent",
    "AgentAction",
    "AgentEndEvent",
    "AgentEvent",
    "AgentMessage",
    "AgentResult",
    "AgentStartEvent",
    "AgentTool",
    "AgentToolResult",
    "ApprovalAnswer",
    "ApprovalRequest",
    "AssistantMessage",
    "AuthManager",
    "Bucket",
    "Chunk",
    "ConfigurationError",
    "ConsoleApprover",
    "Document",
    "DocumentIndex",
    "EmbeddingsEndpoint",
    "EventStream",
    "ExecutionOptions",
    "Experiment",
    "Hit",
    "ImageContent",
    "JupyterToolsError",
    "LanceRetriever",
    "Limits",
    "McpError",
    "McpServer",
    "MessageEndEvent",
    "MessageStartEvent",
    "MessageUpdateEvent",
    "Model",
    "OfflineSearch",
    "PRICES",
    "Price",
    "Provider",
    "ProviderError",
    "RateLimitedProvider",
    "RateLimiter",
    "Reasoning",
    "Recording",
    "Replay",
    "Request",
    "Retriever",
    "ScriptedApprover",
    "ScriptedProvider",
    "SearchBackend",
    "SearchResult",
    "Sources",
    "StepEndEvent",
    "StepStartEvent",
    "SystemMessage",
    "TextContent",
    "ThinkingContent",
    "ThinkingProcessor",
    "ToolArgumentsError",
    "ToolCallContent",
    "ToolContext",
    "ToolExample",
    "ToolExecutionEndEvent",
    "ToolExecutionResult",
    "ToolExecutionStartEvent",
    "ToolExecutionUpdateEvent",
    "ToolHandler",
    "ToolRegistry",
    "ToolRequest",
    "ToolResponse",
    "ToolResultMessage",
    "ToolRunner",
    "ToolSupportProvider",
    "TraceStore",
    "TurnEndEvent",
    "TurnStartEvent",
    "TurnUpdateEvent",
    "UnknownNameError",
    "Usage",
    "UserMessage",
    "WebError",
    "async_iter_run_tools",
    "compare",
    "compose_context",
    "dedup_diversify",
    "document_tools",
    "execute_tool_calls",
    "experiment",
    "fetch_docs",
    "iter_run_tools",
    "last_experiment",
    "list_files",
    "math_eval",
    "perform_web_search",
    "plot_cost",
    "plot_means",
    "plot_questions",
    "read_file",
    "record",
    "replay",
    "router_select",
    "running_tools",
    "search_docs",
    "skip_tool_call",
    "summarize",
    "time_now",
    "tool",
    "traces",
    "use_retriever",
    "use_search_backend",
    "validate_tool_arguments",
    "verify",
    "web_search",
]


def test_the_public_names_are_these() -> None:
    assert jupyter_tools.__all__ == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(jupyter_tools, name) is not None
    assert name in dir(jupyter_tools)


def test_type_checkers_know_the_public_names() -> None:
    assert STUB.read_text(encoding="utf-8") == stub_text(), "run: python -m tests.public_stub"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Agnet'"):
        jupyter_tools.Agnet  # noqa: B018  # reading it is the test


def test_a_submodule_never_hides_a_public_name() -> None:
    """`jupyter_tools.traces` is a folder too: importing what is in it must not turn the function into a module."""
    program = "import jupyter_tools.traces; from jupyter_tools import traces; assert callable(traces), traces"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_every_module_can_be_imported_on_its_own() -> None:
    names = [module.name for module in pkgutil.walk_packages(jupyter_tools.__path__, "jupyter_tools.")]
    assert [importlib.import_module(name) for name in names if not name.endswith("__main__")]
