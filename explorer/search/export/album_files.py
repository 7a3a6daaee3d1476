"""Export albums and favorites as a JSON file, and import such a file into a library.

Photos are identified by the hash of their content and by their path, so the albums can be restored
in a new library, even if the photos have moved.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.edits.album_members import Member, album_members, favourite_members
from explorer.library.file_lookup import find_photo_file
from explorer.library.stores.album_store import Album, add_contents_to_album, albums
from explorer.library.stores.edit_store import edit_contents
from explorer.text_format import one_line

FORMAT, VERSION = "photo-explorer-albums", 1
MAX_FILE_BYTES = 500_000_000
"""The largest file that is read: a million photos take about 300 MB."""
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass
class AlbumImport:
    """What was read for one album, or for the favorites."""

    name: str
    photos: int = 0
    """Photos in the file."""
    by_path: int = 0
    """Of these, photos that were found only by their path, because their files have changed."""
    waiting: int = 0
    """Of these, photos that are not in the library yet. They appear once they are indexed."""
    added: int = 0
    """Photos that were not in the album before."""


class _FilePhoto(NamedTuple):
    """A photo in the file."""

    hash: bytes | None
    path: str


def albums_json(catalog: Catalog, chosen: Sequence[Album] | None = None) -> str:
    """These albums as JSON; None: all albums and the favorites. Photos are in the order in which
    the album shows them, the oldest first. Those that are not visible at the moment are included,
    with the last known path, or null."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    found["albums"] = [
        {"name": album.name, "photos": _entries(album_members(catalog, album.id))}
        for album in (albums(catalog) if chosen is None else chosen)
    ]
    if chosen is None:
        found["favourites"] = _entries(favourite_members(catalog))
    # ASCII: names of files may contain what UTF-8 cannot encode.
    return json.dumps(found, indent=1)


def _entries(members: Iterable[Member]) -> list[dict[str, str | None]]:
    return [{"hash": each.hash.hex(), "path": each.path, "title": each.title} for each in members]


def import_albums(catalog: Catalog, text: str | bytes) -> list[AlbumImport]:
    """Add the albums and favorites in a file to the library; existing albums get what they lack.

    Each photo is looked up by its hash and then by its path. Raises UsageError if the text is not
    such a file, before anything is changed.
    """
    listed, marked = _parse(text)
    done = list[AlbumImport]()
    for name, photos in listed:
        report = AlbumImport(name, len(photos))
        hashes = list(_contents(catalog, photos, report))
        _, edit = add_contents_to_album(catalog, name, hashes)
        report.added = edit.photos if edit else 0
        done.append(report)
    if marked:
        report = AlbumImport("Favorites", len(marked))
        hashes = list(_contents(catalog, marked, report))
        edit = edit_contents(catalog, hashes, "Imported favorites", "favourite", [1])
        report.added = edit.photos if edit else 0
        done.append(report)
    return done


def _contents(
    catalog: Catalog, photos: Iterable[_FilePhoto], report: AlbumImport
) -> Iterator[bytes]:
    """The content hashes that the library has, or will have, for these photos."""
    for photo in photos:
        if photo.hash is not None and catalog.photo_id(photo.hash) is not None:
            yield photo.hash
            continue
        here = os.path.isabs(photo.path) and "\0" not in photo.path
        found = find_photo_file(catalog, photo.path) if here else None
        if found is not None:
            report.by_path += 1
            yield bytes.fromhex(found.hash)
        else:
            report.waiting += 1
            if photo.hash is not None:
                yield photo.hash


def _parse(text: str | bytes) -> tuple[list[tuple[str, list[_FilePhoto]]], list[_FilePhoto]]:
    """The albums in a file, and its favorites. Raises UsageError."""
    try:
        if len(text) > MAX_FILE_BYTES:
            raise ValueError("it is too large")
        found = json.loads(text)
        if found.get("format") != FORMAT:
            raise ValueError("it is not a file of albums")
        if found.get("version") != VERSION:
            raise ValueError("it comes from a newer version of this program")
        listed = [(_name(album["name"]), _parsed(album["photos"])) for album in found["albums"]]
        return listed, _parsed(found.get("favourites", []))
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        why = str(error) if type(error) is ValueError else "it is not a file of albums"
        raise UsageError(
            f"The albums cannot be read: {why}. Choose a file that `albums export --json` wrote."
        ) from None


def _name(name: object) -> str:
    if not isinstance(name, str) or not one_line(name).strip():
        raise ValueError("an album has no name")
    return name


def _parsed(photos: Any) -> list[_FilePhoto]:
    return [
        _FilePhoto(
            bytes.fromhex(digest) if _HASH.fullmatch(digest := str(each["hash"])) else None,
            str(each["path"]),
        )
        for each in photos
    ]
