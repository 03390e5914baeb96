"""The tables of docs/magics.md, made from the options and commands themselves: `python -m tests.notebook.magics_page`."""

import re
from argparse import Action
from pathlib import Path

from jupyter_tools.notebook.command_table import COMMANDS
from jupyter_tools.notebook.magics import AgentMagics

PAGE = Path(__file__).parents[2] / "docs" / "magics.md"


def tables() -> dict[str, str]:
    """Each table by the name of its place on the page."""
    options = [action for action in AgentMagics.agent.parser._actions if action.option_strings]
    return {
        "options": _table(("option", "what"), [(_written(action), action.help or "") for action in options]),
        "commands": _table(
            ("command", "what"),
            [(f"%agent {command.name} {command.takes}".strip(), command.help) for command in COMMANDS],
        ),
    }


def _written(action: Action) -> str:
    value = f" {action.metavar or action.dest.upper()}" if action.nargs != 0 else ""
    return ", ".join(action.option_strings) + value


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    return "\n".join([f"| {head[0]} | {head[1]} |", "|---|---|", *lines])


def _cell(text: str) -> str:
    return text.replace("%%", "%").replace("|", "\\|")


def filled(page: str) -> str:
    """The page with its tables as they should be."""
    for name, table in tables().items():
        place = re.compile(f"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        page = place.sub(lambda match, table=table: f"{match[1]}{table}{match[2]}", page)
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
