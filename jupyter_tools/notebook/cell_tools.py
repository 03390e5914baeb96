"""`%%tool`: the functions that a cell defines become tools."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.tables import Table
from jupyter_tools.notebook.tool_line import arguments_summary
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def tools_of_cell(shell: InteractiveShell, cell: str) -> Table:
    """Run the cell and register each function that it defines, but for those whose name starts with `_`.

    Raises:
        ConfigurationError: If the cell defines no function.
        ToolDefinitionError: If one of them cannot become a tool.
        CellError: If the cell fails; IPython has shown its traceback by then.
    """
    names = _function_names(shell.transform_cell(cell))
    if not names:
        raise ConfigurationError("This cell defines no function that could become a tool. Write one with def.")
    if not shell.run_cell(cell, store_history=False).success:
        raise CellError("The cell failed, so no tool was made.")
    values = [shell.user_ns.get(name) for name in names]
    made = [as_tool(value) for value in values if isinstance(value, AgentTool) or inspect.isfunction(value)]
    return Table(columns=("tool", "", "description", "arguments"), rows=[_row(shell, tool) for tool in made])


def _function_names(code: str) -> list[str]:
    try:
        nodes = ast.parse(code).body
    except SyntaxError:
        return ["?"]  # running the cell shows what is wrong with it
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [name for name in dict.fromkeys(functions) if not name.startswith("_")]


def _row(shell: InteractiveShell, tool: AgentTool) -> tuple[str, str, str, str]:
    registry = default_registry()
    news = "replaced" if tool.name in registry else "added"
    registry.register(tool, replace=True)
    shell.user_ns[tool.function.__name__ if tool.function else tool.name] = tool
    return tool.name, news, tool.description, arguments_summary(tool)
