import pytest
from IPython.core.error import UsageError

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted, explained


@pytest.mark.parametrize("error", [ConfigurationError("Do this."), UsageError("Do this.")])
def test_a_mistake_is_shown_as_its_sentence(error: Exception):
    with pytest.raises(CellError) as caught, explained():
        raise error
    assert caught.value._render_traceback_() == ["Do this."]


def test_another_error_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError), explained():
        raise ZeroDivisionError


def test_an_interrupt_passes_through_code_that_catches_every_exception():
    assert not issubclass(CellInterrupted, Exception)
    assert CellInterrupted("Interrupted.")._render_traceback_() == ["Interrupted."]
