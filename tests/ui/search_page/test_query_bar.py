"""What was understood of a query can be read, and taken off part by part."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import QueryTree
from tests.ui.search_page.test_search_state import address


def page_of(text: str) -> AppTest:
    def page() -> None:
        import streamlit as st

        from explorer.search.language.parse_query import parse
        from explorer.search.language.syntax_error import QuerySyntaxError
        from explorer.ui.search_page import query_bar

        query = st.query_params.get("q", "")
        query_bar.query_chips(query)
        try:
            parse(query)
        except QuerySyntaxError as error:
            query_bar.show_error(query, error)

    shown = AppTest.from_function(page)
    shown.query_params["q"] = text
    shown.run()
    assert not shown.exception
    return shown


def labels(page: AppTest) -> list[str]:
    return [button.label.replace("\\", "") for button in page.button]


def query(page: AppTest) -> QueryTree:
    return parse(address(page)["q"])


def test_each_term_is_a_chip_that_can_be_removed() -> None:
    page = page_of("beach -people iso:>800")
    assert len(labels(page)) == 3
    assert any("beach" in label for label in labels(page))
    page.button[2].click().run()
    assert query(page) == parse("beach -people")
    page.button[1].click().run()
    assert query(page) == parse("beach")
    # A plain phrase says everything itself.
    assert labels(page) == []


def test_interpreted_words_can_be_searched_for_literally() -> None:
    page = page_of("black and white portrait of a girl")
    assert "Search for the words instead" in labels(page)
    next(
        button for button in page.button if button.label == "Search for the words instead"
    ).click().run()
    assert query(page).condition is None
    assert "Search for the words instead" not in labels(page)


def test_an_error_points_at_its_position() -> None:
    page = page_of("beach colour:red")
    assert labels(page) == []
    assert "no field" in page.error[0].value
    assert "beach :red-background[colour" in page.caption[0].value.replace("\\", "").replace(
        "\u2060", ""
    )
