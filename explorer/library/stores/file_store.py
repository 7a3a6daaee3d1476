"""The files of each root, with their state: table `file`. `missing_files.py` handles those that are
no longer at their path."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from explorer.errors import Fault
from explorer.library.file_rows import KNOWN_FILE_COLUMNS, FileStat, KnownFile
from explorer.library.stores.photo_store import update_file_counts
from explorer.library.writer import Writer


def files_below(writer: Writer, root_id: int, folder: str = "") -> dict[str, KnownFile]:
    """The known files in a folder of a root and its subfolders, by path. folder: relative, as
    catalog text; '' for the whole root."""
    # '0' follows '/' in ASCII. This is a range, so the index on folders can be used.
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where root_id = ?1 and"
        " (?2 = '' or folder = ?2 or (folder > ?2 || '/' and folder < ?2 || '0'))",
        (root_id, folder),
    )
    return {row[2]: KnownFile(*row) for row in rows}


def files_in_folder(writer: Writer, root_id: int, folder: str) -> dict[str, KnownFile]:
    """The known files in a folder, without its subfolders, by path."""
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where root_id = ? and folder = ?",
        (root_id, folder),
    )
    return {row[2]: KnownFile(*row) for row in rows}


def put_present(writer: Writer, root_id: int, file: FileStat, photo_id: int) -> None:
    """Record that this file holds that photo, whatever it held before."""
    _put(writer, root_id, file, "present", photo_id=photo_id)


def put_failed(
    writer: Writer, root_id: int, file: FileStat, reason: str, fault: Fault | None = None
) -> None:
    """Record that this file could not be read as a photo. reason: in words. fault: its kind; None
    if unknown."""
    _put(writer, root_id, file, "failed", reason=reason, fault=fault)


def _put(
    writer: Writer,
    root_id: int,
    file: FileStat,
    state: str,
    *,
    reason: str | None = None,
    photo_id: int | None = None,
    fault: Fault | None = None,
) -> None:
    db = writer.connection
    with writer.transaction():
        held = db.execute(
            "select photo_id from file where root_id = ? and path = ?", (root_id, file.path)
        ).fetchone()
        db.execute(
            "insert into file (root_id, path, folder, size, mtime_ns, inode, ctime_ns, state,"
            " reason, photo_id, fault, seen_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (root_id, path) do update set size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, inode = excluded.inode, ctime_ns = excluded.ctime_ns,"
            " state = excluded.state, reason = excluded.reason, photo_id = excluded.photo_id,"
            " fault = excluded.fault, seen_at = excluded.seen_at, gone_at = null",
            (
                root_id, file.path, file.folder, file.size, file.mtime_ns, file.inode,
                file.ctime_ns, state, reason, photo_id, fault, time.time(),
            ),
        )  # fmt: skip
        update_file_counts(writer, {i for i in (photo_id, held and held[0]) if i})


def put_moved(writer: Writer, file: KnownFile, root_id: int, to: FileStat) -> None:
    """Record that a known file was moved: same row, same photo, nothing to encode."""
    put_all_moved(writer, [(file, root_id, to)])


def put_all_moved(writer: Writer, moves: Sequence[tuple[KnownFile, int, FileStat]]) -> None:
    """Record that known files were moved, as (file, new root id, new place). They may have swapped
    paths."""
    db = writer.connection
    with writer.transaction():
        # Rename all out of the way first, so that none is mistaken for the file that another one
        # overwrites.
        db.executemany(
            "update file set path = '//' || id where id = ?", ((file.id,) for file, _, _ in moves)
        )
        photos = {file.photo_id for file, _, _ in moves}
        for file, root_id, to in moves:
            # A file at the new place was overwritten on disk, and so is its row.
            held = db.execute(
                "delete from file where root_id = ? and path = ? returning photo_id",
                (root_id, to.path),
            ).fetchone()
            photos.add(held and held[0])
            db.execute(
                "update file set root_id = ?, path = ?, folder = ?, size = ?, mtime_ns = ?,"
                " inode = ?, ctime_ns = ?, state = 'present', reason = null, seen_at = ?,"
                " gone_at = null where id = ?",
                (
                    root_id, to.path, to.folder, to.size, to.mtime_ns, to.inode, to.ctime_ns,
                    time.time(), file.id,
                ),
            )  # fmt: skip
        update_file_counts(writer, (photo for photo in photos if photo))


def put_missing(
    writer: Writer, files: Iterable[KnownFile], reason: str | None = None, ago: float = 0.0
) -> None:
    """Record that these files are missing or, with the reason EXCLUDED, hidden by an exclusion
    rule. Their photos are kept for when they come back; rows of files that could not be read are
    deleted.

    ago: seconds since they disappeared.
    """
    record_gone(writer, files, "missing", reason, time.time() - ago)


def record_gone(
    writer: Writer, files: Iterable[KnownFile], state: str, reason: str | None, gone_at: float
) -> None:
    """Record that files disappeared, and in which state they are kept: `missing`, or `present` if
    they are still shown. Rows of files that could not be read are deleted.

    gone_at: when they disappeared, in Unix seconds.
    """
    with writer.transaction():
        photos = set[int]()
        for file in files:
            if file.photo_id is None:
                writer.connection.execute("delete from file where id = ?", (file.id,))
            else:
                writer.connection.execute(
                    "update file set state = ?, reason = ?, gone_at = ? where id = ?",
                    (state, reason, gone_at, file.id),
                )
                photos.add(file.photo_id)
        update_file_counts(writer, photos)
