"""A search as the address of the Search page holds it: phrase, photos, dates, folder. Reading it, changing it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import streamlit as st

from explorer.library.filters import Filters
from explorer.search.query import Query
from explorer.ui import examples, resources

PHRASE, LIKE, UPLOAD, SINCE, UNTIL, FOLDER, PAGE = "q", "like", "example", "since", "until", "folder", "page"

# Results that can be paged through; what comes later matches hardly at all.
MOST = 600


class Asked(NamedTuple):
    """What the address asks for. lost: a photo or an upload of an old link that is not there any more."""

    query: Query
    filters: Filters
    lost: bool


class Found(NamedTuple):
    """ids: best first. scores: by id; empty without a query. total: photos that fit the filters."""

    ids: list[int]
    scores: dict[int, float]
    total: int


def asked() -> Asked:
    """What is asked for now. To be called after the page's boxes were drawn: they hold the phrase and the filters."""
    params, state, lost = st.query_params, st.session_state, False
    known = list[int]()
    for part in params.get(LIKE, "").split(","):
        if part.isdecimal() and len(part) < 19 and resources.engine().has_vector(int(part)):
            known.append(int(part))
        elif part:
            lost = True
    found = [examples.find(token) for token in params.get(UPLOAD, "").split(",") if token]
    lost = lost or None in found
    query = Query(state.get(PHRASE) or "", tuple(known), tuple(example for example in found if example))
    return Asked(query, Filters(_day(state.get(SINCE)), _day(state.get(UNTIL)), state.get(FOLDER)), lost)


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def settle() -> None:
    """Carry out what `more_like` or `by_upload` asked for. To be called before the page's boxes are drawn, which cannot change after."""
    wanted = st.session_state.pop("_wanted", None)
    if wanted is not None:
        drop_photos()
        st.session_state[PHRASE] = ""
        st.query_params[wanted[0]] = wanted[1]


def more_like(*photo_ids: int) -> None:
    """Search by these photos of the library, and nothing else, from the next run on; filters stay."""
    st.session_state["_wanted"] = (LIKE, ",".join(str(i) for i in photo_ids))


def by_upload(data: bytes, name: str) -> None:
    """Search by a photo from outside, from the next run on. Raises PhotoError, EncoderError."""
    photo_id, token = examples.bring(data, name)
    st.session_state["_wanted"] = (LIKE, str(photo_id)) if photo_id is not None else (UPLOAD, token)


def first_page() -> None:
    """Another search begins at its first page."""
    st.session_state[PAGE] = 1


def drop_photos() -> None:
    """Go on without the photos of the search; a phrase stays."""
    for key in (LIKE, UPLOAD):
        st.query_params.pop(key, None)
    first_page()


def clear_filters() -> None:
    st.session_state.update(dict.fromkeys((SINCE, UNTIL, FOLDER)))
    first_page()


def clear() -> None:
    """Back to all photos."""
    clear_filters()
    drop_photos()
    st.session_state[PHRASE] = ""


def find(what: Asked) -> Found:
    """The photos: best first for a query, newest first without one. The last answer is kept for as long as nothing changes."""
    library = resources.library()
    key = (what.query, what.filters, library.catalog.change(), resources.engine().encoder_name)
    kept = st.session_state.get("_found")
    if kept is not None and kept[0] == key:
        return Found(*kept[1])
    matching = library.catalog.matching(what.filters)
    if what.query:
        hits = resources.engine().by_query(what.query, what.filters, MOST)
        found = Found([hit.id for hit in hits], {hit.id: hit.score for hit in hits}, len(matching))
    else:
        found = Found([int(i) for i in matching], {}, len(matching))
    st.session_state["_found"] = (key, found)
    return found


def check(filters: Filters) -> str:
    """What is wrong with the filters, or ''."""
    if filters.since and filters.until and filters.since > filters.until:
        return "The first day lies after the last one: no photo can fit."
    return ""
