"""Changes to the query that the page offers: a part that is removed, or a filter that is added."""

from __future__ import annotations

from collections.abc import Callable

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.ui.search_page import search_state, search_widgets


def change_query(change: Callable[[QueryTree], QueryTree]) -> None:
    """Apply a change to the query as it is now: it may have been edited since the page was drawn.

    Nothing happens if it is invalid, or if the change leaves it as it is.
    """
    # Streamlit may call this before the callback for what was typed before the click.
    search_widgets.widget_changed()
    try:
        tree = interpret(parse(search_state.url_parameters().get(search_state.PHRASE, "")))
    except QuerySyntaxError:
        return
    changed = change(tree)
    if changed != tree:
        search_state.change_url(search_state.PHRASE, print_query(changed))
