"""Search: by phrase, by photo, or both; without either, all photos, newest first."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.auto_refresh import follow, snapshot
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import search_bar, search_results, search_state


def main() -> None:
    search_state.settle()
    drawn = snapshot()
    search_bar.search_bar()
    what = search_state.asked()
    for problem in search_state.wrong_dates():
        st.warning(plain(problem), icon=":material/info:")
    if what.lost:
        st.warning(
            "A photo of this search is not there any more; the search goes on without it.",
            icon=":material/link_off:",
        )
    search_bar.chosen_photos(what)
    try:
        found = search_state.find(what)
    except ExplorerError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    search_results.headline(what, found)
    if found.ids:
        search_results.results(what, found)
    else:
        search_results.empty(what)
    follow(drawn, waiting=len(found.ids) < search_results.PAGE_SIZE)


main()
