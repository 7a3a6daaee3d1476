"""Why a photo is among the results: what matched, in words for the user."""

from __future__ import annotations

from typing import Literal, NamedTuple

ReasonKind = Literal["meaning", "photo", "name", "text", "keyword", "place", "field", "concept"]

REASON_LABELS: dict[ReasonKind, str] = {
    "meaning": "Meaning",
    "photo": "Photo",
    "name": "Name",
    "text": "Text",
    "keyword": "Keyword",
    "place": "Place",
    "field": "Filter",
    "concept": "Concept",
}


class MatchReason(NamedTuple):
    """One thing that matched."""

    kind: ReasonKind
    text: str
    """What matched, such as a file name, or a sentence on how well it matches."""
    highlights: tuple[tuple[int, int], ...] = ()
    """The parts of `text` that were searched for, as (start, stop) in characters, in order and
    without overlap."""


def highlighted_parts(reason: MatchReason) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it was searched for. Highlights outside the text, or
    that overlap an earlier one, are cut."""
    parts, at = list[tuple[str, bool]](), 0
    for first, last in reason.highlights:
        start, stop = max(first, at), min(last, len(reason.text))
        if start < stop:
            if at < start:
                parts.append((reason.text[at:start], False))
            parts.append((reason.text[start:stop], True))
            at = stop
    if at < len(reason.text):
        parts.append((reason.text[at:], False))
    return parts
