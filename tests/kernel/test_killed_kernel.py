"""What is left when a kernel is killed in the middle of a run."""

from pathlib import Path

import pytest

from tests.kernel.conftest import SETUP
from tests.kernel.driver import begin, running_kernel
from tests.kernel.environments import python_with_kernel

pytestmark = pytest.mark.kernel


def test_the_text_so_far_is_shown_by_the_next_kernel_as_interrupted(tmp_path: Path):
    with running_kernel(python_with_kernel("current"), tmp_path) as kernel:
        kernel.ok(SETUP)
        begin(kernel, "%%agent -m scripted:slow\nTalk at length.")
        kernel.kill()
    with running_kernel(python_with_kernel("current"), tmp_path) as kernel:
        kernel.ok("%load_ext jupyter_tools")
        shown = kernel.ok("%agent last")
        assert "word0 word1 word2 word3" in shown.text
        assert "Interrupted: the kernel ended here." in shown.text
        assert "Interrupted" in shown.shown("text/html")
        assert " ms · " not in shown.text
        kernel.ok(SETUP)
        kernel.ok("%%agent -m scripted:short\nHi.")
        assert "Hello." in kernel.ok("%agent last").text
