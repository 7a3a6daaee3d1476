"""Show how the text in the search box was understood: as chips that can be removed, or as an error
with its position."""

from __future__ import annotations

import streamlit as st

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_chips import QueryChip, chip_of, chips
from explorer.search.language.query_tree import PhraseTerm, QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.ui import resources
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import filter_texts, search_state
from explorer.ui.search_page.query_changes import change_query

# The number of characters of the query that are shown before and after the position of an error.
_AROUND = 40


def query_chips(text: str) -> None:
    """Draw a chip for each part of a query and each filter beside it. A plain phrase gets no chip,
    because it needs no explanation, and neither does an invalid query."""
    try:
        parts = chips(interpret(parse(text)))
    except QuerySyntaxError:
        parts = []
    if len(parts) < 2 and all(_is_plain_phrase(chip) for chip in parts):
        parts = []
    filters = filter_texts.by_parameter(search_state.filters_of(search_state.url_parameters()))
    if not parts and not filters:
        return
    with st.container(horizontal=True, gap="small", key="query-chips"):
        for number, chip in enumerate(parts):
            if chip.as_phrase is None:
                _remove_button(chip, chip.label, f"chip-{number}-{chip.label}")
            else:
                _understood(chip, number)
        for parameter, label in filters.items():
            st.button(
                escape_markdown(label),
                icon=":material/close:",
                help="Search without this",
                key=f"filter-{parameter}-{label}",
                on_click=search_state.change_url,
                args=[parameter, ""],
            )


def suggestion(text: str) -> None:
    """Offer to correct misspelled words of a query, or to filter by the names in it."""
    engine = resources.engine()
    try:
        tree = parse(text)
    except QuerySyntaxError:
        return
    said, better = "Did you mean:", engine.spelling.corrected(tree)
    if better is None:
        said, better = "Only photos with these names:", engine.names.narrowed(tree)
    if better is None:
        return
    wanted = print_query(better)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="query-suggestion"
    ):
        st.caption(said, width="content")
        st.button(
            escape_markdown(wanted),
            icon=":material/lightbulb:",
            key=f"suggestion-{wanted}",
            on_click=search_state.change_url,
            args=[search_state.PHRASE, wanted],
        )


def _is_plain_phrase(chip: QueryChip) -> bool:
    return isinstance(chip.part, PhraseTerm) and chip.part.weight > 0


def _remove_button(chip: QueryChip, label: str, key: str) -> None:
    st.button(
        escape_markdown(label),
        icon=":material/close:",
        help="Search without this",
        key=key,
        on_click=_remove,
        args=[chip],
    )


def _understood(chip: QueryChip, number: int) -> None:
    """Draw the chip of a part that was inferred from words, which can be searched for by meaning
    instead."""
    with st.popover(
        escape_markdown(chip.label), icon=":material/auto_awesome:", key=f"understood-{number}"
    ):
        st.caption("Understood from your words.")
        _remove_button(chip, "Search without this", f"without-{number}-{chip.label}")
        st.button(
            "Search for the words instead",
            icon=":material/image_search:",
            key=f"as-words-{number}-{chip.label}",
            on_click=_search_for_words,
            args=[chip],
        )


def _remove(drawn: QueryChip) -> None:
    def without(tree: QueryTree) -> QueryTree:
        chip = chip_of(tree, drawn.part)
        return chip.without if chip is not None else tree

    change_query(without)


def _search_for_words(drawn: QueryChip) -> None:
    def as_phrase(tree: QueryTree) -> QueryTree:
        chip = chip_of(tree, drawn.part)
        return chip.as_phrase if chip is not None and chip.as_phrase is not None else tree

    change_query(as_phrase)


def show_error(text: str, error: QuerySyntaxError) -> None:
    """Draw why a query is invalid, and the position of the error."""
    start, stop = error.position
    st.error(escape_markdown(str(error)), icon=":material/error:")
    if start < len(text) and start < stop:
        before, after = text[max(0, start - _AROUND) : start], text[stop : stop + _AROUND]
        st.caption(
            f"{'…' if start > _AROUND else ''}{escape_markdown(before)}"
            f":red-background[{escape_markdown(text[start:stop])}]{escape_markdown(after)}"
            f"{'…' if len(text) > stop + _AROUND else ''}"
        )
