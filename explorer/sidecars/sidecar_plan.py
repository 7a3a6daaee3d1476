"""Which sidecars to write, and with what values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from explorer.library.library import Library
from explorer.library.rows import stored_keywords
from explorer.library.stores.edit_store import StoredEdits, edits_of
from explorer.photos.metadata.partial_dates import known_part
from explorer.photos.metadata.sidecar_values import SidecarValues


class PlannedSidecar(NamedTuple):
    """One photo file whose sidecar is to get these values."""

    photo: str
    """Absolute path."""
    values: SidecarValues


def plan_sidecars(library: Library, photo_ids: Iterable[int] | None = None) -> list[PlannedSidecar]:
    """The sidecars to write for these photos, or for all that were edited: one for each file, even
    if several have the same content. Files that are missing or on a disconnected drive are left
    out."""
    planned = list[PlannedSidecar]()
    for photo_id, edits in edits_of(library.catalog, photo_ids).items():
        if values := sidecar_values(edits):
            planned += [
                PlannedSidecar(file["path"], values)
                for file in library.catalog.files_of(photo_id)
                if file["state"] == "present" and not file["away"]
            ]
    return planned


def sidecar_values(edits: StoredEdits) -> SidecarValues:
    """The values to write for these edits. XMP cannot say that a title or description was
    removed."""
    values, edited = SidecarValues(), edits.edited
    match edited.get("favourite"):
        case [int(favourite)]:
            values = values._replace(favourite=bool(favourite))
    match edited.get("rating"):
        case [float() | int() | None as rating]:
            values = values._replace(rating=float(rating or 0))
    match edited.get("title"):
        case [str(title)]:
            values = values._replace(title=title)
    match edited.get("description"):
        case [str(description)]:
            values = values._replace(description=description)
    match edited.get("keywords"):
        case [str() | None as stored]:
            words = tuple(stored_keywords(stored))
            known = {*_found_keywords(edits), *edits.past_keywords}
            values = values._replace(
                keywords=words, removed_keywords=tuple(sorted(known - set(words)))
            )
    match edited.get("date"):
        case [str(taken_at), str() | None as precision, _]:
            values = values._replace(date=known_part(taken_at, precision))
    match edited.get("place"):
        case [float() | int() as latitude, float() | int() as longitude]:
            values = values._replace(place=(float(latitude), float(longitude)))
    return values


def _found_keywords(edits: StoredEdits) -> list[str]:
    """The keywords of the file and its sidecars."""
    found = list[str]()
    for values in (edits.in_file, edits.beside):
        match values.get("keywords"):
            case [str(stored)]:
                found += stored_keywords(stored)
    return found
