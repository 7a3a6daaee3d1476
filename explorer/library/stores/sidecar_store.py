"""The sidecars beside photos, and what they say: table `sidecar`.

A scan finds them, and the indexing process reads those that are new or changed. Their values are
applied to photos in the same transaction (`sidecar_overlay.py`).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES
from explorer.library.edits.sidecar_overlay import (
    AppliedSidecar,
    apply_sidecars,
    photos_with_sidecars,
    sidecar_key,
    sidecars_of_photo,
    unapplied_photos,
)
from explorer.library.file_rows import FileStat
from explorer.library.stores.photo_text_store import put_texts
from explorer.library.writer import Writer
from explorer.photos.companion_keys import photo_keys
from explorer.photos.metadata.sidecar_content import SIDECAR_VERSION, SidecarContent
from explorer.photos.stacks import normalized_name


class KnownSidecar(NamedTuple):
    """A sidecar as the catalog knows it."""

    id: int
    path: str
    """Relative to its root, as catalog text."""
    key: str
    """The key under which photos find it (`photos/companion_keys.py`)."""
    size: int
    mtime_ns: int
    version: int
    """The SIDECAR_VERSION with which it was read."""

    @property
    def folder(self) -> str:
        """The folder that it is in, relative to the root; '' for the root itself."""
        return self.path.rpartition("/")[0]

    def matches(self, seen: FileStat) -> bool:
        """Whether it need not be read again."""
        return (self.size, self.mtime_ns, self.version) == (
            seen.size,
            seen.mtime_ns,
            SIDECAR_VERSION,
        )


class ReadSidecar(NamedTuple):
    """A sidecar that was read."""

    root_id: int
    seen: FileStat
    content: SidecarContent
    problem: str = ""
    """Why it could not be read, in words; '' if it could."""


def known_sidecars(
    writer: Writer, root_id: int, folder: str, *, recursive: bool
) -> dict[str, KnownSidecar]:
    """The known sidecars in a folder of a root, by path. folder: relative, as catalog text; '' for
    the root. recursive: also those in its subfolders."""
    # '0' follows '/' in ASCII. This is a range, so the index on folders can be used.
    below = "?2 = '' or folder = ?2 or (folder > ?2 || '/' and folder < ?2 || '0')"
    rows = writer.connection.execute(
        "select id, path, key, size, mtime_ns, version from sidecar where root_id = ?1 and"
        f" ({below if recursive else 'folder = ?2'})",
        (root_id, folder),
    )
    return {row[1]: KnownSidecar(*row) for row in rows}


def put_sidecars(writer: Writer, read: Collection[ReadSidecar]) -> None:
    """Store what sidecars say, and apply it to their photos."""
    changed = defaultdict[tuple[int, str], set[str]](set)
    with writer.transaction():
        for each in read:
            key = sidecar_key(each.seen.path)
            if key is None:
                continue
            changed[each.root_id, each.seen.folder].add(key)
            writer.connection.execute(
                "insert into sidecar (root_id, path, folder, key, size, mtime_ns, version, content,"
                " problem) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (root_id, path) do update"
                " set key = excluded.key, size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " version = excluded.version, content = excluded.content,"
                " problem = excluded.problem",
                (
                    each.root_id, each.seen.path, each.seen.folder, key,
                    each.seen.size, each.seen.mtime_ns, SIDECAR_VERSION,
                    each.content.packed(), each.problem,
                ),
            )  # fmt: skip
        _apply(writer, changed)


def drop_sidecars(writer: Writer, root_id: int, gone: Collection[KnownSidecar]) -> None:
    """Forget sidecars that are no longer there; their photos lose the values from them."""
    changed = defaultdict[tuple[int, str], set[str]](set)
    with writer.transaction():
        for each in gone:
            writer.connection.execute("delete from sidecar where id = ?", (each.id,))
            changed[root_id, each.folder].add(each.key)
        _apply(writer, changed)


def sidecars_of(catalog: Catalog, photo_id: int) -> list[AppliedSidecar]:
    """The sidecars of a photo's present files, those that take precedence first."""
    with catalog.reading() as db:
        return sidecars_of_photo(db, photo_id)


def unapplied_sidecars(catalog: Catalog) -> list[int]:
    """The ids of photos whose values are not what their sidecars say."""
    with catalog.reading() as db:
        return list(unapplied_photos(db, photos_with_sidecars(db)))


def _apply(writer: Writer, changed: Mapping[tuple[int, str], set[str]]) -> None:
    """Apply sidecars that changed to their photos.

    changed: for each folder (root id, path), the keys under which photos find these sidecars.
    """
    db = writer.connection
    with writer.transaction() as change:
        for (root_id, folder), keys in sorted(changed.items()):
            files = db.execute(
                "select path, photo_id from file where root_id = ? and folder = ? and"
                " state = 'present'",
                (root_id, folder),
            ).fetchall()
            concerned = {
                photo_id
                for path, photo_id in files
                if not keys.isdisjoint(photo_keys(normalized_name(path.rpartition("/")[2]), {}))
            }
            _touch(db, apply_sidecars(db, sorted(concerned)), change)


def _touch(db: sqlite3.Connection, photo_ids: list[int], change: int) -> None:
    """Make readers notice that these photos changed, and make their texts searchable."""
    for some in chunks(photo_ids, MAX_BOUND_VALUES):
        db.execute(
            f"update photo set change = ? where id in ({','.join('?' * len(some))})",
            (change, *some),
        )
    put_texts(db, photo_ids, change)
