"""The list of what matched, in the details of a photo."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from explorer.library.paths import printable
from explorer.search.match_reasons import REASON_LABELS, MatchReason, highlighted_parts
from explorer.ui.photo_labels import escape_markdown

Why = str | Sequence[MatchReason]
"""Why a photo is shown: one sentence, or what matched; empty if there is nothing to say."""


def why_photo(why: Why) -> None:
    """Draw why a photo is among the results."""
    if isinstance(why, str):
        if why:
            st.caption(escape_markdown(why))
    elif why:
        st.html(reasons_html(why))


def reasons_html(reasons: Sequence[MatchReason]) -> str:
    """The reasons as a list, with what was searched for marked."""
    items = "".join(
        f"<dt>{REASON_LABELS[reason.kind]}</dt><dd>{_marked(reason)}</dd>" for reason in reasons
    )
    return f'<section class="reasons"><h4>Why this photo</h4><dl>{items}</dl></section>'


def _marked(reason: MatchReason) -> str:
    return "".join(
        f"<mark>{html.escape(printable(part))}</mark>" if found else html.escape(printable(part))
        for part, found in highlighted_parts(reason)
    )
