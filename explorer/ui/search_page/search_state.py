"""A search as the address of the Search page holds it: phrase, photos, dates, folder, page of
results.

The address is the truth. The page's boxes are filled from it (`settle`), and what is changed in
them goes into it (`changed`), as one step of the browser's history for each search: so reload, back
and forward, and a link that is kept all show the same photos.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import streamlit as st

from explorer.config import APP_FILES
from explorer.errors import UsageError
from explorer.library.filters import Filters, parse_day
from explorer.search.query import Query
from explorer.text_format import whole_number
from explorer.ui import resources
from explorer.ui.library_page import folder_choices
from explorer.ui.search_page import example_photos

PHRASE, LIKE, UPLOAD, SINCE, UNTIL, FOLDER, PAGE = ADDRESS = (
    "q",
    "like",
    "example",
    "since",
    "until",
    "folder",
    "page",
)

# The days that the boxes take: from the oldest photograph there is to clocks that run far ahead.
OLDEST, NEWEST = dt.date(1826, 1, 1), dt.date(2100, 12, 31)

# Results that can be paged through; what comes later matches hardly at all.
MOST = 600


class Asked(NamedTuple):
    """What the address asks for. lost: a photo or an upload of an old link that is not there any
    more."""

    query: Query
    filters: Filters
    lost: bool


class Found(NamedTuple):
    """ids: best first. scores: by id; empty without a query. total: photos that fit the filters."""

    ids: list[int]
    scores: dict[int, float]
    total: int


def address() -> dict[str, str]:
    """What the address says of the search."""
    return {key: value for key in ADDRESS if (value := st.query_params.get(key, "").strip())}


def go(**search: str | None) -> None:
    """Make this the search: one step in the browser's history. What is left away, the page of
    results too, is no part of it."""
    st.query_params.from_dict({key: value for key, value in search.items() if value})


def settle() -> None:
    """Fill the page's boxes from the address where it has changed: at the start, by back and
    forward, by a button.

    To be called before the boxes are drawn, which cannot be filled after.
    """
    state, now = st.session_state, address()
    if state.get("_address") == now and PHRASE in state:
        return
    state["_address"] = now
    for key, value in {
        PHRASE: now.get(PHRASE),
        SINCE: date(now.get(SINCE)),
        UNTIL: date(now.get(UNTIL)),
        FOLDER: now.get(FOLDER),
    }.items():
        # A box that holds this already is left alone: a person may be typing in it.
        if key not in state or (state[key] or None) != value:
            state[key] = value


def changed() -> None:
    """Something was changed in a box: make the address say it."""
    state = st.session_state
    days = {key: _day(state.get(key)) for key in (SINCE, UNTIL)}
    go(
        **_photos(),
        **days,
        **{PHRASE: (state.get(PHRASE) or "").strip(), FOLDER: state.get(FOLDER)},
    )


def turn(key: str) -> None:
    """Another page of the same results was asked for in the widget of that key."""
    number = int(st.session_state.get(key) or 1)
    go(**(address() | {PAGE: str(number) if number > 1 else ""}))


def page() -> int:
    """The page of results that the address asks for, from 1."""
    return whole_number(address().get(PAGE, "")) or 1


def asked() -> Asked:
    """What is asked for now."""
    now, lost = address(), False
    known = list[int]()
    for part in now.get(LIKE, "").split(","):
        number = whole_number(part)
        if number is not None and resources.engine().has_vector(number):
            known.append(number)
        elif part:
            lost = True
    found = [example_photos.find(token) for token in tokens()]
    lost = lost or None in found
    query = Query(now.get(PHRASE, ""), tuple(known), tuple(example for example in found if example))
    days = [_day(date(now.get(key))) for key in (SINCE, UNTIL)]
    return Asked(query, Filters(days[0], days[1], now.get(FOLDER)), lost)


def tokens() -> list[str]:
    """The uploads that are searched by, as `examples` knows them."""
    return [token for token in address().get(UPLOAD, "").split(",") if token]


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def date(text: str | None) -> dt.date | None:
    """A day as addresses hold it; one that is none, or lies where no box can show it, is left out
    (`wrong_dates` says so)."""
    try:
        day = parse_day(text) if text else None
    except UsageError:
        return None
    return day if day and OLDEST <= day <= NEWEST else None


def wrong_dates() -> list[str]:
    """What in the address should be a date and is none, in a sentence each."""
    problems = list[str]()
    for key in (SINCE, UNTIL):
        try:
            day = parse_day(text) if (text := st.query_params.get(key, "").strip()) else OLDEST
            if day > NEWEST if key == SINCE else day < OLDEST:
                problems.append(f"“{text}” lies where no photo can be, and is left out.")
        except UsageError as error:
            problems.append(str(error))
    return problems


def _photos() -> dict[str, str]:
    return {key: value for key, value in address().items() if key in (LIKE, UPLOAD)}


def _filters() -> dict[str, str]:
    return {key: value for key, value in address().items() if key in (SINCE, UNTIL, FOLDER)}


def more_like(*photo_ids: int) -> None:
    """Search by these photos of the library, and nothing else; filters stay."""
    go(**_filters(), **{LIKE: ",".join(str(i) for i in photo_ids)})


def search_like(*photo_ids: int) -> None:
    """From any page: open the Search page on photos like these. Ends the run of the page."""
    st.switch_page(
        APP_FILES / "pages" / "search.py", query_params={LIKE: ",".join(str(i) for i in photo_ids)}
    )


def by_upload(data: bytes, name: str) -> None:
    """Search by a photo from outside. Raises PhotoError, EncoderError."""
    photo_id, token = example_photos.bring(data, name)
    go(**_filters(), **({LIKE: str(photo_id)} if photo_id is not None else {UPLOAD: token}))


def drop_photos() -> None:
    """Go on without the photos of the search; phrase and filters stay."""
    go(**{key: value for key, value in address().items() if key not in (LIKE, UPLOAD, PAGE)})


def clear_filters() -> None:
    go(**{key: value for key, value in address().items() if key in (PHRASE, LIKE, UPLOAD)})


def clear() -> None:
    """Back to all photos."""
    go()


def find(what: Asked) -> Found:
    """The photos: best first for a query, newest first without one. The last answer is kept for as
    long as nothing changes."""
    library = resources.library()
    key = (what.query, what.filters, library.catalog.change(), resources.engine().encoder_name)
    kept = st.session_state.get("_found")
    if kept is not None and kept[0] == key:
        return Found(*kept[1])
    matching = library.catalog.matching(what.filters)
    if what.query:
        hits = resources.engine().search(what.query, what.filters, MOST)
        found = Found([hit.id for hit in hits], {hit.id: hit.score for hit in hits}, len(matching))
    else:
        found = Found([int(i) for i in matching], {}, len(matching))
    st.session_state["_found"] = (key, found)
    return found


def filtered(filters: Filters) -> list[str]:
    """What the filters ask for, in words, each apart; of words from files nothing is escaped."""
    since, until, parts = filters.since, filters.until, list[str]()
    if since and since == until:
        parts.append(f"taken on {since}")
    elif since or until:
        parts.append(
            " ".join(
                [
                    "taken",
                    *([f"from {since}"] if since else []),
                    *([f"to {until}"] if until else []),
                ]
            )
        )
    return parts + ([f"in {folder_choices.names()(filters.folder)}"] if filters.folder else [])


def check(filters: Filters) -> str:
    """What is wrong with the filters, or ''."""
    if filters.since and filters.until and filters.since > filters.until:
        return "The first day lies after the last one: no photo can fit."
    return ""
