"""What the catalog knows about the file at an absolute path."""

from __future__ import annotations

import os
from dataclasses import dataclass

from explorer.errors import Fault
from explorer.library.catalog import Catalog
from explorer.library.file_rows import KnownFile
from explorer.library.paths import from_text, inside, join, to_text


@dataclass(frozen=True)
class CatalogFile:
    """A file in the catalog."""

    root: str
    """Absolute path of its root."""
    hash: str
    """The hash of its content, in hex; '' if it could not be read."""
    file: KnownFile
    fault: Fault | None = None
    """Why it could not be read; None if it could, or if that is not known."""


def find_photo_file(catalog: Catalog, path: str) -> CatalogFile | None:
    """The photo file at an absolute path; None if the catalog has none there."""
    found = find_file(catalog, path)
    return found if found is not None and found.hash else None


def find_unreadable_file(catalog: Catalog, path: str) -> CatalogFile | None:
    """The file at an absolute path that could not be read as a photo; None if the catalog has
    none there."""
    found = find_file(catalog, path)
    return found if found is not None and found.file.state == "failed" else None


def find_file(catalog: Catalog, path: str) -> CatalogFile | None:
    """The file at an absolute path, in any state; None if the catalog has none there."""
    with catalog.reading() as db:
        for root_id, text in db.execute("select id, path from root").fetchall():
            root = from_text(text)
            if not inside(path, root):
                continue
            relative = to_text(os.path.relpath(path, root).replace(os.sep, "/"))
            row = db.execute(
                "select f.id, f.root_id, f.path, f.size, f.mtime_ns, f.inode, f.state, f.photo_id,"
                " p.hash, f.fault from file f left join photo p on p.id = f.photo_id where"
                " f.root_id = ? and f.path = ?",
                (root_id, relative),
            ).fetchone()
            if row is not None:
                return CatalogFile(
                    root,
                    row["hash"].hex() if row["hash"] else "",
                    KnownFile(*tuple(row)[:8]),
                    row["fault"],
                )
    return None


def paths_with_content(catalog: Catalog, digest: str) -> list[str]:
    """The absolute paths of the files that have this content hash (hex), as far as the catalog
    knows; an empty list if that is not a hash."""
    try:
        content = bytes.fromhex(digest)
    except ValueError:
        return []
    with catalog.reading() as db:
        rows = db.execute(
            "select r.path, f.path from photo p join file f on f.photo_id = p.id and f.state ="
            " 'present' join root r on r.id = f.root_id where p.hash = ? order by f.id",
            (content,),
        ).fetchall()
    return [join(*row) for row in rows]
