"""Which versions a run used: of Python and of the packages that were loaded, for who wants to repeat it."""

from __future__ import annotations

import functools
import platform
import sys
from importlib import metadata

_DISTRIBUTIONS = {  # by the names of their modules
    "jupyter_tools": "jupyter_tools",
    "ipykernel": "ipykernel",
    "IPython": "ipython",
    "ipywidgets": "ipywidgets",
    "httpx": "httpx",
    "llama_cpp": "llama_cpp_python",
    "numpy": "numpy",
    "pandas": "pandas",
    "pydantic": "pydantic",
    "dask": "dask",
    "matplotlib": "matplotlib",
}


def package_versions() -> dict[str, str]:
    """The versions, by the packages' names."""
    loaded = [name for name in _DISTRIBUTIONS if name in sys.modules]
    versions = {_DISTRIBUTIONS[name]: _version(_DISTRIBUTIONS[name]) for name in loaded}
    return {"python": platform.python_version()} | {name: version for name, version in versions.items() if version}


@functools.cache
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)  # reads and parses a file: a millisecond
    except metadata.PackageNotFoundError:
        return ""
