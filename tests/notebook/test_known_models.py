import asyncio
import threading

from jupyter_tools.notebook.known_models import KnownModels
from jupyter_tools.providers.discovery import AvailableModel

FOUND = (
    AvailableModel(model="openai:gpt-4o-mini", where="openai"),
    AvailableModel(model="openai:m", where="LM Studio", base_url="http://127.0.0.1:1234/v1"),
)


class Look:
    """Counts how often it was asked to look, and says when it has been seen."""

    def __init__(self) -> None:
        self.times = 0
        self.may_answer = threading.Event()

    async def __call__(self) -> tuple[AvailableModel, ...]:
        self.times += 1
        await asyncio.to_thread(self.may_answer.wait, 5)
        return FOUND


def looked(models: KnownModels) -> None:
    """Wait until it is not looking any more."""
    future = models._looking
    if future is not None:
        future.result(5)
    while models._looking is not None:
        threading.Event().wait(0.001)


def test_what_is_known_without_asking_is_there_at_once_and_the_rest_the_next_time():
    look = Look()
    models = KnownModels(look)
    before = models.texts()
    assert "openai:" in before
    assert "scripted:demo" in before
    assert "openai:gpt-4o-mini" not in before
    look.may_answer.set()
    looked(models)
    assert models.texts()[:2] == ["openai:gpt-4o-mini", "openai:m --base-url http://127.0.0.1:1234/v1"]


def test_it_looks_again_only_when_what_it_knows_is_old():
    look, now = Look(), [0.0]
    look.may_answer.set()
    models = KnownModels(look, lambda: now[0])
    models.look()
    looked(models)
    models.look()
    assert look.times == 1
    now[0] = 61.0
    models.look()
    looked(models)
    assert look.times == 2


def test_a_look_that_fails_leaves_what_was_known():
    async def fails() -> tuple[AvailableModel, ...]:
        raise OSError("no network")

    models = KnownModels(fails)
    models.look()
    while models._looking is not None:
        threading.Event().wait(0.001)
    assert "openai:" in models.texts()
