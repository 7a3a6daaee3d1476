"""Apply what sidecars say to the columns of photos, where the user has set nothing.

XMP sidecars take precedence over the file, as in other programs, which save changes in them. Google
Takeout's JSON only adds what the file lacks, because its dates are in UTC. Keywords are combined.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from explorer.library.edits.edit_fields import (
    SIDECAR,
    TAKEOUT,
    ColumnValues,
    EditField,
    FieldValues,
    file_values,
)
from explorer.library.rows import stored_keywords
from explorer.library.stores.edit_store import (
    Overlays,
    current_values,
    overlays_of,
    put_overlays,
    update_columns,
)
from explorer.library.text.text_folding import fold
from explorer.photos.companion_keys import companion_keys, is_sidecar, photo_keys
from explorer.photos.metadata.partial_dates import PartialDate, known_part, parse_date, plausible
from explorer.photos.metadata.sidecar_content import SidecarContent, unpack_content
from explorer.photos.stacks import normalized_name

# Degrees: a tenth of a meter, less than the last digit that programs write.
_SAME_PLACE = 1e-6
# Sources of dates that a camera or a user wrote; a sidecar without a date of capture does not
# replace them.
_WRITTEN_DATES = frozenset({"exif", "gps"})
# The first year in which a photo can have been taken. An earlier date is the user's.
_FIRST_YEAR = "1826"


def sidecar_key(path: str) -> str | None:
    """The key under which photos find a sidecar; None for other files. path: catalog text."""
    name = path.rpartition("/")[2]
    return companion_keys(normalized_name(name))[0] if is_sidecar(name) else None


def apply_sidecars(db: sqlite3.Connection, photo_ids: Iterable[int]) -> list[int]:
    """Apply the sidecars of these photos' present files, and revert the values from sidecars that
    are gone. Returns the photos that changed. Must be called inside a transaction."""
    changed = list[int]()
    for photo_id in unapplied_photos(db, photo_ids):
        contents = [each.content for each in sidecars_of_photo(db, photo_id)]
        db.execute("update photo set sidecars = ? where id = ?", (len(contents), photo_id))
        digest, overlays, file = _overlays(db, photo_id)
        beside = sidecar_columns(contents, file)
        for field in {**overlays.beside, **beside}:
            if field not in overlays.edited:
                update_columns(db, digest, field, beside.get(field, file[field]))
        in_file: FieldValues = {
            field: file[field] for field in file if field in overlays.edited or field in beside
        }
        put_overlays(db, digest, Overlays(overlays.edited, beside, in_file))
        changed.append(photo_id)
    return changed


def unapplied_photos(db: sqlite3.Connection, photo_ids: Iterable[int]) -> Iterator[int]:
    """The photos among these whose columns, or count of sidecars, are not what the sidecars of
    their present files say."""
    none = db.execute("select 1 from sidecar limit 1").fetchone() is None
    for photo_id in photo_ids:
        row = db.execute("select sidecars from photo where id = ?", (photo_id,)).fetchone()
        contents = [] if none else [each.content for each in sidecars_of_photo(db, photo_id)]
        if row is None or (not row[0] and not contents):
            continue
        _, overlays, file = _overlays(db, photo_id)
        if row[0] != len(contents) or sidecar_columns(contents, file) != overlays.beside:
            yield photo_id


def photos_with_sidecars(db: sqlite3.Connection) -> list[int]:
    """The ids of photos that have sidecars, or may have some that are not counted."""
    return [
        row[0]
        for row in db.execute(
            "select id from photo where sidecars > 0 union select f.photo_id from file f where"
            " f.state = 'present' and exists (select 1 from sidecar s where s.root_id = f.root_id"
            " and s.folder = f.folder) order by 1"
        ).fetchall()
    ]


class AppliedSidecar(NamedTuple):
    """A sidecar of a photo."""

    path: str
    """Relative to its root, as catalog text."""
    content: SidecarContent
    problem: str
    """Why it could not be read, in words; '' if it could."""


def sidecars_of_photo(db: sqlite3.Connection, photo_id: int) -> list[AppliedSidecar]:
    """The sidecars of a photo's present files, those that take precedence first."""
    found = dict[int, tuple[tuple[bool, int, int], AppliedSidecar]]()
    files = db.execute(
        "select root_id, folder, path from file where photo_id = ? and state = 'present'"
        " order by id",
        (photo_id,),
    ).fetchall()
    for root_id, folder, path in files:
        keys = photo_keys(normalized_name(path.rpartition("/")[2]), {})
        if not keys:
            continue
        rows = db.execute(
            "select id, key, path, content, problem from sidecar where root_id = ? and folder = ?"
            f" and key in ({','.join('?' * len(keys))}) order by id",
            (root_id, folder, *keys),
        )
        for sidecar_id, key, name, text, problem in rows:
            try:
                content = unpack_content(text)
            except ValueError:
                content = SidecarContent()
            # A sidecar of the photo's own name comes before one of its stem, and these before
            # those of its original.
            order = (content.source != "xmp", keys.index(key), sidecar_id)
            found[sidecar_id] = order, AppliedSidecar(name, content, problem or "")
    return [applied for _, applied in sorted(found.values(), key=lambda each: each[0])]


def _overlays(db: sqlite3.Connection, photo_id: int) -> tuple[bytes, Overlays, FieldValues]:
    """The content hash of a photo, its overlays, and the values of all fields in its file."""
    ((_, digest, current),) = current_values(db, [photo_id])
    overlays = overlays_of(db, digest)
    file: FieldValues = {
        field: overlays.in_file.get(field) or file_values(field, values)
        for field, values in current.items()
    }
    return digest, overlays, file


def sidecar_columns(contents: Sequence[SidecarContent], file: FieldValues) -> FieldValues:
    """The values from sidecars that differ from the file's, as columns.

    contents: those that take precedence first. file: the file's own values.
    """
    found: FieldValues = {}
    for content in contents:
        overrides = content.source == "xmp"
        if content.favourite:
            found.setdefault("favourite", [1])
        values: tuple[tuple[EditField, ColumnValues | None], ...] = (
            ("rating", None if content.rating is None else [content.rating or None]),
            ("title", [content.title] if content.title else None),
            ("description", [content.description] if content.description else None),
            ("place", list(content.place) if content.place else None),
        )
        for field, new in values:
            if new is not None and (overrides or file[field][0] is None):
                found.setdefault(field, new)
        date = _date(content, file["date"])
        if date is not None:
            found.setdefault("date", date)
    keywords = _keywords(contents, file["keywords"][0])
    if keywords is not None:
        found["keywords"] = keywords
    return {field: new for field, new in found.items() if not _is_same(field, new, file[field])}


def _date(content: SidecarContent, file: ColumnValues) -> ColumnValues | None:
    """The date of a sidecar; None if the file's is to be kept."""
    date = parse_date(content.date)
    if date is None or (plausible(date) is None and date.text >= _FIRST_YEAR):
        return None
    text, precision, source = file
    known = None
    if isinstance(text, str):
        own = parse_date(known_part(text, precision if isinstance(precision, str) else None))
        known = own if source != "file" else None
    if known is not None and _keeps(known, date, str(source), content):
        return None
    return [date.text, date.precision, SIDECAR if content.source == "xmp" else TAKEOUT]


def _keeps(known: PartialDate, date: PartialDate, source: str, content: SidecarContent) -> bool:
    """Whether the date of a file takes precedence over that of its sidecar."""
    if known.refined_by(date):
        return False
    if date.refined_by(known) or content.source != "xmp":
        return True
    return source in _WRITTEN_DATES and not content.captured


def _keywords(contents: Sequence[SidecarContent], file: object) -> ColumnValues | None:
    """The keywords of the file and its sidecars; None if the sidecars have none."""
    own = stored_keywords(file if isinstance(file, str) else None)
    known, added = set(map(fold, own)), dict[str, str]()
    for word in (word for content in contents for word in content.keywords):
        if fold(word) not in known:
            added.setdefault(fold(word), word)
    if not added:
        return None
    return [json.dumps([*own, *added.values()], ensure_ascii=False)]


def _is_same(field: EditField, new: ColumnValues, file: ColumnValues) -> bool:
    if field == "date":
        return new[:2] == [file[0], file[1] or "second"] and file[2] != "file"
    if field == "place":
        return all(
            isinstance(one, float | int)
            and isinstance(other, float | int)
            and abs(one - other) < _SAME_PLACE
            for one, other in zip(new, file, strict=True)
        )
    return new == file
