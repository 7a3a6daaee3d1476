"""All contents in an album, and all favorites, whether or not they are visible.

`album_store.py` has those that pages show. A backup needs the others, too: photos whose files are
missing, and contents that are not in the library yet.
"""

from __future__ import annotations

from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.edits.edit_fields import unpack
from explorer.library.paths import join

_MEMBERS = (
    "select m.hash, p.title, f.path, r.path root, e.edited from {contents} m left join photo p on"
    " p.hash = m.hash left join photo_edit e on e.hash = m.hash left join file f on f.id ="
    # The file that is shown, or else the one that was seen last.
    " (select g.id from file g join root s on s.id = g.root_id where g.photo_id = p.id order by"
    " g.state = 'present' desc, s.state = 'offline' or g.gone_at is not null, g.gone_at desc, g.id"
    " limit 1) left join root r on r.id = f.root_id where {condition} order by {order}, m.hash"
)


class Member(NamedTuple):
    """A content in an album, or a favorite."""

    hash: bytes
    path: str | None
    """The absolute path of its file, or the last known one; None if no file is known."""
    title: str | None


def album_members(catalog: Catalog, album_id: int) -> list[Member]:
    """The contents in an album, the oldest first, and at the end those not in the library."""
    order = "p.id is null, p.taken_at, p.id"
    return _members(catalog, "album_photo", "m.album_id = ?", order, album_id)


def favourite_members(catalog: Catalog) -> list[Member]:
    """The favorites, the newest first, and at the end those not in the library."""
    visible = _members(catalog, "photo", "m.favourite", "m.taken_at desc, m.id desc")
    return visible + _members(catalog, "photo_edit", "p.id is null", "m.hash", favourites_only=True)


def _members(
    catalog: Catalog,
    contents: str,
    condition: str,
    order: str,
    *values: int,
    favourites_only: bool = False,
) -> list[Member]:
    """contents: a table with content hashes. favourites_only: leave out contents that the user has
    not marked as favorites."""
    sql = _MEMBERS.format(contents=contents, condition=condition, order=order)
    found = list[Member]()
    with catalog.reading() as db:
        for row in db.execute(sql, values):
            edited, title = unpack(row["edited"]), row["title"]
            if favourites_only and edited.get("favourite") != [1]:
                continue
            typed = edited.get("title", [None])[0]
            path = None if row["path"] is None else join(row["root"], row["path"])
            found.append(
                Member(row["hash"], path, title or (typed if isinstance(typed, str) else None))
            )
    return found
