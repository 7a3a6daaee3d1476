"""The catalog: the SQLite database that is authoritative for every photo, file and vector. This
module opens and reads it; the `*_store` modules write their tables."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES, connect
from explorer.library.durable_io import explain, flush
from explorer.library.migrations import migrate
from explorer.library.paths import from_text, join
from explorer.library.queries.encoder_counts import EncoderCount, EncoderCounts
from explorer.library.queries.filters import Filters, sql_condition
from explorer.library.rows import Counts, FileRow, FolderRow, PhotoRow, RootRow, to_photo_row

Ids = npt.NDArray[np.int64]


class VectorChange(NamedTuple):
    """A changed photo: its vector, float16 of shape (dim,), or None if it is hidden or purged."""

    photo_id: int
    vector: npt.NDArray[np.float16] | None


class Catalog:
    """Read access to the catalog, from any number of threads. Opening it creates or migrates the
    schema; after that, SQLite refuses every change through it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._encoder_counts = EncoderCounts()
        try:
            self._idle.append(_connect_migrated(path))
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            raise explain(error, path.parent) or error from error

    def sync(self) -> None:
        """Wait until every commit is on disk: until then, a power cut may undo the latest ones."""
        with contextlib.suppress(FileNotFoundError):
            # Every commit since the last checkpoint is in this file, and a checkpoint waits for the
            # disk by itself.
            flush(self.path.with_name(self.path.name + "-wal"))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection for the duration of the block. Connections are pooled, because the
        server's threads come and go."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or connect(self.path, read_only=True)
        try:
            yield connection
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise explain(error, self.path.parent) or error from error
        finally:
            with self._lock:
                if self._closed:
                    connection.close()
                else:
                    self._idle.append(connection)

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        with self.reading() as db:
            return db.execute(sql, values).fetchall()

    def _row(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        with self.reading() as db:
            return cast("sqlite3.Row | None", db.execute(sql, values).fetchone())

    # --- what has changed

    def change(self) -> int:
        """A number that grows with every change a reader can see."""
        return int(self._rows("select change from clock")[0][0])

    def changes_since(self, encoder_id: int, change: int) -> Iterator[VectorChange]:
        """The changes that a vector index at change number `change` must apply, oldest first."""
        with self.reading() as db:
            rows = db.execute(
                "select p.id, p.present, e.vector from photo p left join embedding e on e.photo_id"
                " = p.id and e.encoder_id = ?"
                " where p.change > ? order by p.change, p.id",
                (encoder_id, change),
            )
            for photo_id, present, blob in rows:
                yield VectorChange(
                    photo_id, np.frombuffer(blob, np.float16) if blob and present else None
                )
            for (photo_id,) in db.execute(
                "select photo_id from purged where change > ?", (change,)
            ):
                yield VectorChange(photo_id, None)

    def encoder_id(self, name: str, version: str) -> int | None:
        """The id of an encoder; None if it was never used in this library."""
        row = self._row("select id from encoder where name = ? and version = ?", (name, version))
        return int(row[0]) if row else None

    def encoders(self) -> list[EncoderCount]:
        """The encoders used in this library, most vectors first."""
        with self.reading() as db:
            return self._encoder_counts.all(db)

    def encoders_in_use(self) -> list[str]:
        """The names of the encoders with vectors of visible photos, most vectors first."""
        with self.reading() as db:
            return self._encoder_counts.in_use(db)

    # --- photos

    def photo_id(self, digest: bytes) -> int | None:
        """The id of the photo with that content hash, visible or not, or None if it is not
        known."""
        row = self._row("select id from photo where hash = ?", (digest,))
        return int(row[0]) if row else None

    def has_photos(self) -> bool:
        """Whether any photo is visible. Unlike `counts`, this is fast in a library of any size."""
        return bool(self._rows("select exists (select 1 from photo where present > 0)")[0][0])

    def counts(self) -> Counts:
        """The numbers of photos and files in the library."""
        with self.reading() as db:
            (photos,) = db.execute("select count(*) from photo where present > 0").fetchone()
            files, size = db.execute(
                "select count(*), coalesce(sum(size), 0) from file where state = 'present'"
            ).fetchone()
            (failed,) = db.execute("select count(*) from file where state = 'failed'").fetchone()
            # Excluded files are not counted.
            (missing,) = db.execute(
                "select count(*) from file where state = 'missing' and reason is null"
            ).fetchone()
        return Counts(photos, files, failed, missing, size)

    def photo(self, photo_id: int) -> PhotoRow | None:
        """One visible photo, or None."""
        return self.photos([photo_id]).get(photo_id)

    def photos(self, ids: Iterable[int]) -> dict[int, PhotoRow]:
        """The visible photos among these ids."""
        wanted, found = [int(i) for i in ids], dict[int, PhotoRow]()
        for some in chunks(wanted, MAX_BOUND_VALUES):
            # Of several copies, the one with the smallest id on a connected drive is shown.
            rows = self._rows(
                "select p.*, r.path root, r.state root_state, f.path file_path,"
                " f.gone_at, min((r.state = 'offline' or f.gone_at is not null) * 1000000000000 +"
                " f.id) from photo p"
                " join file f on f.photo_id = p.id and f.state = 'present' join root r on r.id ="
                " f.root_id"
                f" where p.present > 0 and p.id in ({','.join('?' * len(some))}) group by p.id",
                some,
            )
            found.update((row["id"], to_photo_row(row)) for row in rows)
        return {i: found[i] for i in wanted if i in found}

    def files_of(self, photo_id: int) -> list[FileRow]:
        """Every file with this content, present ones first."""
        return self._files(
            "f.photo_id = ?", [photo_id], "f.state = 'present' desc, f.gone_at is not null, f.id"
        )

    def failures(
        self, offset: int = 0, limit: int = 1_000_000_000, reasons: Sequence[str] | None = None
    ) -> list[FileRow]:
        """Files that could not be read as photos, by reason and path. reasons: only those that
        failed for one of these."""
        some = (
            ""
            if reasons is None
            else f" and coalesce(f.reason, '') in ({','.join('?' * len(reasons))})"
        )
        return self._files(
            f"f.state = 'failed'{some}",
            list(reasons or ()),
            f"f.reason, r.path, f.path limit {int(limit)} offset {int(offset)}",
        )

    def _files(self, condition: str, values: list[object], order: str) -> list[FileRow]:
        rows = self._rows(
            "select f.*, r.path root, r.state root_state from file f join root r on r.id ="
            f" f.root_id where {condition} order by {order}",
            values,
        )
        return [
            FileRow(
                id=row["id"],
                photo_id=row["photo_id"],
                path=join(row["root"], row["path"]),
                size=row["size"],
                mtime=row["mtime_ns"] / 1e9,
                state=row["state"],
                reason=row["reason"],
                fault=row["fault"],
                away=row["root_state"] == "offline" or row["gone_at"] is not None,
            )
            for row in rows
        ]

    def matching(self, filters: Filters | None = None) -> Ids:
        """Ids of the visible photos that match, newest first (by the date taken; photos without one
        last)."""
        condition, values = sql_condition(filters, self.root_paths() if filters else {})
        rows = self._rows(
            f"select p.id from photo p where {condition} order by p.taken_at desc, p.id desc",
            values,
        )
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    # --- folders

    def root_paths(self, *, offline: bool = False) -> dict[int, str]:
        """The watched folders by id, in the order of their paths. offline: only those that cannot
        be reached."""
        where = "where state = 'offline'" if offline else ""
        rows = self._rows(f"select id, path from root {where} order by path")
        return {row["id"]: from_text(row["path"]) for row in rows}

    def roots(self) -> list[RootRow]:
        """The watched folders with their file counts, by path; takes 5 ms for 100,000 files."""
        rows = self._rows(
            "select r.*, (select count(*) from file where root_id = r.id and state = 'present')"
            " photos,"
            " (select count(*) from file where root_id = r.id and state = 'failed') failed,"
            " (select count(*) from file where root_id = r.id and state = 'present' and gone_at is"
            " not null) away,"
            " (select count(*) from file where root_id = r.id and state = 'present' and gone_at >"
            " coalesce(r.kept_at, 0)) asking,"
            " (select count(*) from file where root_id = r.id and state = 'missing' and reason is"
            " not null) left_out"
            " from root r order by r.path"
        )
        return [
            RootRow(
                id=row["id"],
                path=from_text(row["path"]),
                state=row["state"],
                photos=row["photos"],
                failed=row["failed"],
                away=row["photos"] if row["state"] == "offline" else row["away"],
                asking=row["asking"],
                left_out=row["left_out"],
                exclude=json.loads(row["exclude"]),
                device=row["device"],
                mounts=json.loads(row["mounts"]),
                kept_at=row["kept_at"],
                problem=row["problem"],
                watching=row["watching"],
                scanned_at=row["scanned_at"],
            )
            for row in rows
        ]

    def folders(self) -> list[FolderRow]:
        """The folders that directly hold visible photos, by path."""
        rows = self._rows(
            "select r.path root, f.folder, count(distinct f.photo_id) n from file f join root r on"
            " r.id = f.root_id"
            " where f.state = 'present' group by f.root_id, f.folder"
        )
        found = [FolderRow(path=join(row["root"], row["folder"]), photos=row["n"]) for row in rows]
        return sorted(found, key=lambda folder: folder["path"])


def _connect_migrated(path: Path) -> sqlite3.Connection:
    """A read-only connection to a catalog that has this release's schema."""
    connection = connect(path)
    try:
        # Two processes that open a new library at once must not both create its tables.
        migrate(connection, FileLock(path.with_name("migrate.lock")))
        connection.execute("pragma query_only = on")
    except BaseException:
        connection.close()
        raise
    return connection
