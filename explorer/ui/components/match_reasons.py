"""Explain why a photo is among the results, as HTML for the viewer's info panel."""

from __future__ import annotations

import html
from collections.abc import Sequence

from explorer.library.paths import printable
from explorer.search.results.match_reasons import REASON_LABELS, MatchReason, highlighted_parts


def reasons_html(reasons: Sequence[MatchReason]) -> str:
    """The reasons as a list, with the searched words marked; '' if there are none."""
    if not reasons:
        return ""
    items = "".join(
        f"<dt>{REASON_LABELS[reason.kind]}</dt><dd>{_marked(reason)}</dd>" for reason in reasons
    )
    return f'<section class="reasons"><h3>Why this photo</h3><dl>{items}</dl></section>'


def _marked(reason: MatchReason) -> str:
    return "".join(
        f"<mark>{html.escape(printable(part))}</mark>" if found else html.escape(printable(part))
        for part, found in highlighted_parts(reason)
    )
