"""The worker's side of the catalog: every change to photos, files and roots, each in one
transaction."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from explorer.errors import Fault, FolderError
from explorer.library.catalog import Catalog, connect
from explorer.library.file_rows import KNOWN, LEFT_OUT, KnownFile, Seen
from explorer.library.paths import as_on_disk, below, from_text, to_text
from explorer.library.rows import Phase
from explorer.photos.decode import DecodedPhoto

__all__ = ["KNOWN", "LEFT_OUT", "KnownFile", "Seen", "Writer", "check_folder", "moved_glob"]

# Seconds to wait for another program that keeps the catalog locked.
PATIENCE = 120.0


class Writer:
    """The one connection that writes. Used by one thread, in the process that holds the library's
    lock."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        # A backup or a look at the catalog with another program may take a while.
        self._db = connect(catalog.path, wait=PATIENCE)
        self._change = 0
        self._purged: list[str] = []
        self._sparing = False

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """All or nothing; gives the change number that the rows written inside carry. Nested blocks
        join the outer one."""
        if self._db.in_transaction:
            yield self._change
            return
        self._db.execute("begin immediate")
        try:
            (self._change,) = self._db.execute(
                "update clock set change = change + 1 returning change"
            ).fetchone()
            yield self._change
            self._db.execute("commit")
        except BaseException:
            # On a full disk SQLite may have rolled back already.
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise

    def run(self, sql: str, values: Sequence[object] = ()) -> None:
        """One statement, for the other files of this package that keep rows of their own."""
        self._db.execute(sql, values)

    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a question gives, as the writing connection sees it."""
        return self._db.execute(sql, values).fetchall()

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement for many rows."""
        self._db.executemany(sql, rows)

    def _insert(self, sql: str, values: Sequence[object]) -> int:
        (new,) = self._db.execute(sql + " returning id", values).fetchone()
        return int(new)

    # --- roots

    def add_root(self, path: str, real: Callable[[str], str] = os.path.realpath) -> int:
        """The id of the root that covers this absolute folder, made if need be; roots below it
        become part of it. real: as `below` has it.

        Raises FolderError where the folder is absent or cannot be listed.
        """
        check_folder(path)
        path = as_on_disk(path)
        roots = [(int(i), from_text(p)) for i, p in self._db.execute("select id, path from root")]
        for root_id, known in roots:
            if below(path, known, real) is not None:
                return root_id
        with self.transaction():
            new = self._insert(
                "insert into root (path, added_at) values (?, ?)", (to_text(path), time.time())
            )
            for root_id, known in roots:
                prefix = below(known, path, real)
                if prefix:
                    self._db.execute(
                        "update file set root_id = ?, path = ? || '/' || path, folder = rtrim(? || '/' || folder, '/') where root_id = ?",
                        (new, prefix, prefix, root_id),
                    )
                    self._take_over_globs(new, root_id, prefix)
                    self._db.execute("delete from root where id = ?", (root_id,))
        return new

    def _take_over_globs(self, new: int, old: int, prefix: str) -> None:
        """What was left out of a folder that becomes part of another stays left out there."""
        mine, its = (
            json.loads(
                self._db.execute("select exclude from root where id = ?", (i,)).fetchone()[0]
            )
            for i in (new, old)
        )
        self.set_globs(new, [*mine, *(moved_glob(glob, prefix) for glob in its)])

    def remove_root(self, path: str) -> None:
        """Forget a root and the photos that lie only there. No photo file is touched."""
        with self.transaction():
            row = self._db.execute(
                "select id from root where path = ?", (to_text(path),)
            ).fetchone()
            if row is None:
                return
            photos = [
                i
                for (i,) in self._db.execute(
                    "select distinct photo_id from file where root_id = ? and photo_id > 0", row
                )
            ]
            self._db.execute("delete from root where id = ?", row)
            self._settle(photos)

    def set_root(
        self,
        root_id: int,
        *,
        state: str | None = None,
        watching: str | None = None,
        scanned: bool = False,
        problem: str | None = None,
        device: str | None = None,
        mounts: Iterable[str] | None = None,
    ) -> None:
        """Note that a root came or went, how it is watched, that it has just been scanned, and what
        was met there.

        problem: what could not be read, in words; '' where all could.
        """
        self._db.execute(
            "update root set state = coalesce(?, state), watching = coalesce(?, watching), scanned_at = coalesce(?, scanned_at),"
            " problem = nullif(coalesce(?, problem), ''), device = coalesce(?, device), mounts = coalesce(?, mounts) where id = ?",
            (
                state, watching, time.time() if scanned else None, problem, device,
                None if mounts is None else json.dumps(sorted(mounts)), root_id,
            ),
        )  # fmt: skip

    def set_globs(self, root_id: int, globs: Sequence[str]) -> None:
        """What is left out of a root, from its next scan on."""
        self._db.execute(
            "update root set exclude = ? where id = ?", (json.dumps(list(globs)), root_id)
        )

    # --- files

    def files_below(self, root_id: int, folder: str = "") -> dict[str, KnownFile]:
        """What the catalog knows of the files at or below a folder (relative, catalog text) of a
        root, by path."""
        # '0' follows '/': a range, so that the index on folders serves.
        rows = self._db.execute(
            f"select {KNOWN} from file f where root_id = ?1 and (?2 = '' or folder = ?2 or (folder > ?2 || '/' and folder < ?2 || '0'))",
            (root_id, folder),
        )
        return {row[2]: KnownFile(*row) for row in rows}

    def files_in(self, root_id: int, folder: str) -> dict[str, KnownFile]:
        """What the catalog knows of the files right in a folder, by path."""
        rows = self._db.execute(
            f"select {KNOWN} from file f where root_id = ? and folder = ?", (root_id, folder)
        )
        return {row[2]: KnownFile(*row) for row in rows}

    def photo_of(self, digest: bytes) -> int | None:
        """The id of the photo with that content hash, if it is known."""
        row = self._db.execute("select id from photo where hash = ?", (digest,)).fetchone()
        return int(row[0]) if row else None

    def put_present(self, root_id: int, seen: Seen, photo_id: int) -> None:
        """This file holds that photo, whatever it held before."""
        self._put(root_id, seen, "present", None, photo_id)

    def put_failed(self, root_id: int, seen: Seen, reason: str, fault: Fault | None = None) -> None:
        """This file could not be read as a photo, for that reason. fault: whose it is; None where
        that is not known."""
        self._put(root_id, seen, "failed", reason, None, fault=fault)

    def _put(
        self,
        root_id: int,
        seen: Seen,
        state: str,
        reason: str | None,
        photo_id: int | None,
        *,
        fault: Fault | None = None,
    ) -> None:
        with self.transaction():
            held = self._db.execute(
                "select photo_id from file where root_id = ? and path = ?", (root_id, seen.path)
            ).fetchone()
            self._db.execute(
                "insert into file (root_id, path, folder, size, mtime_ns, inode, ctime_ns, state, reason, photo_id, fault, seen_at)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (root_id, path) do update set size = excluded.size,"
                " mtime_ns = excluded.mtime_ns, inode = excluded.inode, ctime_ns = excluded.ctime_ns, state = excluded.state,"
                " reason = excluded.reason, photo_id = excluded.photo_id, fault = excluded.fault, seen_at = excluded.seen_at,"
                " gone_at = null",
                (
                    root_id,
                    seen.path,
                    seen.path.rpartition("/")[0],
                    *seen[1:],
                    state,
                    reason,
                    photo_id,
                    fault,
                    time.time(),
                ),
            )
            self._settle({i for i in (photo_id, held and held[0]) if i})

    def put_moved(self, file: KnownFile, root_id: int, seen: Seen) -> None:
        """A known file lies elsewhere now: same row, same photo, nothing to encode."""
        self.put_all_moved([(file, root_id, seen)])

    def put_all_moved(self, moves: Sequence[tuple[KnownFile, int, Seen]]) -> None:
        """Known files that lie elsewhere now. They may have taken each other's places."""
        with self.transaction():
            # Out of the way first, so that none of them is taken for what another one overwrites.
            self._db.executemany(
                "update file set path = '//' || id where id = ?",
                ((file.id,) for file, _, _ in moves),
            )
            photos = {file.photo_id for file, _, _ in moves}
            for file, root_id, seen in moves:
                # What stood at the new place is overwritten on disk, and so it is here.
                held = self._db.execute(
                    "delete from file where root_id = ? and path = ? returning photo_id",
                    (root_id, seen.path),
                ).fetchone()
                photos.add(held and held[0])
                self._db.execute(
                    "update file set root_id = ?, path = ?, folder = ?, size = ?, mtime_ns = ?, inode = ?, ctime_ns = ?,"
                    " state = 'present', reason = null, seen_at = ?, gone_at = null where id = ?",
                    (
                        root_id,
                        seen.path,
                        seen.path.rpartition("/")[0],
                        *seen[1:],
                        time.time(),
                        file.id,
                    ),
                )
            self._settle(photo for photo in photos if photo)

    def put_missing(
        self, files: Iterable[KnownFile], reason: str | None = None, ago: float = 0.0
    ) -> None:
        """These files are not there any more, or are left out (reason). Photos are kept for when
        they come back; failures are forgotten.

        ago: how many seconds.
        """
        with self.transaction():
            photos = set[int]()
            for file in files:
                if file.photo_id is None:
                    self._db.execute("delete from file where id = ?", (file.id,))
                else:
                    self._db.execute(
                        "update file set state = 'missing', reason = ?, gone_at = ? where id = ?",
                        (reason, time.time() - ago, file.id),
                    )
                    photos.add(file.photo_id)
            self._settle(photos)

    # --- photos

    def add_photo(self, digest: bytes, size: int, photo: DecodedPhoto) -> int:
        """A content met for the first time; gives its id, which never changes. Its file is put by
        `put_present`."""
        with self.transaction() as change:
            values = {
                **{key: getattr(photo, key) for key in FACTS},
                "hash": digest,
                "bytes": size,
                "added_at": time.time(),
                "change": change,
            }
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            return self._insert(
                f"insert into photo ({names}) values ({marks})", list(values.values())
            )

    @contextmanager
    def sparing_photos(self, *, thorough: bool) -> Iterator[None]:
        """Until the end of the block, photos that lose their last file are only hidden: another
        file may turn out to hold them, as when two files swap their names. thorough: at the end
        they are dropped, with those that earlier blocks or a killed run left so."""
        self._sparing = True
        try:
            yield
        finally:
            self._sparing = False
        if thorough:
            self.purge(
                row[0] for row in self.rows("select id from photo where orphaned_at is not null")
            )

    def _settle(self, photo_ids: Iterable[int]) -> None:
        """After files changed: count each photo's present files. One that no file refers to, not
        even a missing one, is dropped."""
        unused = list[int]()
        for photo_id in photo_ids:
            row = self._db.execute(
                "select count(*) files, sum(state = 'present') present from file where photo_id = ?",
                (photo_id,),
            ).fetchone()
            self._db.execute(
                "update photo set present = ?1, change = ?2, orphaned_at = iif(?3, null, coalesce(orphaned_at, ?4)) where id = ?5",
                (row["present"] or 0, self._change, row["files"], time.time(), photo_id),
            )
            if not row["files"] and not self._sparing:
                unused.append(photo_id)
        self.purge(unused)

    def purge(self, photo_ids: Iterable[int]) -> None:
        """Forget those of these photos that no file refers to, for good."""
        chosen = list(photo_ids)
        if not chosen:
            return
        with self.transaction() as change:
            for photo_id in chosen:
                gone = self._db.execute(
                    "delete from photo where id = ?1 and not exists (select 1 from file where photo_id = ?1) returning hash",
                    (photo_id,),
                ).fetchone()
                if gone:
                    self._purged.append(gone[0].hex())
                    self._db.execute(
                        "insert or replace into purged values (?, ?)", (photo_id, change)
                    )

    def recount(self, photo_ids: Iterable[int]) -> None:
        """Count these photos' files again."""
        with self.transaction():
            self._settle(photo_ids)

    def take_purged(self) -> list[str]:
        """Hashes of the photos dropped since the last call, whose previews can go too. A hash that
        has come back is not among them."""
        gone, self._purged = self._purged, []
        return [digest for digest in gone if self.photo_of(bytes.fromhex(digest)) is None]

    # --- vectors

    def encoder(self, name: str, version: str, dim: int) -> int:
        """The number under which vectors of this encoder are kept."""
        self._db.execute(
            "insert or ignore into encoder (name, version, dim) values (?, ?, ?)",
            (name, version, dim),
        )
        row = self._db.execute(
            "select id from encoder where name = ? and version = ?", (name, version)
        ).fetchone()
        return int(row[0])

    def add_embedding(
        self, encoder_id: int, photo_id: int, vector: npt.NDArray[np.float32]
    ) -> None:
        with self.transaction() as change:
            blob = vector.astype(np.float16).tobytes()
            self._db.execute(
                "insert or replace into embedding values (?, ?, ?)", (encoder_id, photo_id, blob)
            )
            self._db.execute("update photo set change = ? where id = ?", (change, photo_id))

    def drop_embeddings(self, encoder_id: int, photo_ids: Iterable[int]) -> None:
        """Forget these vectors; the next indexing makes them again."""
        with self.transaction() as change:
            for photo_id in photo_ids:
                self._db.execute(
                    "delete from embedding where encoder_id = ? and photo_id = ?",
                    (encoder_id, photo_id),
                )
                self._db.execute(
                    "delete from neighbour where encoder_id = ? and photo_id = ?",
                    (encoder_id, photo_id),
                )
                self._db.execute("update photo set change = ? where id = ?", (change, photo_id))

    def unencoded(self, encoder_id: int) -> list[tuple[int, KnownFile, str]]:
        """Visible photos that this encoder has not seen: (photo id, one of its files, its root's
        path)."""
        rows = self._db.execute(
            f"select {KNOWN}, r.path root, min(f.id) from photo p"
            " join file f on f.photo_id = p.id and f.state = 'present' join root r on r.id = f.root_id"
            " where p.present > 0 and not exists (select 1 from embedding e where e.photo_id = p.id and e.encoder_id = ?) group by p.id",
            (encoder_id,),
        )
        return [(row["photo_id"], KnownFile(*row[:11]), row["root"]) for row in rows]

    # --- the worker's word

    def report(self, *, phase: Phase, encoder: str, done: int = 0, total: int = 0, rate: float = 0.0, eta: float | None = None,
               message: str = "") -> None:  # fmt: skip
        """Say what the worker is at; also its sign of life."""
        self._db.execute(
            "insert or replace into worker values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (os.getpid(), time.time(), phase, done, total, rate, eta, encoder, message),
        )

    def take_commands(self, only: Sequence[str] = ()) -> list[tuple[str, str | None]]:
        """Commands left since the last call, oldest first; each is given once. only: leave the
        others for whoever can carry them out."""
        some = f" where command in ({','.join('?' * len(only))})" if only else ""
        rows = self._db.execute(
            f"delete from command{some} returning id, command, argument", only
        ).fetchall()
        return [
            (row["command"], row["argument"] and from_text(row["argument"]))
            for row in sorted(rows, key=lambda row: row["id"])
        ]

    def drop_commands(self, commands: Sequence[str], before: float) -> None:
        """Forget such commands if they were given before this moment (Unix seconds), to a process
        that has ended since."""
        self._db.executemany(
            "delete from command where command = ? and sent_at < ?",
            ((command, before) for command in commands),
        )


# Columns of `photo` that decoding fills.
FACTS = (
    "format", "width", "height", "frames", "taken_at", "taken_precision", "taken_source",
    "latitude", "longitude", "camera", "lens",
    "exposure_time", "f_number", "iso", "focal_length", "phash", "damaged", "contents",
)  # fmt: skip


def moved_glob(glob: str, prefix: str) -> str:
    """A glob of a folder, as one of the folder above it that it lies in as `prefix`."""
    if not prefix:
        return glob
    negated, bare = glob.startswith("!"), glob.removeprefix("!")
    anchored = "/" in bare.rstrip("/")
    where = "".join("\\" + c if c in "*?[]\\!# " else c for c in prefix)
    return ("!" if negated else "") + (
        f"/{where}/{bare.lstrip('/')}" if anchored else f"/{where}/**/{bare}"
    )


def check_folder(path: str) -> None:
    """Raises FolderError, with a sentence for a person, where a folder cannot be watched."""
    shown = to_text(path)
    if not os.path.isabs(path):
        raise FolderError(f"The folder {shown} must be given as a full path.")
    if not os.path.exists(path):
        raise FolderError(
            f"The folder {shown} does not exist: check its spelling, or connect its drive."
        )
    if not os.path.isdir(path):
        raise FolderError(f"{shown} is a file, not a folder: give the folder that holds it.")
    try:
        with os.scandir(path):
            pass
    except OSError as error:
        raise FolderError(
            f"The folder {shown} cannot be read ({error.strerror or error}): check its permissions."
        ) from error
