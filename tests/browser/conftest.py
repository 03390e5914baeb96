"""A page for the tests of the script alone; those with JupyterLab make pages of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.lab import browser_page
from tests.browser.mounted import Widget


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
