"""Find where missing files were moved, and keep their rows of `file` in case they return."""

from __future__ import annotations

import time
from collections.abc import Iterable

from explorer.library.file_rows import EXCLUDED, KNOWN_FILE_COLUMNS, FileStat, KnownFile
from explorer.library.stores.file_store import record_gone
from explorer.library.stores.photo_store import update_file_counts
from explorer.library.writer import Writer

# Missing files are kept for this many seconds. A file that comes back within that time keeps its
# id, vectors and decisions, and is not decoded again.
RETENTION = 90 * 86_400.0


def files_like(writer: Writer, seen: FileStat) -> list[KnownFile]:
    """Known photo files with this inode, size and mtime, in any root."""
    if not seen.inode:
        return []
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f"
        " where inode = ? and size = ? and mtime_ns = ? and photo_id is not null",
        (seen.inode, seen.size, seen.mtime_ns),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def files_of_photo(writer: Writer, photo_id: int) -> list[KnownFile]:
    """The files with the content of a photo, now or when last seen, by id."""
    return [
        KnownFile(*row)
        for row in writer.connection.execute(
            f"select {KNOWN_FILE_COLUMNS} from file f where photo_id = ? order by id", (photo_id,)
        ).fetchall()
    ]


def count_present(writer: Writer, root_id: int) -> int:
    """How many files of a root are present, vanished ones included."""
    return int(
        writer.connection.execute(
            "select count(*) from file where root_id = ? and state = 'present'", (root_id,)
        ).fetchall()[0][0]
    )


def recently_missing(writer: Writer, root_id: int, within: float) -> list[KnownFile]:
    """Files of a root that went missing within this many seconds."""
    now = time.time()
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where root_id = ?"
        " and gone_at between ? and ? and state = 'missing' and reason is null",
        (root_id, now - within, now),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def vanished_files(writer: Writer, root_id: int, since: float) -> list[KnownFile]:
    """Files of a root that vanished after `since` (Unix seconds) and are still shown."""
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f"
        " where root_id = ? and gone_at > ? and state = 'present'",
        (root_id, since),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def put_vanished(writer: Writer, files: Iterable[KnownFile]) -> None:
    """Record that files vanished but are still shown: searchable, by their previews."""
    record_gone(writer, files, "present", None, time.time())


def put_found_again(writer: Writer, files: Iterable[KnownFile]) -> None:
    """Record that files still exist, unchanged."""
    with writer.transaction():
        photos = set[int]()
        for file in files:
            writer.connection.execute(
                "update file set state = 'present', reason = null, gone_at = null, seen_at = ?"
                " where id = ?",
                (time.time(), file.id),
            )
            if file.photo_id is not None:
                photos.add(file.photo_id)
        update_file_counts(writer, photos)


def put_change_times(writer: Writer, times: Iterable[tuple[int, int]]) -> None:
    """Store new ctimes of unchanged files, as (ctime in ns, file id)."""
    with writer.transaction():
        writer.connection.executemany("update file set ctime_ns = ? where id = ?", times)


def keep_vanished(writer: Writer, root_id: int) -> None:
    """Record that the user expects files that vanished from this root to return, so that the
    question is not asked again."""
    writer.connection.execute("update root set kept_at = ? where id = ?", (time.time(), root_id))


def purge_expired(writer: Writer, now: float | None = None) -> int:
    """Delete files on connected drives that have been missing for longer than RETENTION; returns
    their number. Excluded files are kept.

    now: Unix seconds, by default the current time.
    """
    old = (
        "state = 'missing' and gone_at < ? and reason is not ?"
        " and root_id in (select id from root where state = 'online')"
    )
    values = ((time.time() if now is None else now) - RETENTION, EXCLUDED)
    if not writer.connection.execute(f"select 1 from file where {old} limit 1", values).fetchall():
        return 0
    with writer.transaction():
        photos = [
            row[0]
            for row in writer.connection.execute(
                f"delete from file where {old} returning photo_id", values
            ).fetchall()
        ]
        update_file_counts(writer, {photo for photo in photos if photo})
    return len(photos)
