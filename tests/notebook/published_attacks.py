"""The payloads that DOMPurify publishes with its tests. Fetched from its package, so that this repository holds none of them."""

import json
import subprocess
from functools import cache

from tests.servers.npm import HERE, installed, node_and_npm

PACKAGE = HERE / "dompurify.package.json"
PRINTED = "process.stdout.write(JSON.stringify(require('dompurify/test/fixtures/expect.js').map(test => test.payload)))"


@cache
def published_attacks() -> tuple[str, ...]:
    """Each payload once, in DOMPurify's order. All of them call `alert` if they get through."""
    node, _ = node_and_npm()
    run = subprocess.run([*node, "-e", PRINTED], cwd=installed(PACKAGE), capture_output=True, check=True, timeout=60)
    return tuple(dict.fromkeys(json.loads(run.stdout)))
