"""Precision@k with the library's folders as classes, for users whose folders each hold photos of
one kind."""

from __future__ import annotations

import streamlit as st

from explorer.search.comparison.folder_classes import (
    FolderClasses,
    FolderPrecision,
    folder_classes,
    folder_precision,
    query_precision,
)
from explorer.search.comparison.model_comparison import ModelComparison, model_indexes
from explorer.ui import resources
from explorer.ui.compare_page.compare_state import CompareRequest
from explorer.ui.localized import count, number
from explorer.ui.photo_labels import escape_markdown

# Session state: the last measurement.
_LAST = "_folder-precision"

Measured = tuple[FolderClasses, FolderPrecision]


def measure(request: CompareRequest) -> Measured | None:
    """The classes, and the models' precision; None if the folders cannot serve as classes. Measured
    again when the library, the models or the number of photos change."""
    library = resources.library()
    key = (library.catalog.change(), request.models, request.top)
    last: tuple[object, Measured | None] | None = st.session_state.get(_LAST)
    if last is not None and last[0] == key:
        return last[1]
    with st.spinner("Measuring by your folders…"):
        classes, found = folder_classes(library.catalog), None
        if classes is not None:
            indexes = model_indexes(library, request.models)
            found = folder_precision(indexes, classes, request.top)
    measured = (classes, found) if classes is not None and found is not None else None
    st.session_state[_LAST] = (key, measured)
    return measured


def in_words(measured: Measured | None, comparison: ModelComparison) -> dict[str, str]:
    """Each model's precision@k in words, by the model's name: for the library and, if the query is
    by photos of one folder, for this query."""
    if measured is None:
        return {}
    classes, precision = measured
    words = dict[str, str]()
    for model in comparison.models:
        value = precision.by_model.get(model.encoder)
        if value is None:
            continue
        words[model.encoder] = f"precision@{precision.k} {number(value, 2)}"
        if model.problem:
            continue
        own = query_precision(classes, comparison.searched_by, model.ids, precision.k)
        if own is not None:
            words[model.encoder] += f" (this search {number(own, 2)})"
    return words


def explain(measured: Measured | None) -> None:
    """Draw an explanation of the figures."""
    if measured is None:
        return
    classes, precision = measured
    st.caption(
        f"Your library looks like one folder per class: {count(len(classes.folders), 'folder')}"
        " without subfolders hold two photos or more. **Precision@"
        f"{precision.k}** is the share of the {precision.k} photos nearest to a photo that are in"
        f" its own folder, the mean for {count(precision.sampled, 'photo')} of yours."
        f" At random it would be {number(precision.chance, 2)}, and {number(precision.best, 2)} at"
        " best. It says which model suits you only if each folder holds photos of one kind."
    )


def table(measured: Measured | None) -> None:
    """Draw the models' precision as a table, for a page without a query."""
    if measured is None:
        return
    precision = measured[1]
    st.subheader("By your folders")
    st.markdown(
        "\n".join(
            [
                f"| Model | Precision@{precision.k} |",
                "| --- | ---: |",
                *(
                    f"| {escape_markdown(name).replace('|', '&#124;')} | {number(value, 2)} |"
                    for name, value in precision.by_model.items()
                ),
            ]
        )
    )
    explain(measured)
