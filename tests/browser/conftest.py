"""JupyterLab, and a page for the tests of the script alone; those with JupyterLab make pages of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.lab import Lab, browser_page, running_lab
from tests.browser.mounted import Widget


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab, the same for all tests of a module."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """An empty page, the same for all tests of a module."""
    with browser_page() as page:
        yield page


@pytest.fixture
def widget(page: Page) -> Widget:
    """The widget on it, which has asked for everything."""
    widget = Widget(page)
    assert widget.said == [{"kind": "sync"}]
    return widget
