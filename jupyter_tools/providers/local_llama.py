"""How llama.cpp is set up: for one person's questions, on a machine that has other things to do."""

from __future__ import annotations

import importlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_tools.errors import MissingExtraError, ModelFileError

PROMPT_BATCH = 256  # tokens of the prompt read between two chances to stop
SLOTS = 4  # conversations whose prompts stay in memory, and generations that run at once
MAX_THREADS = 8  # more do not help a small model
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How a model is loaded.

    Attributes:
        n_ctx: Tokens of the context, shared by what runs at once.
        n_threads: CPU threads. 0 reads the prompt with all that this process may use, and leaves one free while it
            writes: writing threads wait for each other at every layer, so one that shares its core slows all down.
    """

    n_ctx: int = 8192
    n_threads: int = 0


def load_server(path: Path, options: EngineOptions) -> Any:
    """llama.cpp's server object for a model, loaded. Blocks while it loads.

    Raises:
        MissingExtraError: If xllamacpp is not installed.
        ModelFileError: If the file is missing or no model.
    """
    try:
        xllamacpp: Any = importlib.import_module("xllamacpp")  # it has no types
    except ImportError as error:
        raise MissingExtraError("xllamacpp", "local", "A local model") from error
    if not path.is_file():
        raise ModelFileError(f"There is no model file {str(path)!r}.")
    try:
        return xllamacpp.Server(_parameters(xllamacpp.CommonParams(), path, options))
    except RuntimeError as error:
        raise ModelFileError(
            f"llama.cpp cannot load {str(path)!r}: it is damaged, no GGUF model, or too big for this machine's memory."
        ) from error


def _parameters(params: Any, path: Path, options: EngineOptions) -> Any:
    cpus = usable_cpus()
    params.model.path = str(path)
    params.n_ctx = options.n_ctx
    params.n_parallel = SLOTS
    params.kv_unified = True  # one conversation may fill the whole context
    params.n_batch = params.n_ubatch = PROMPT_BATCH
    params.cpuparams.n_threads = options.n_threads or max(1, cpus - 1)
    params.cpuparams_batch.n_threads = options.n_threads or cpus
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    params.no_extra_bufts = True  # a second copy of the weights, repacked: 3 % faster and 600 MB bigger
    params.cache_ram_mib = 128
    params.verbosity = -1
    # llama.cpp's server cannot be had without its HTTP side: nobody else gets in
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_urlsafe(32)]
    params.n_threads_http = 1
    params.ui = params.endpoint_slots = params.endpoint_props = False
    return params


def usable_cpus() -> int:
    """CPUs this process may use: a container's quota counts, or many threads would fight for one core."""
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    try:
        quota, period = CPU_QUOTA.read_text(encoding="ascii").split()
        cpus = min(cpus, max(1, int(quota) // int(period)))
    except (OSError, ValueError):  # no cgroup, or "max": no quota
        pass
    return min(cpus, MAX_THREADS)
