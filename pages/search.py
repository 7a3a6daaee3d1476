"""Search: by a phrase, by photos, or both. Without either, all photos, newest first."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.ui import empty_library
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.concepts import concept_search
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import (
    on_this_day,
    query_bar,
    result_options,
    saved_searches,
    search_bar,
    search_results,
    search_state,
    search_widgets,
    url_dates,
)


def main() -> None:
    search_widgets.fill_widgets()
    drawn = snapshot()
    if drawn.reason_empty == "no folder":
        empty_library.explain(drawn.reason_empty)
        refresh_on_change(drawn, has_room=True)
        return
    search_bar.search_bar()
    request = search_state.request_from_url()
    for problem in url_dates.wrong_dates():
        st.warning(escape_markdown(problem), icon=":material/info:")
    if request.missing:
        st.warning(
            "A photo of this search no longer exists. The search continues without it.",
            icon=":material/link_off:",
        )
    query_bar.query_chips(request.text)
    query_bar.suggestion(request.text)
    search_bar.example_photos_bar(request)
    if not (request.text or request.query or request.filters):
        saved_searches.chips()
        on_this_day.strip()
    try:
        ranked = search_state.search(request)
    except QuerySyntaxError as error:
        query_bar.show_error(request.text, error)
        return
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    options = result_options.options_from_url(request.query)
    view = search_results.result_view(request, ranked, options)
    concept_search.correction_line(request.query)
    search_results.headline(request, view, narrows=True)
    if ranked.total:
        search_results.results(request, view)
    else:
        search_results.explain_no_results(request)
    saved_searches.record()
    refresh_on_change(drawn, has_room=ranked.total < search_results.SCREENFUL)


main()
