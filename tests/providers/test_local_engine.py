import asyncio
import threading
from contextlib import aclosing

import pytest

from jupyter_tools.errors import ConfigurationError, ProviderError
from jupyter_tools.providers import local_engine
from jupyter_tools.providers.local_engine import EngineOptions, close_engines, engine_for, loaded_engine
from tests.providers.llama import llama

__all__ = ["llama"]


@pytest.fixture
def path(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    return tmp_path / "model.gguf"


async def all_pieces(engine, **body):
    return [piece async for piece in engine.generate({"messages": [], **body})]


async def test_pieces_come_in_order_and_the_last_one_counts_tokens(llama, path):
    llama.answers.append(["Hel", "lo", " wörld"])
    pieces = await all_pieces(engine_for(path))
    assert "".join(piece.text for piece in pieces) == "Hello wörld"
    last = pieces[-1]
    assert (last.finish_reason, last.input_tokens, last.cached_tokens, last.output_tokens) == ("stop", 120, 100, 3)


async def test_reasoning_is_told_from_the_answer(llama, path):
    llama.answers.append([{"reasoning_content": "Hm."}, "Yes."])
    pieces = await all_pieces(engine_for(path))
    assert "".join(piece.thinking for piece in pieces) == "Hm."
    assert "".join(piece.text for piece in pieces) == "Yes."


async def test_a_signal_ends_the_generation_at_once_even_if_the_engine_is_busy(llama, path):
    llama.may_go_on.clear()
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    async with asyncio.timeout(5):
        pieces = [piece async for piece in engine_for(path).generate({}, signal)]
    assert [piece.finish_reason for piece in pieces] == ["aborted"]


async def test_a_stopped_generation_takes_no_more_chunks(llama, path):
    taken = []
    llama.answers.append([str(number) for number in range(1000)])
    engine = engine_for(path)
    async with aclosing(engine.generate({})) as pieces:
        async for piece in pieces:
            taken.append(piece)
            break
    await asyncio.to_thread(engine.close)  # waits for the worker
    assert (len(taken), engine.running) == (1, 0)


async def test_a_conversation_too_long_says_what_to_do(llama, path):
    llama.answers.append({"type": "exceed_context_size_error", "n_prompt_tokens": 9001, "n_ctx": 8192})
    with pytest.raises(ProviderError, match=r"has 9001 tokens and the model's context holds 8192.* n_ctx=16384"):
        await all_pieces(engine_for(path))


@pytest.mark.parametrize("answer", [{"code": 500, "message": "no memory"}, RuntimeError("no memory")], ids=repr)
async def test_a_failure_of_the_engine_is_told(llama, path, answer):
    llama.answers.append(answer)
    with pytest.raises(ProviderError, match="no memory"):
        await all_pieces(engine_for(path))


async def test_what_came_before_a_failure_is_not_lost(llama, path):
    engine = engine_for(path)
    job = local_engine._Job(asyncio.get_running_loop())
    job.take('{"choices": [{"delta": {"content": "Hi"}, "finish_reason": null}]}')
    job.fail("gone")
    assert [piece.text for piece in await job.pieces()] == ["Hi"]
    with pytest.raises(ProviderError, match="gone"):
        await job.pieces()
    assert not engine.running


async def test_pieces_that_wait_together_wake_the_loop_once(llama, path):
    loop = asyncio.get_running_loop()
    job = local_engine._Job(loop)
    for text in "abc":
        job.take(f'{{"choices": [{{"delta": {{"content": "{text}"}}, "finish_reason": null}}]}}')
    assert [piece.text for piece in await job.pieces()] == ["a", "b", "c"]


async def test_generations_at_once_do_not_mix(llama, path):
    llama.answers += [["a"] * 50, ["b"] * 50]
    texts = await asyncio.gather(all_pieces(engine_for(path)), all_pieces(engine_for(path)))
    joined = sorted("".join(piece.text for piece in pieces) for pieces in texts)
    assert joined == ["a" * 50, "b" * 50]


def test_a_model_file_is_loaded_once(llama, path):
    engines = []
    threads = [threading.Thread(target=lambda: engines.append(engine_for(path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(llama.loaded) == 1
    assert len(set(map(id, engines))) == 1
    assert loaded_engine(path) is engines[0]


def test_options_of_loading_reach_the_engine_and_cannot_change_later(llama, path):
    options = EngineOptions(n_ctx=2048, n_threads=3)
    engine_for(path, options)
    params = llama.loaded[0]
    assert (params.n_ctx, params.cpuparams.n_threads, params.cpuparams_batch.n_threads) == (2048, 3, 3)
    assert engine_for(path).options == options
    with pytest.raises(ConfigurationError, match="already loaded with n_ctx=2048"):
        engine_for(path, EngineOptions(n_ctx=4096))


async def test_closing_stops_what_runs(llama, path):
    engine = engine_for(path)
    llama.answers.append(["a"] * 100_000)
    async with aclosing(engine.generate({})) as pieces, asyncio.timeout(5):
        await anext(pieces)
        await asyncio.to_thread(close_engines)
        rest = [piece async for piece in pieces]
    assert rest[-1].finish_reason == "aborted"
    assert not engine.running
    assert loaded_engine(path) is None
