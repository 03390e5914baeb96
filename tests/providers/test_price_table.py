from datetime import date

import pytest

from jupyter_tools.providers.price_table import PRICES_AS_OF, TABLE


def test_the_table_says_of_which_day_it_is():
    assert date.fromisoformat(PRICES_AS_OF).year >= 2025


@pytest.mark.parametrize("place", TABLE)
def test_the_cache_is_cheaper_than_reading_and_writing_is_dearest(place):
    for model, (read, cached, written) in TABLE[place].items():
        assert 0 <= (read if cached is None else cached) <= read <= written, model
