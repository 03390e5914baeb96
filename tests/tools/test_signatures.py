import inspect
import sys

import pytest

from jupyter_tools.tools.signatures import signature_of


def defined(source: str):
    namespace: dict = {}
    exec(compile(source, "<cell>", "exec", dont_inherit=True), namespace)
    return namespace["area"]


def test_a_signature_is_what_inspect_says():
    area = defined("def area(width: int, height: float = 1.0) -> float: ...")
    assert signature_of(area) == inspect.signature(area)
    with pytest.raises(TypeError):
        signature_of(1)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="such a function cannot be defined")
@pytest.mark.parametrize("shape", ["Shape", "inspect.Shape"])
def test_annotations_that_name_what_is_not_there_are_text(shape):
    area = defined(f"import inspect\ndef area(shape: {shape}, unit: str = 'm') -> float: ...")
    assert str(signature_of(area)) == f"(shape: '{shape}', unit: 'str' = 'm') -> 'float'"
