from tests.notebook.magics_page import PAGE, filled, tables


def test_the_page_of_the_magics_has_every_option_and_command_as_they_are():
    page = PAGE.read_text(encoding="utf-8")
    assert page == filled(page), "write it anew:  python -m tests.notebook.magics_page"
    for table in tables().values():
        assert table in page
