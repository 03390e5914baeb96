from jupyter_tools.notebook.magics import AgentMagics


def test_help_explains_every_option():
    for action in AgentMagics.agent.parser._actions:
        assert action.help, action.dest
        assert action.option_strings == [] or action.option_strings[-1] in (AgentMagics.agent.__doc__ or "")
