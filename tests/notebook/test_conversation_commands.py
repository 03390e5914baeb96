from IPython.core.interactiveshell import InteractiveShell


def test_cells_are_one_conversation_until_a_new_one_is_asked_for(shell: InteractiveShell, cell):
    cell("-m scripted:short")
    cell("-m scripted:short")
    assert dict(shell.run_line_magic("agent", "--model scripted:short").rows)["conversation"] == "main, 4 messages"
    cell("-m scripted:short --new")
    assert dict(shell.run_line_magic("agent", "").rows)["conversation"] == "main, 2 messages"
    assert dict(shell.run_line_magic("agent", "new").rows)["conversation"] == "main, 0 messages"


def test_history_shows_the_conversation(shell: InteractiveShell, cell):
    cell("-m scripted:asks -t math_eval", "What is 2+2?")
    shell.run_line_magic("agent", "--model scripted:asks")
    table = shell.run_line_magic("agent", "history")
    assert [row[0] for row in table.rows] == ["user", "assistant", "tool_result", "assistant"]
    assert table.rows[1][1] == 'math_eval({"expression": "2+2"})'
