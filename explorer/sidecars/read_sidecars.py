"""Read the XMP sidecars of photos into the library, as edits that can be undone.

A new library thus gets back what an earlier one wrote to sidecars, and what other programs wrote.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from explorer.decoding.pool import DecodePool
from explorer.errors import UsageError
from explorer.library.edits.edit_fields import ColumnValues, EditField, PhotoValues
from explorer.library.edits.edit_history import PastEdit
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_keywords,
    combined,
    set_date,
    set_favourite,
    set_place,
    set_rating,
    set_text,
)
from explorer.library.library import Library
from explorer.library.stores.edit_store import Change, edit_each
from explorer.photos.metadata.sidecar_values import SidecarValues, parse_values
from explorer.removal.companions import CompanionFinder
from explorer.sidecars.write_sidecars import sidecar_of
from explorer.systems import file_calls

_SUMMARY = "Read from sidecars"
# Degrees: a tenth of a meter, less than the last digit that programs write.
_SAME_PLACE = 1e-6
# The number of photos whose rows and folders are in memory at a time.
_AT_ONCE = 2000


class ReadOutcome(NamedTuple):
    """What was read."""

    found: int
    """The number of sidecars that exist."""
    edit: PastEdit | None
    """The edit as it was recorded; None if nothing changed."""
    failures: list[tuple[str, str]]
    """The path and the reason, in words, of each sidecar that could not be read."""


def read_sidecars(
    library: Library,
    photo_ids: Iterable[int] | None = None,
    *,
    tick: Callable[[int, int], None] | None = None,
) -> ReadOutcome:
    """Apply the sidecars of these photos, or of all photos, in one edit.

    Keywords are added to the library's; any other value in a sidecar replaces the library's. tick:
    called with the number of photos done and the total.
    """
    catalog = library.catalog
    ids = [int(each) for each in (catalog.matching() if photo_ids is None else photo_ids)]
    changes, failures, found = dict[int, Change](), list[tuple[str, str]](), 0
    with contextlib.closing(DecodePool(1, None)) as pool:
        for start in range(0, len(ids), _AT_ONCE):
            if tick:
                tick(start, len(ids))
            finder = CompanionFinder()
            for photo_id, row in catalog.photos(ids[start : start + _AT_ONCE]).items():
                path = sidecar_of(row["path"], finder.of(row["path"]))
                if not file_calls.isfile(path):
                    continue
                found += 1
                values = _read(pool, path)
                if isinstance(values, str):
                    failures.append((path, values))
                elif change := _change(values):
                    changes[photo_id] = change
    return ReadOutcome(found, edit_each(catalog, _SUMMARY, changes), failures)


def _read(pool: DecodePool, path: str) -> SidecarValues | str:
    """The values in a sidecar, or why it could not be read."""
    answer = pool.sidecar({"sidecar": {"path": os.fsencode(path).hex(), "values": None}})
    if isinstance(answer, str):
        return answer
    head, body = answer
    if head["refused"]:
        return str(head["refused"])
    try:
        return parse_values(json.loads(body)) if head["after"] else SidecarValues()
    except (TypeError, ValueError):
        return "it could not be read"


def _change(values: SidecarValues) -> Change | None:
    """The change that sets these values; None if there are none. A date or place that the library
    does not accept is skipped."""
    found = list[EditOperation]()
    if values.favourite is not None:
        found.append(set_favourite(values.favourite))
    if values.rating is not None:
        found.append(set_rating(values.rating))
    texts: tuple[tuple[EditField, str | None], ...] = (
        ("title", values.title),
        ("description", values.description),
    )
    found += [set_text(field, text) for field, text in texts if text]
    if values.keywords:
        found.append(change_keywords(values.keywords))
    with contextlib.suppress(UsageError):
        found += [set_date(values.date)] if values.date else []
    with contextlib.suppress(UsageError):
        found += [set_place(*values.place)] if values.place else []
    if not found:
        return None
    whole = combined(found)

    def change(current: PhotoValues) -> Mapping[EditField, ColumnValues | None]:
        return {
            field: new
            for field, new in whole.change(current).items()
            if not _is_same(field, new, current.shown[field])
        }

    return change


def _is_same(field: EditField, new: ColumnValues | None, shown: ColumnValues) -> bool:
    """Whether a sidecar's value is the one that the library already shows."""
    if field == "date":
        return new is not None and new[:2] == [shown[0], shown[1] or "second"]
    if field == "place":
        return all(
            isinstance(one, float | int) and isinstance(other, float | int)
            and abs(one - other) < _SAME_PLACE
            for one, other in zip(new or [], shown, strict=True)
        )  # fmt: skip
    return new == shown
