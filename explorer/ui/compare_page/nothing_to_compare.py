"""Show the Compare models page while there is nothing to compare."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.config import APP_FILES, PROGRAM
from explorer.search.comparison.model_comparison import embedded_models
from explorer.ui import empty_library, resources
from explorer.ui.compare_page import compare_state
from explorer.ui.components.gallery import gallery
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.search_page import library_values

# The number of photos that are offered as queries.
_OFFERED = 8


def explain_if_so(reason_empty: empty_library.EmptyReason | None) -> bool:
    """If there is nothing to compare, draw the reason. Returns whether there is nothing.
    reason_empty: why the library has no photos; None if it has some."""
    names = list(embedded_models(resources.library().catalog))
    if reason_empty is not None:
        empty_library.explain(reason_empty)
    elif len(names) < 2:
        _explain_one_model(names)
    else:
        return False
    return True


def _explain_one_model(names: list[str]) -> None:
    """Draw a note that at most one model has encoded photos, and how to let another one do it."""
    only = f"Only {escape_markdown(names[0])} has" if names else "No model has"
    st.info(
        f"{only} encoded your photos so far, so there is nothing to compare. Press *Use* beside"
        " another model under *Search models* on the Library page: it encodes your photos in the"
        " background. The vectors of the current model are kept, so that both can be compared here,"
        " and you can go back to it at once.",
        icon=":material/compare:",
    )
    st.page_link(
        APP_FILES / "pages" / "library.py",
        label="Models on the Library page",
        icon=":material/neurology:",
    )
    st.caption(
        f"In a terminal: `{PROGRAM} models` lists them, `{PROGRAM} models get clip` and"
        f" `{PROGRAM} models use clip` download one and have it encode your photos."
    )


def offer_examples() -> None:
    """Draw example phrases and photos to compare by."""
    st.markdown("Describe a photo, or choose one, to see what each model finds.")
    subjects = library_values.subjects()
    if subjects:
        with st.container(horizontal=True, gap="small", key="compare-chips"):
            for number, subject in enumerate(subjects):
                st.button(
                    escape_markdown(subject),
                    icon=":material/lightbulb:",
                    key=f"compare-example-{number}",
                    on_click=compare_state.search_by,
                    kwargs={"phrase": subject},
                )
    catalog = resources.library().catalog
    ids = catalog.matching()
    at = np.unique(np.linspace(0, len(ids) - 1, min(_OFFERED, len(ids))).round().astype(int))
    rows = catalog.photos(ids[at].tolist())
    gallery(
        list(rows.values()),
        "compare-offered",
        label="Photos to compare by",
        chooses=True,
        more_like=compare_state.search_like,
    )
