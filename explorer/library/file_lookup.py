"""What the catalog knows of the file at an absolute path."""

from __future__ import annotations

import os
from dataclasses import dataclass

from explorer.errors import Fault
from explorer.library.catalog import Catalog
from explorer.library.file_rows import KnownFile
from explorer.library.paths import from_text, inside, to_text


@dataclass(frozen=True)
class CatalogFile:
    """A file as the catalog knows it. root: the watched folder's path. hash: of its content, hex.
    file: its row, for the writer.

    fault: of one that could not be read as a photo, whose fault that is; None where it is not
    known.
    """

    root: str
    hash: str
    file: KnownFile
    fault: Fault | None = None


def find_photo_file(catalog: Catalog, path: str) -> CatalogFile | None:
    """What the catalog knows of the photo file at this absolute path; None where it knows none."""
    found = find_file(catalog, path)
    return found if found is not None and found.hash else None


def find_unreadable_file(catalog: Catalog, path: str) -> CatalogFile | None:
    """What the catalog knows of the file at this absolute path that could not be read as a photo
    (its hash is empty); None for others."""
    found = find_file(catalog, path)
    return found if found is not None and found.file.state == "failed" else None


def find_file(catalog: Catalog, path: str) -> CatalogFile | None:
    with catalog.reading() as db:
        for root_id, text in db.execute("select id, path from root").fetchall():
            root = from_text(text)
            if not inside(path, root):
                continue
            relative = to_text(os.path.relpath(path, root).replace(os.sep, "/"))
            row = db.execute(
                "select f.id, f.root_id, f.path, f.size, f.mtime_ns, f.inode, f.state, f.photo_id, p.hash, f.fault from file f"
                " left join photo p on p.id = f.photo_id where f.root_id = ? and f.path = ?",
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
