"""What was understood of a query can be read, and taken off part by part."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from explorer.library.library import Library
from explorer.search.language import query_chips
from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import QueryTree
from explorer.search.named_filters import NamedFilters
from explorer.search.spelling import SpellingSuggestions
from explorer.ui import resources
from explorer.ui.search_page import query_bar, search_state, search_widgets
from tests.factory import LibraryBuilder
from tests.ui.search_page.test_search_state import address, app


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


def chips(page: AppTest) -> list[Button]:
    return [button for button in page.button if str(button.key).startswith("chip-")]


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


def test_what_is_subtracted_alone_is_a_chip() -> None:
    assert labels(page_of("photos without people")) == ["without “people”"]


def test_interpreted_words_can_be_searched_for_literally() -> None:
    page = page_of("black and white portrait of a girl")
    assert "Search for the words instead" in labels(page)
    next(
        button for button in page.button if button.label == "Search for the words instead"
    ).click().run()
    assert query(page).condition is None
    assert "Search for the words instead" not in labels(page)


def test_a_part_is_removed_from_the_text_as_it_is_now(photos: Path) -> None:
    page = app(q="red iso:>0 -is:favourite")
    assert len(chips(page)) == 3
    page.text_input(key="q").set_value("blue iso:>0 -is:favourite camera:none")
    chips(page)[1].click()
    page.run()
    assert query(page) == parse("blue -is:favourite camera:none")
    chips(page)[1].click()
    chips(page)[2].click()
    page.run()
    assert query(page) == parse("blue")


def test_a_part_that_is_gone_is_not_removed_again(photos: Path) -> None:
    page = app(q="red iso:>0")
    page.text_input(key="q").set_value("blue")
    chips(page)[1].click()
    page.run()
    assert address(page)["q"] == "blue" and page.text_input(key="q").value == "blue"


def test_words_are_searched_for_in_the_text_as_it_is_now(photos: Path) -> None:
    page = app(q="black and white portrait of a girl")
    page.text_input(key="q").set_value("black and white portrait of a boy")
    next(each for each in page.button if each.label == "Search for the words instead").click()
    page.run()
    assert query(page).condition is None and "boy" in address(page)["q"]


def test_the_order_of_the_callbacks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit calls them in the order in which the browser lists the widgets."""
    address, state = {"q": "red iso:>0"}, dict[str, Any]()
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(search_state, "url_parameters", lambda: dict(address))
    monkeypatch.setattr(search_state, "set_url", lambda **new: address.update(new))
    search_widgets.fill_widgets()
    chip = query_chips.chips(parse(address["q"]))[1]
    state["q"] = "blue iso:>0"
    query_bar._remove(chip)
    search_widgets.widget_changed()
    assert address["q"] == "blue"


def test_an_error_points_at_its_position() -> None:
    page = page_of("beach colour:red")
    assert labels(page) == []
    assert "no field" in page.error[0].value
    assert "beach :red-background[colour" in page.caption[0].value.replace("\\", "").replace(
        "\u2060", ""
    )


def test_a_suggestion_can_be_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> None:
        import streamlit as st

        from explorer.ui.search_page import query_bar

        query_bar.suggestion(st.query_params.get("q", ""))

    library = Library.open(tmp_path, create=True)
    LibraryBuilder(library, str(tmp_path)).put("a.jpg", 1, keywords=("Anna",))
    engine = SimpleNamespace(
        spelling=SpellingSuggestions(library.catalog), names=NamedFilters(library.catalog)
    )
    monkeypatch.setattr(resources, "engine", lambda: engine)
    shown = AppTest.from_function(page)
    shown.query_params["q"] = "elefant with anna"
    for wanted in ("elephant with anna", "elephant keyword:Anna"):
        assert [each.replace("\u2060", "") for each in labels(shown.run())] == [wanted]
        shown.button[0].click().run()
        assert address(shown)["q"] == wanted
    assert not labels(shown)
    shown.query_params["q"] = "(elefant"
    assert not shown.run().exception and not labels(shown)
    library.close()
