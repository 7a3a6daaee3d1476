"""Files that are not where they were: which of them lie elsewhere now, which are kept for when they
come back, and for how long."""

from __future__ import annotations

import time
from collections.abc import Iterable

from explorer.library.file_rows import EXCLUDED, KNOWN_FILE_COLUMNS, FileStat, KnownFile
from explorer.library.photo_store import update_file_counts
from explorer.library.writer import Writer

# Missing files are remembered for so many seconds. Whatever comes back meanwhile has its id, its
# vectors and the person's decisions as before, without being read as a picture again.
KEEP = 90 * 86_400.0


def like(writer: Writer, seen: FileStat) -> list[KnownFile]:
    """Known photo files with this inode, size and time, wherever they are said to be."""
    if not seen.inode:
        return []
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where inode = ? and size = ? and mtime_ns = ? and photo_id is not null",
        (seen.inode, seen.size, seen.mtime_ns),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def holding(writer: Writer, photo_id: int) -> list[KnownFile]:
    """The files that hold a content, or held it when they were last seen."""
    return [
        KnownFile(*row)
        for row in writer.connection.execute(
            f"select {KNOWN_FILE_COLUMNS} from file f where photo_id = ? order by id", (photo_id,)
        ).fetchall()
    ]


def present(writer: Writer, root_id: int) -> int:
    """How many photo files of a root the library shows, away or not."""
    return int(
        writer.connection.execute(
            "select count(*) from file where root_id = ? and state = 'present'", (root_id,)
        ).fetchall()[0][0]
    )


def just_missing(writer: Writer, root_id: int, within: float) -> list[KnownFile]:
    """Files of a root that went missing in the last so many seconds."""
    now = time.time()
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where root_id = ? and gone_at between ? and ? and state = 'missing' and reason is null",
        (root_id, now - within, now),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def away(writer: Writer, root_id: int, since: float = 0.0) -> list[KnownFile]:
    """Files of a root that vanished after `since` (Unix seconds) and are kept."""
    rows = writer.connection.execute(
        f"select {KNOWN_FILE_COLUMNS} from file f where root_id = ? and gone_at > ? and state = 'present'",
        (root_id, since),
    ).fetchall()
    return [KnownFile(*row) for row in rows]


def put_away(writer: Writer, files: Iterable[KnownFile]) -> None:
    """These files are not there, but are kept: still searchable, shown by their previews."""
    with writer.transaction():
        photos = set[int]()
        for file in files:
            if file.photo_id is None:
                writer.connection.execute("delete from file where id = ?", (file.id,))
            else:
                writer.connection.execute(
                    "update file set state = 'present', reason = null, gone_at = ? where id = ?",
                    (time.time(), file.id),
                )
                photos.add(file.photo_id)
        update_file_counts(writer, photos)


def put_back(writer: Writer, files: Iterable[KnownFile]) -> None:
    """These files are there after all, as they were."""
    with writer.transaction():
        photos = set[int]()
        for file in files:
            writer.connection.execute(
                "update file set state = 'present', reason = null, gone_at = null, seen_at = ? where id = ?",
                (time.time(), file.id),
            )
            if file.photo_id is not None:
                photos.add(file.photo_id)
        update_file_counts(writer, photos)


def note_change_times(writer: Writer, times: Iterable[tuple[int, int]]) -> None:
    """Unchanged files whose ctime was not known, or is another one without anything to be concluded
    from it: (ctime in ns, file id)."""
    with writer.transaction():
        writer.connection.executemany("update file set ctime_ns = ? where id = ?", times)


def keep(writer: Writer, root_id: int) -> None:
    """The person says that what vanished from this root will be back: nobody asks about it again."""
    writer.connection.execute("update root set kept_at = ? where id = ?", (time.time(), root_id))


def purge_old(writer: Writer, now: float | None = None) -> int:
    """Forget what has been missing for longer than KEEP, on drives that are connected; gives the
    number of files.

    What a rule leaves out is kept for as long as the rule stands.
    """
    old = "state = 'missing' and gone_at < ? and reason is not ? and root_id in (select id from root where state = 'online')"
    values = ((time.time() if now is None else now) - KEEP, EXCLUDED)
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
