"""Compare models: one query, and each model's results side by side."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.auto_refresh import refresh_on_change, snapshot
from explorer.ui.compare_page import (
    agreement_summary,
    compare_bar,
    compare_state,
    folder_precision_view,
    nothing_to_compare,
)
from explorer.ui.compare_page.model_columns import ModelColumns
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import query_bar


def main() -> None:
    drawn = snapshot()
    if not nothing_to_compare.explain_if_so(drawn.reason_empty):
        compare()
    # New photos are only offered, so that the results being compared stay in place.
    refresh_on_change(drawn, has_room=drawn.reason_empty is not None)


def compare() -> None:
    request = compare_state.request_from_url()
    compare_bar.compare_bar(request)
    if request.error is not None:
        query_bar.show_error(request.text, request.error)
        return
    if request.is_empty:
        nothing_to_compare.offer_examples()
        folder_precision_view.table(folder_precision_view.measure(request))
        return
    summary = st.container()
    columns = ModelColumns(request)
    try:
        comparison = columns.compare()
    except ExplorerError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    columns.heads(comparison, {})
    with summary:
        agreement_summary.agreement_summary(comparison, request.top)
    columns.photos(comparison)
    measured = folder_precision_view.measure(request)
    columns.heads(comparison, folder_precision_view.in_words(measured, comparison))
    folder_precision_view.explain(measured)


main()
