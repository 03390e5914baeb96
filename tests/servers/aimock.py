"""Starts aimock, a mock of models' servers that nobody of this project wrote, on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.npm import HERE, installed, node_and_npm

PACKAGE = HERE / "package.json"


@contextmanager
def aimock() -> Iterator[str]:
    """The address of a running server."""
    command = [*node_and_npm()[0], str(HERE / "aimock.mjs"), str(installed(PACKAGE))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("aimock did not start; its own words are above")
            yield url
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)
