"""The dialog for editing the rating, keywords, date, place and texts of photos."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.errors import UsageError
from explorer.library.edits.edit_fields import EditField
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_date,
    change_keywords,
    combined,
    reset_fields,
    set_rating,
    set_text,
)
from explorer.library.rows import PhotoRow
from explorer.library.stores.edit_store import edited_fields
from explorer.photos.metadata.partial_dates import known_part
from explorer.search.named_place import place_edit
from explorer.ui import resources
from explorer.ui.auto_refresh import DIALOG_OPEN
from explorer.ui.change_errors import attempt
from explorer.ui.localized import count
from explorer.ui.photo_edits.last_edit import edit
from explorer.ui.photo_labels import escape_markdown

# Session state: the ids of the photos to edit, until the dialog is closed.
_REQUEST = "_edit-photos"
_Wanted = list[Callable[[], list[EditOperation]]]
"""The edits requested by a control; each call may raise UsageError for invalid input."""
_STARS = ("No rating", "1 star", "2 stars", "3 stars", "4 stars", "5 stars")


def request_edit(photo_ids: Sequence[int]) -> None:
    """Open the dialog in the next run of the page."""
    st.session_state[_REQUEST] = list(photo_ids)


def edit_if_requested() -> bool:
    """Open the dialog if it was requested; returns whether it is open."""
    wanted = st.session_state.get(_REQUEST)
    if wanted is None:
        return False
    rows = list(resources.library().catalog.photos(wanted).values())
    if not rows:
        _close()
        return False
    st.session_state[DIALOG_OPEN] = True
    _dialog(rows)
    return True


def _close() -> None:
    for key in (_REQUEST, DIALOG_OPEN):
        st.session_state.pop(key, None)


@st.dialog("Edit", width="medium", on_dismiss=_close)
def _dialog(rows: list[PhotoRow]) -> None:
    one = rows[0] if len(rows) == 1 else None
    name = escape_markdown(one["name"]) if one else f"**{count(len(rows), 'photo')}**"
    st.caption(f"{name}. Stored in the library: your photo files are not changed.")
    with st.form("edit-photos", border=False):
        controls = [_rating(one), _keywords(rows), _date(one), _place(one), _texts(one)]
        # Fields to restore come first, so that typed values override restored ones.
        wanted = [*_reset(one), *itertools.chain(*controls)]
        saved = st.form_submit_button("Save", type="primary")
    if saved:
        _save(rows, wanted)


def _save(rows: list[PhotoRow], wanted: _Wanted) -> None:
    try:
        operations = [each for make in wanted for each in make()]
    except UsageError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    if operations and not attempt(edit, [row["id"] for row in rows], combined(operations)):
        return
    _close()
    st.rerun()


def _rating(one: PhotoRow | None) -> _Wanted:
    known = _STARS[round(one["rating"] or 0)] if one else None
    chosen = st.selectbox(
        "Rating",
        _STARS,
        index=None if known is None else _STARS.index(known),
        placeholder="No change",
        key="edit-rating",
    )
    if chosen is None or chosen == known:
        return []
    return [lambda: [set_rating(_STARS.index(chosen))]]


def _keywords(rows: list[PhotoRow]) -> _Wanted:
    known = sorted({word for row in rows for word in row["keywords"]}, key=str.casefold)
    added = st.text_input(
        "Add keywords", key="edit-add-keywords", placeholder="Separate several with commas"
    )
    wanted: _Wanted = []
    if added.strip():
        wanted.append(lambda: [change_keywords(add=added.split(","))])
    if known:
        removed = st.multiselect("Remove keywords", known, key="edit-remove-keywords")
        if removed:
            wanted.append(lambda: [change_keywords(remove=removed)])
    return wanted


def _date(one: PhotoRow | None) -> _Wanted:
    left, right = st.columns(2)
    known = ""
    if one and one["taken_at"]:
        known = known_part(one["taken_at"], one["taken_precision"]).replace("T", " ")
    date = left.text_input(
        "Date",
        known,
        key="edit-date",
        placeholder="1985, 1985-07-04, 1985-07-04 10:30",
        help="A year, a month, a day or a time, as far as known. Empty: the date in the file",
    )
    shift = right.text_input(
        "Shift the date by",
        key="edit-shift",
        placeholder="+1h, -2d, +1:30",
        help="Corrects a wrong camera clock",
    )
    typed = (date if date.strip() != known else None, shift if shift.strip() else None)
    return [lambda: change_date(*typed)]


def _place(one: PhotoRow | None) -> _Wanted:
    known = ""
    if one and one["latitude"] is not None and one["longitude"] is not None:
        known = f"{one['latitude']:.5f}, {one['longitude']:.5f}"
    place = st.text_input(
        "Place",
        known,
        key="edit-place",
        placeholder="Lisbon, or 38.71, -9.14",
        help="A town, such as Lisbon or “Paris, Texas”, or latitude and longitude in degrees, as"
        " shown by maps. Empty: the place in the file",
    )
    return [lambda: [place_edit(place)]] if place.strip() != known else []


def _texts(one: PhotoRow | None) -> _Wanted:
    if one is None:
        return []
    wanted: _Wanted = []
    fields: tuple[tuple[EditField, str | None], ...] = (
        ("title", one["title"]),
        ("description", one["description"]),
    )
    for field, known in fields:
        text = st.text_input(field.capitalize(), known or "", key=f"edit-{field}")
        if text.strip() != (known or ""):
            wanted.append(functools.partial(_set_text, field, text))
    return wanted


def _set_text(field: EditField, text: str) -> list[EditOperation]:
    return [set_text(field, text)]


def _reset(one: PhotoRow | None) -> _Wanted:
    edited = sorted(edited_fields(resources.library().catalog, one["id"])) if one else []
    if not edited:
        return []
    chosen = st.multiselect(
        "Restore from the file",
        edited,
        key="edit-reset",
        help="Discards your edits of these fields",
    )
    return [lambda: [reset_fields(chosen)]] if chosen else []
