"""`python -m tests.public_stub`: write `jupyter_tools/__init__.pyi`, which tells type checkers what is imported lazily.

It is made from the package's one list of public names, and a test says when it has to be made again.
"""

import jupyter_tools
from tests.source_tree import ROOT

STUB = ROOT / "jupyter_tools" / "__init__.pyi"
HEAD = '''"""Made by `python -m tests.public_stub` from `_HOMES`. Do not edit."""

from IPython.core.interactiveshell import InteractiveShell

'''
TAIL = """
__version__: str

def load_ipython_extension(ip: InteractiveShell) -> None: ...
def unload_ipython_extension(ip: InteractiveShell) -> None: ...
"""


def stub_text() -> str:
    """What has to stand in the stub."""
    homes = jupyter_tools._HOMES
    lines = [
        f"from jupyter_tools.{home} import {name} as {name}\n" for home in sorted(homes) for name in sorted(homes[home])
    ]
    return HEAD + "".join(lines) + TAIL


if __name__ == "__main__":
    STUB.write_text(stub_text(), encoding="utf-8")
