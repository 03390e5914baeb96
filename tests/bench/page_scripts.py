# The first cell of the benches' notebook.
import asyncio
import itertools
import time

from IPython.display import Markdown, display

get_ipython().run_line_magic("load_ext", "jupyter_tools")  # noqa: F821

from jupyter_tools.abort_signal import AbortSignal  # noqa: E402
from jupyter_tools.events import TextDelta  # noqa: E402
from jupyter_tools.loop_thread import loop_thread  # noqa: E402
from jupyter_tools.messages import user_message  # noqa: E402
from jupyter_tools.providers.base import Model, Request  # noqa: E402
from jupyter_tools.providers.script_parts import pieces_of  # noqa: E402
from jupyter_tools.providers.scripted import ScriptedProvider, pause, register_script  # noqa: E402

PARAGRAPH = "A paragraph of **plain** words with `code` in it, as models write when they explain something. " * 3
CODE = "```python\n" + "for value in values:\n    total += value\n" * 4 + "```"
TABLE = "| n | square |\n|---|---|\n" + "".join(f"| {n} | {n * n} |\n" for n in range(8))
SECTION = f"## A heading\n\n{PARAGRAPH}\n\n{PARAGRAPH}\n\n{CODE}\n\n- one\n- two\n\n{PARAGRAPH}\n\n{TABLE}\n\n"


def tokens(count):
    return list(itertools.islice(itertools.cycle(pieces_of(SECTION, 0)), count))


def paced(count, per_second):
    parts = tokens(count)
    steps = (parts[start : start + 10] for start in range(0, count, 10))
    return [part for step in steps for part in (*step, pause(10 / per_second))]


register_script("first", [["Hello.", pause(1.5), " Bye.\n\n", CODE]])  # code: what colours it is imported once
register_script("endless", [paced(20_000, 100)])
register_script("unpaced", [[*tokens(10_000), "\n\nTHE-END"]])
register_script("long", [[*paced(20_000, 500), "\n\nTHE-END"]])


async def agent_cpu(name):
    """Answer in this cell, and print the process's CPU time and when the model had said all."""
    cpu = time.process_time()
    magics = get_ipython().magics_manager.registry["AgentMagics"]  # noqa: F821
    await magics.agent_cell(f"-m scripted:{name} --new", "Talk.")
    print("CPU", time.process_time() - cpu, "OVER", time.time())


async def alone_cpu(name):
    """The same without a page: what the provider itself takes."""

    async def drain():
        async for _ in asked(name):
            pass

    cpu = time.process_time()
    await asyncio.wrap_future(loop_thread().submit(drain()))
    print("CPU", time.process_time() - cpu)


async def by_hand_cpu(name, per_second=30):
    """The same as it is usually done by hand: the whole text, shown anew many times a second."""
    pieces = []

    async def collect():
        async for part in asked(name):
            if isinstance(part, TextDelta):
                pieces.append(part.text)

    cpu = time.process_time()
    shown, answer = display(Markdown(""), display_id=True), loop_thread().submit(collect())
    while not answer.done():
        shown.update(Markdown("".join(pieces)))
        await asyncio.sleep(1 / per_second)
    shown.update(Markdown("".join(pieces)))
    print("CPU", time.process_time() - cpu)


def asked(name):
    """What the model says, asked as an agent asks: it can be stopped."""
    model, said = Model(provider="scripted", name=name), (user_message("Talk."),)
    return ScriptedProvider().stream(Request(model=model, messages=said, signal=AbortSignal()))
