import pytest

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.notebook.command_table import COMMANDS, command_of


def test_every_command_has_a_function_behind_it_that_says_what_it_does():
    from importlib import import_module

    for command in COMMANDS:
        module, _, name = command.home.partition(":")
        assert getattr(import_module(f"jupyter_tools.notebook.{module}"), name).__doc__, command.name


def test_commands_are_in_the_order_of_their_names():
    names = [command.name for command in COMMANDS]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("", None, ""),
        (" --model x ", None, "--model x"),
        ("stop", "stop", ""),
        ("follow_up  And then? ", "follow-up", "And then?"),
        ("steer don't 'stop", "steer", "don't 'stop"),
    ],
)
def test_the_first_word_is_the_command(line: str, name: str | None, text: str):
    command, after = command_of(line)
    assert (command.name if command else None, after) == (name, text)


def test_an_unknown_command_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'history'"):
        command_of("histroy")
