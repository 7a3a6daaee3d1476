"""The files that groups of duplicates are made of: rows of `file`, `photo` and `root` joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES
from explorer.library.edits.edit_fields import EDIT_JOIN, in_file
from explorer.library.paths import join
from explorer.library.system_folders import system_folder_of_file
from explorer.photos.containers.contents import FileContents
from explorer.photos.decoded_photo import Precision


class DuplicateRow(NamedTuple):
    """A present file and the facts of its photo that distinguish duplicates."""

    file_id: int
    photo_id: int
    hash: str
    """The hash of the content, in hex."""
    root: str
    """Path of its root, as catalog text."""
    path: str
    """Absolute."""
    bytes: int
    inode: int
    mtime_ns: int
    width: int
    height: int
    format: str
    taken_at: str | None
    taken_source: str | None
    camera: str | None
    metadata: int
    """How many of position, camera, lens, exposure settings and date its metadata has."""
    contents: FileContents | None
    """Further contents of the file besides its picture; None if it was indexed before they were
    read."""
    taken_precision: Precision | None = None


_METADATA = " + ".join(
    f"(p.{name} is not null)"
    for name in ("camera", "lens", "exposure_time", "f_number", "iso", "focal_length")
) + (
    f" + ({in_file('latitude')} is not null)"
    f" + (coalesce({in_file('taken_source')}, 'file') <> 'file')"
)


_COPIES = f"""select f.id, p.id, p.hash, r.path, f.path, f.size, f.inode, f.mtime_ns, p.width,
p.height, p.format, {in_file("taken_at")},
 {in_file("taken_source")}, p.camera, {_METADATA}, p.contents, {in_file("taken_precision")}
 from file f join photo p on p.id = f.photo_id join root r on r.id = f.root_id
 {EDIT_JOIN}
 where f.state = 'present' and"""


def duplicate_rows(
    catalog: Catalog, photo_ids: Iterable[int] | None = None, *, all_folders: bool = False
) -> list[DuplicateRow]:
    """The present files of these photos, by file id; without ids, those of all photos that have
    several files.

    all_folders: include folders that a system or another program manages itself, where nothing is
    removed and no file is a keeper.
    """
    rows = list[DuplicateRow]()
    with catalog.reading() as db:
        if photo_ids is None:
            found: Iterator[Sequence[object]] = db.execute(_COPIES + " p.present > 1")
            rows += map(_copy, found)
        else:
            wanted = sorted(set(photo_ids))
            for some in chunks(wanted, MAX_BOUND_VALUES):
                rows += map(
                    _copy, db.execute(_COPIES + f" p.id in ({','.join('?' * len(some))})", some)
                )
    if not all_folders:
        rows = [row for row in rows if system_folder_of_file(row.path) is None]
    if photo_ids is None:
        number = Counter(row.photo_id for row in rows)
        rows = [row for row in rows if number[row.photo_id] > 1]
    return sorted(rows, key=lambda row: row.file_id)


def _copy(row: Sequence[object]) -> DuplicateRow:
    file_id, photo_id, digest, root, path, *rest, contents, precision = row
    facts = (file_id, photo_id, digest.hex(), str(root), join(str(root), str(path)), *rest)  # type: ignore[attr-defined]
    return DuplicateRow(*facts, contents=_contents(contents), taken_precision=precision)  # type: ignore[misc, arg-type]


def _contents(stored: object) -> FileContents | None:
    try:
        return FileContents.unpacked(stored) if isinstance(stored, str) else None
    except ValueError:
        # Written by another release, or damaged: treated as unknown.
        return None


def contents_of(catalog: Catalog, digest: str) -> FileContents | None:
    """Further contents of files with this content; None if unknown. digest: hex."""
    with catalog.reading() as db:
        row = db.execute(
            "select contents from photo where hash = ?", (bytes.fromhex(digest),)
        ).fetchone()
    return _contents(row[0]) if row else None


def taken_times(catalog: Catalog) -> dict[int, str]:
    """Photo id → when it was taken, for visible photos whose files have a date to the minute. The
    times of files and the dates that users set are ignored."""
    with catalog.reading() as db:
        rows = db.execute(
            f"select p.id, {in_file('taken_at')} as taken from photo p {EDIT_JOIN} where p.present"
            f" > 0 and taken is not null and {in_file('taken_source')} <> 'file'"
            f" and coalesce({in_file('taken_precision')}, 'second') in ('minute', 'second')"
        )
        return {row[0]: row[1] for row in rows}


def formats_of(catalog: Catalog, digests: Iterable[str]) -> set[str]:
    """The formats of the photos with these content hashes (hex), as far as they are known."""
    found = set[str]()
    with catalog.reading() as db:
        for digest in digests:
            row = db.execute(
                "select format from photo where hash = ?", (bytes.fromhex(digest),)
            ).fetchone()
            found |= {row[0]} if row and row[0] else set()
    return found
