"""Make the recordings of the notebooks again.

    python make_recordings.py

They are scripts played at the pace of a model, so that they can be shipped and say what a lesson needs.
"""

import asyncio
from pathlib import Path

from jupyter_tools import Agent, math_eval, record
from jupyter_tools.providers.scripted import ScriptedProvider, Turn, call, thinking

FOLDER = Path(__file__).parent
BALL = (
    "A bat and a ball cost 1.10 in total. The bat costs 1.00 more than the ball. How much does the ball cost?",
    [
        [
            thinking(
                "A bat and a ball cost 1.10 together. The bat costs 1.00 more than the ball. The first number that "
                "comes to mind is 0.10 for the ball. But then the bat would cost 1.10, and both 1.20: wrong. "
                "Let x be the ball: x + (x + 1.00) = 1.10, so 2x = 0.10. I let the tool divide, to be sure."
            ),
            "Let me compute it. ",
            call("math_eval", {"expression": "(1.10 - 1.00) / 2"}),
        ],
        [
            thinking("0.05 within rounding: 0.05 + 1.05 = 1.10, and 1.05 - 0.05 = 1.00. Both conditions hold."),
            "The ball costs **5 cents** and the bat 1.05.\n\n"
            "Check: $0.05 + 1.05 = 1.10$, and the bat costs exactly 1.00 more.",
        ],
    ],
)
TRIP = (
    "Plan a week by train: Vilnius, Riga, Tallinn.",
    [
        [
            thinking("Three cities, one week. I begin with distances."),
            "I look at the first two legs. ",
            call("math_eval", {"expression": "293 + 309"}),
        ],
        [
            thinking("The person wants fewer hours on the train. One city less, then."),
            "With fewer hours on the train: stay in **Riga** for four days and take one trip to Tallinn, 309 km each "
            "way.\n\n| day | where |\n|---|---|\n| 1-4 | Riga |\n| 5-7 | Tallinn |",
        ],
    ],
)


def agent_of(turns: list[Turn]) -> Agent:
    """An agent that says what the turns say, a word after the other."""
    return Agent("scripted:teacher", [math_eval], provider=ScriptedProvider(turns, token_delay_s=0.05), trace=False)


async def reasoning() -> None:
    """06_reasoning.jsonl: a question with reasoning, and a plan that somebody has a say in."""
    path = FOLDER / "06_reasoning.jsonl"
    path.unlink(missing_ok=True)
    with record(path):
        question, turns = BALL
        await agent_of(turns).run(question)
        question, turns = TRIP
        agent = agent_of(turns)
        async for event in agent.stream(question):
            if event.type == "tool_execution_start":
                agent.steer("Fewer hours on the train, please.")


asyncio.run(reasoning())
