"""What the Anomalies page knows: what its address asks for, the findings, and what a person does
with them.

The address is the truth
(`?kind=blurred&folder=…&since=…&until=…&page=2&dismissed=1&colour=date&area=…`): a link that is
kept, reload, back and forward all show the same.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import streamlit as st

from explorer.anomalies import file_findings
from explorer.anomalies.dates import FILE_TIME_SCORE
from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.anomalies.finding_removals import removals_of_findings
from explorer.anomalies.findings import Anomalies, Finding
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.map_store import PhotoMap
from explorer.library.paths import printable
from explorer.removal.plan import removals_of_photos
from explorer.removal.removed_files import removed_paths
from explorer.removal.results import Removal
from explorer.text_format import count, whole_number
from explorer.ui import resources
from explorer.ui.components import map_data
from explorer.ui.components.map_data import Area, Colouring
from explorer.ui.photo_labels import plain
from explorer.ui.search_page import search_state

KIND, SINCE, UNTIL, FOLDER, PAGE, GONE, COLOUR, AREA = ADDRESS = (
    "kind", "since", "until", "folder", "page", "dismissed", "colour", "area",
)  # fmt: skip
# Kinds whose findings are files rather than photos.
FILES: tuple[FindingKind, ...] = ("unreadable", "extension")

# Under which a window keeps what it was asked to remove.
_WANTED = "_odd-remove"

_lock = threading.Lock()
_review: tuple[Library, Anomalies] | None = None
_map: tuple[Library, int, PhotoMap] | None = None


class Asked(NamedTuple):
    """What the address asks for. kind: None for the overview. gone: what was dismissed, instead of
    what is to be looked at."""

    kind: FindingKind | None
    filters: Filters | None
    page: int
    gone: bool
    colour: Colouring
    area: Area | None


# --- shared by all sessions


def review() -> Anomalies:
    """The findings of this server's library."""
    global _review  # noqa: PLW0603
    library = resources.library()
    with _lock:
        if _review is None or _review[0] is not library:
            _review = (library, Anomalies(library, patient=True))
        return _review[1]


def library_map() -> PhotoMap:
    """The map as it is now."""
    global _map  # noqa: PLW0603
    library = resources.library()
    change = library.catalog.change()
    with _lock:
        if _map is None or _map[0] is not library or _map[1] != change:
            _map = (library, change, map_data.library_map(library))
        return _map[2]


def map_points(colouring: Colouring, filters: Filters | None) -> bytes:
    """The map for the browser."""
    shown = library_map()
    if colouring == "kind":
        colours = map_data.by_kind(shown.ids, review().findings())
    else:
        colours = (map_data.by_folder if colouring == "folder" else map_data.by_date)(
            shown.ids, review().subjects()
        )
    return map_data.packed(resources.library(), shown, colouring, colours, filters)


# --- the address


def asked() -> Asked:
    """What the address asks for; what makes no sense in it is left out."""
    now = {key: st.query_params.get(key, "") for key in ADDRESS}
    since, until = search_state.date(now[SINCE]), search_state.date(now[UNTIL])
    filters = Filters(
        since.isoformat() if since else None,
        until.isoformat() if until else None,
        now[FOLDER] or None,
    )
    return Asked(
        kind=next((kind for kind in KINDS if kind == now[KIND]), None),
        filters=filters or None,
        page=whole_number(now[PAGE]) or 1,
        gone=now[GONE] == "1",
        colour=map_data.colouring(now[COLOUR]),
        area=_area(now[AREA]),
    )


def _area(text: str) -> Area | None:
    sides = [
        side for part in text.split(",", 4) if (side := whole_number(part, 99_999)) is not None
    ]
    return Area(*sides) if len(sides) == 4 and text.count(",") == 3 else None


def go(**changes: str | None) -> None:
    """Change some of what the address asks for; the page of results starts anew unless it is what
    changes."""
    now = {key: st.query_params[key] for key in ADDRESS if key in st.query_params and key != PAGE}
    st.query_params.from_dict({key: value for key, value in (now | changes).items() if value})


def look_at(kind: FindingKind | None) -> None:
    """Look at the findings of that kind, or at the overview."""
    go(**{KIND: kind, AREA: None, GONE: None})


def from_widget(
    part: str,
    key: str,
    words: Callable[[object], str | None] = lambda value: str(value) if value else None,
) -> None:
    """A widget was changed: make the address say it."""
    go(**{part: words(st.session_state.get(key))})


# --- findings


def counts(filters: Filters | None, *, gone: bool = False) -> dict[FindingKind, int]:
    """How many findings of each kind there are: those to be looked at, or those dismissed."""
    numbers = dict.fromkeys(KINDS, 0)
    for finding in _all(KINDS, filters, gone=gone):
        numbers[finding.kind] += 1
    return numbers


def findings(what: Asked) -> list[Finding]:
    """What the address asks for, worst first."""
    return _all([what.kind] if what.kind else KINDS, what.filters, gone=what.gone)


def _all(kinds: Sequence[FindingKind], filters: Filters | None, *, gone: bool) -> list[Finding]:
    found = review().findings(kinds, filters, dismissed=gone)
    away = removed_paths(resources.library())
    return [f for f in found if f.dismissed == gone and f.path not in away]


def photos_without_own_date(filters: Filters | None) -> str:
    """What there is to say of photos whose files' times alone contradict their folders' names; ''
    where there are none, or they are listed."""
    if review().thresholds()["date"] > FILE_TIME_SCORE:
        return ""
    ids = set(file_findings.photos_without_own_date(review().subjects().values()))
    if filters:
        ids &= set(resources.library().catalog.matching(filters).tolist())
    return file_findings.describe_photos_without_own_date(len(ids))


def of_photo(photo_id: int) -> list[Finding]:
    """Everything found of one photo, the worst first."""
    return [finding for finding in review().findings() if finding.id == photo_id]


def move_line(kind: FindingKind, key: str) -> None:
    """The slider of that kind was moved."""
    review().set_threshold(kind, float(st.session_state[key]))


def dismiss(found: Iterable[Finding]) -> None:
    """Do not show these any more, and remember how to take that back."""
    some = list(found)
    review().dismiss(some)
    st.session_state["_undo-dismissal"] = some
    st.toast(f"{count(len(some), 'finding')} dismissed.", icon=":material/visibility_off:")


def restore(found: Iterable[Finding]) -> None:
    """Show these again."""
    some = list(found)
    review().restore(some)
    st.session_state.pop("_undo-dismissal", None)
    st.toast(f"{count(len(some), 'finding')} shown again.", icon=":material/visibility:")


def last_dismissed() -> list[Finding]:
    """What was dismissed last in this window, and can be taken back by one press."""
    found: list[Finding] = st.session_state.get("_undo-dismissal", [])
    return found


# --- removal


def ask_removal(found: Iterable[Finding]) -> None:
    """Have the page show what would go if these went."""
    taking = removals_of_findings(resources.library().catalog, found)
    st.session_state[_WANTED] = taking.removals
    for path, why in taking.skipped:
        st.toast(
            plain(f"{os.path.basename(printable(path))} stays: {why}."), icon=":material/error:"
        )


def ask_removal_of_photos(photo_ids: Sequence[int]) -> None:
    """The same for photos of which nothing need have been found."""
    st.session_state[_WANTED] = removals_of_photos(resources.library().catalog, photo_ids)


def wanted_removals() -> list[Removal]:
    """What the last press asked to be removed, once."""
    found: list[Removal] = st.session_state.pop(_WANTED, [])
    return found
