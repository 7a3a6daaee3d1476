"""The state of the Anomalies page: its URL, the findings, and the actions on them.

The URL holds the whole state, so that a bookmark, reload, back and forward all show the same:
`?kind=blurred&folder=…&since=…&until=…&page=2&dismissed=1&colour=date&area=…`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import streamlit as st

from explorer.anomalies import file_findings
from explorer.anomalies.dates import FILE_TIME_SCORE
from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.anomalies.finding_removals import removals_of_findings
from explorer.anomalies.findings import Anomalies, Finding
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.queries.filters import Filters
from explorer.library.stores.map_store import PhotoMap
from explorer.removal.removed_files import removed_paths
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.change_errors import attempt
from explorer.ui.components import map_data
from explorer.ui.components.map_data import Coloring, MapArea
from explorer.ui.localized import count
from explorer.ui.photo_labels import escape_markdown
from explorer.ui.removal_dialogs.removal_request import request_removals
from explorer.ui.search_page import url_dates
from explorer.ui.stored_values import show_stored_again

KIND, SINCE, UNTIL, FOLDER, PAGE, DISMISSED, COLORING, AREA = PARAMETERS = (
    "kind",
    "since",
    "until",
    "folder",
    "page",
    "dismissed",
    "colour",
    "area",
)
# Kinds whose findings are files rather than photos.
FILE_KINDS: tuple[FindingKind, ...] = ("unreadable", "extension")

# The session state with the findings that were dismissed last, for undo.
_LAST_DISMISSED = "_last-dismissed"

_lock = threading.Lock()
_anomalies: tuple[Library, Anomalies] | None = None


class AnomalyRequest(NamedTuple):
    """What the URL asks for."""

    kind: FindingKind | None
    """None for the overview."""
    filters: Filters | None
    page: int
    """The page of findings about files, from 1; photos are in one list."""
    dismissed: bool
    """Whether to show the dismissed findings instead of the open ones."""
    coloring: Coloring
    area: MapArea | None
    """The marked rectangle on the map."""


# --- shared by all sessions


def anomalies() -> Anomalies:
    """The findings of the server's library."""
    global _anomalies  # noqa: PLW0603
    library = resources.library()
    with _lock:
        if _anomalies is None or _anomalies[0] is not library:
            _anomalies = (library, Anomalies(library, patient=True))
        return _anomalies[1]


def library_map() -> PhotoMap:
    """The current map of the library."""
    return map_data.current_map()


def map_points(coloring: Coloring, filters: Filters | None) -> bytes:
    """The map as bytes for the browser (`map_data.py`)."""
    shown = library_map()
    if coloring == "kind":
        colors = map_data.by_kind(shown.ids, anomalies().findings())
    else:
        by = map_data.by_folder if coloring == "folder" else map_data.by_date
        colors = by(shown.ids, anomalies().subjects())
    return map_data.packed(resources.library(), shown, coloring, colors, filters)


# --- the URL


def request_from_url() -> AnomalyRequest:
    """What the URL asks for; invalid parameters are ignored."""
    now = {key: st.query_params.get(key, "") for key in PARAMETERS}
    since, until = url_dates.url_date(now[SINCE]), url_dates.url_date(now[UNTIL])
    filters = Filters(
        since.isoformat() if since else None,
        until.isoformat() if until else None,
        now[FOLDER] or None,
    )
    return AnomalyRequest(
        kind=next((kind for kind in KINDS if kind == now[KIND]), None),
        filters=filters or None,
        page=whole_number(now[PAGE]) or 1,
        dismissed=now[DISMISSED] == "1",
        coloring=map_data.coloring_of(now[COLORING]),
        area=_area(now[AREA]),
    )


def _area(text: str) -> MapArea | None:
    sides = [
        side for part in text.split(",", 4) if (side := whole_number(part, 99_999)) is not None
    ]
    return MapArea(*sides) if len(sides) == 4 and text.count(",") == 3 else None


def update_url(**changes: str | None) -> None:
    """Change some parameters of the URL. Unless the page of results is among them, it is reset to
    the first."""
    now = {
        key: st.query_params[key] for key in PARAMETERS if key in st.query_params and key != PAGE
    }
    st.query_params.from_dict({key: value for key, value in (now | changes).items() if value})


def show_kind(kind: FindingKind | None) -> None:
    """Show the findings of that kind, or the overview."""
    update_url(**{KIND: kind, AREA: None, DISMISSED: None})


def mark_area(area: MapArea) -> None:
    """Show the photos in a rectangle of the map."""
    update_url(**{AREA: ",".join(map(str, area))})


def from_widget(
    parameter: str,
    key: str,
    to_text: Callable[[Any], str | None] = lambda value: str(value) if value else None,
) -> None:
    """Put the value of a widget into the URL. key: of the widget. to_text: converts its value."""
    update_url(**{parameter: to_text(st.session_state.get(key))})


# --- findings


class PageFindings(NamedTuple):
    """What a run of the page shows."""

    numbers: dict[FindingKind, int]
    """The number of findings of each kind: the open ones, or the dismissed ones."""
    shown: list[Finding]
    """The findings that the URL asks for, worst first."""


def page_findings(request: AnomalyRequest) -> PageFindings:
    """The findings of all kinds, which take a moment in a large library, read once for a run."""
    found = anomalies().findings(KINDS, request.filters, dismissed=request.dismissed)
    removed, numbers = removed_paths(resources.library()), dict.fromkeys(KINDS, 0)
    current = [f for f in found if f.dismissed == request.dismissed and f.path not in removed]
    for finding in current:
        numbers[finding.kind] += 1
    return PageFindings(numbers, [f for f in current if request.kind in (None, f.kind)])


def photos_without_own_date(filters: Filters | None) -> str:
    """A note about photos whose only date is the file's own, and contradicts the folder's name; ''
    if there are none, or if they are listed anyway."""
    if anomalies().thresholds()["date"] > FILE_TIME_SCORE:
        return ""
    ids = set(file_findings.photos_without_own_date(anomalies().subjects().values()))
    if filters:
        ids &= set(resources.library().catalog.matching(filters).tolist())
    return file_findings.describe_photos_without_own_date(len(ids))


def findings_of(photo_id: int) -> list[Finding]:
    """All findings about one photo, worst first."""
    return [finding for finding in anomalies().findings() if finding.id == photo_id]


def set_sensitivity(kind: FindingKind, key: str) -> None:
    """Apply the new value of a kind's slider. key: of the slider."""
    if not attempt(anomalies().set_threshold, kind, float(st.session_state[key])):
        show_stored_again(key)


def dismiss(found: Iterable[Finding]) -> None:
    """Hide these findings, and remember them for undo."""
    dismissed = list(found)
    anomalies().dismiss(dismissed)
    st.session_state[_LAST_DISMISSED] = dismissed
    st.toast(f"{count(len(dismissed), 'finding')} dismissed.", icon=":material/visibility_off:")


def restore(found: Iterable[Finding]) -> None:
    """Show these findings again."""
    restored = list(found)
    anomalies().restore(restored)
    shown = {(finding.kind, finding.subject) for finding in restored}
    st.session_state[_LAST_DISMISSED] = [
        each for each in last_dismissed() if (each.kind, each.subject) not in shown
    ]
    st.toast(f"{count(len(restored), 'finding')} shown again.", icon=":material/visibility:")


def restore_last_dismissed() -> None:
    """Show the findings again that were dismissed last. More may have been dismissed since the
    button was drawn, or it may have been clicked twice."""
    if last := last_dismissed():
        restore(last)


def last_dismissed() -> list[Finding]:
    """The findings that were dismissed last in this window."""
    found: list[Finding] = st.session_state.get(_LAST_DISMISSED, [])
    return found


# --- removal


def request_removal(found: Iterable[Finding]) -> None:
    """Make the page offer to remove the files of these findings."""
    result = removals_of_findings(resources.library().catalog, found)
    request_removals(result.removals)
    for path, why in result.skipped:
        name = os.path.basename(printable(path))
        st.toast(escape_markdown(f"{name} is kept: {why}."), icon=":material/error:")
