"""Carry the user's edits and album memberships of one content over to another one that shows the
same picture.

The rows of the first content stay: its file may come back. All functions must be called in a write
transaction, as parts of an edit that can be undone.
"""

from __future__ import annotations

import json
import sqlite3

from explorer.library.edits.edit_fields import ColumnValues, EditField, FieldValues
from explorer.library.edits.edit_history import (
    FieldChange,
    photos_with,
    record_changes,
    stored,
    touch_photos,
)
from explorer.library.rows import stored_keywords
from explorer.library.stores.album_store import album_ids_of, membership_change, set_membership
from explorer.library.stores.edit_store import Overlays, current_values, overlays_of, set_field
from explorer.library.text.text_folding import fold


def has_edits(db: sqlite3.Connection, digest: bytes) -> bool:
    """Whether the user has edited a content, or added it to an album."""
    return bool(overlays_of(db, digest).edited or album_ids_of(db, digest))


def carry_edits(
    db: sqlite3.Connection, edit_id: int, source: bytes, target: bytes, *, replace: bool
) -> int:
    """Carry edits and album memberships over; return how many changed something.

    replace: the target takes the place of the source, and the edits that of its own. If not, it is
    another photo: it only gets what it lacks. A date replaces none but the file's time, and
    keywords are added to its own.
    """
    photos = photos_with(db, [target])
    if not photos or source == target:
        return 0
    ((_, _, shown),) = current_values(db, photos)
    ours, theirs = overlays_of(db, source), overlays_of(db, target)
    changes = list[FieldChange]()
    for field, values in ours.edited.items():
        if field == "keywords":
            wanted = _keywords(ours, shown["keywords"], remove=replace)
        elif replace or (field not in theirs.edited and _lacks(field, shown)):
            wanted = values
        else:
            continue
        if wanted != shown[field] and (replace or wanted[0] is not None):
            before = stored(theirs.edited.get(field))
            changes.append(FieldChange(target, field, before, stored(wanted)))
            set_field(db, target, field, wanted)
    for album_id in album_ids_of(db, source):
        if set_membership(db, album_id, target, member=True):
            changes.append(membership_change(album_id, target, member=True))
    record_changes(db, edit_id, changes)
    if changes:
        touch_photos(db, photos)
    return len(changes)


def _lacks(field: EditField, shown: FieldValues) -> bool:
    """Whether a photo has no value of a field. A date that is only the file's time is none."""
    if field == "date" and shown["date"][2] == "file":
        return True
    return not shown[field][0] if field != "place" else shown["place"][0] is None


def _keywords(ours: Overlays, shown: ColumnValues, *, remove: bool) -> ColumnValues:
    """The keywords of a photo after the user's changes to those of another one: with those that
    were added and, if `remove`, without those that were removed."""
    original = ours.beside.get("keywords") or ours.in_file.get("keywords")
    known, edited = _words(original), _words(ours.edited["keywords"])
    kept = set(map(fold, edited))
    gone = {fold(word) for word in known} - kept if remove else set[str]()
    added = [word for word in edited if fold(word) not in set(map(fold, known))]
    found = dict[str, str]()
    for word in (*_words(shown), *added):
        found.setdefault(fold(word), word)
    words = [word for key, word in found.items() if key not in gone]
    return [json.dumps(words, ensure_ascii=False) if words else None]


def _words(values: ColumnValues | None) -> list[str]:
    text = values[0] if values else None
    return stored_keywords(text if isinstance(text, str) else None)
