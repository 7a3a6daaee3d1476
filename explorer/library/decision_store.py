"""What a person decided about groups of photos, and the folders from which nothing is removed.

A decision is about contents, by their hashes: it holds wherever the files lie, after they are
indexed anew, and under any model. The server and the command line write it themselves, each in one
short transaction.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Literal

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.connection import MAX_BOUND_VALUES, write_transaction
from explorer.library.mounts import Locations
from explorer.library.paths import from_text, inside, to_text

# apart: not duplicates of each other. keep: duplicates, and all are kept. later: not now.
Kind = Literal["apart", "keep", "later"]
KINDS: tuple[Kind, ...] = ("apart", "keep", "later")


@dataclass(frozen=True)
class Decision:
    """One decision. hashes: of the contents it is about. files: in how many files they lay then.
    decided_at: Unix seconds."""

    id: int
    kind: Kind
    hashes: frozenset[bytes]
    files: int
    decided_at: float


class Decisions:
    """All decisions of a library as they were when this was made."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._all = sorted(decisions, key=lambda decision: decision.id)
        self._by_hash: dict[bytes, list[Decision]] = {}
        for decision in self._all:
            for digest in decision.hashes:
                self._by_hash.setdefault(digest, []).append(decision)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def about(self, hashes: Iterable[bytes], files: int) -> Decision | None:
        """The latest decision that covers all these contents, in no more files than there were
        then; None where there is none.

        What was said of several contents says nothing of further files of one of them.
        """
        wanted = set(hashes)
        found = [
            d
            for d in self._by_hash.get(next(iter(wanted), b""), ())
            if wanted <= d.hashes and files <= d.files and (len(wanted) > 1 or wanted == d.hashes)
        ]
        return found[-1] if found else None

    def apart(self, one: bytes, two: bytes) -> bool:
        """Whether these two contents were said not to be duplicates, or to be kept both."""
        return one != two and any(
            d.kind != "later" and two in d.hashes for d in self._by_hash.get(one, ())
        )


def decisions(catalog: Catalog) -> Decisions:
    """All that was decided."""
    with catalog.reading() as db:
        members = dict[int, set[bytes]]()
        for decision_id, digest in db.execute("select decision_id, hash from decided"):
            members.setdefault(decision_id, set()).add(digest)
        rows = db.execute("select id, kind, files, decided_at from decision").fetchall()
    return Decisions(
        Decision(
            row["id"],
            row["kind"],
            frozenset(members.get(row["id"], ())),
            row["files"],
            row["decided_at"],
        )
        for row in rows
    )


def decide(catalog: Catalog, kind: Kind, hashes: Iterable[bytes], files: int) -> int:
    """Remember a decision about these contents, in place of earlier ones about just the same; gives
    its number."""
    wanted = sorted(set(hashes))
    if not wanted:
        raise ValueError("a decision is about at least one photo")
    with write_transaction(catalog.path) as db:
        for old in _same(db, wanted):
            db.execute("delete from decision where id = ?", (old,))
        (new,) = db.execute(
            "insert into decision (kind, files, decided_at) values (?, ?, ?) returning id",
            (kind, files, time.time()),
        ).fetchone()
        db.executemany("insert into decided values (?, ?)", [(new, digest) for digest in wanted])
    return int(new)


def withdraw(catalog: Catalog, decision_id: int) -> None:
    """Forget a decision: what it was about is offered again."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from decision where id = ?", (decision_id,))


def withdraw_all(catalog: Catalog, kind: Kind) -> int:
    """Forget all decisions of a kind; gives how many there were."""
    with write_transaction(catalog.path) as db:
        return db.execute("delete from decision where kind = ?", (kind,)).rowcount


def hashes_of(catalog: Catalog, photo_ids: Iterable[int]) -> dict[int, bytes]:
    """Content hash of each of these photos."""
    wanted, found = list(dict.fromkeys(photo_ids)), dict[int, bytes]()
    with catalog.reading() as db:
        for start in range(0, len(wanted), MAX_BOUND_VALUES):
            some = wanted[start : start + MAX_BOUND_VALUES]
            found.update(
                db.execute(
                    f"select id, hash from photo where id in ({','.join('?' * len(some))})", some
                )
            )
    return found


def _same(db: Connection, hashes: list[bytes]) -> list[int]:
    """Decisions about just these contents."""
    with_first = [
        row[0] for row in db.execute("select decision_id from decided where hash = ?", hashes[:1])
    ]
    return [
        number
        for number in with_first
        if sorted(
            row[0]
            for row in db.execute("select hash from decided where decision_id = ?", (number,))
        )
        == hashes
    ]


# --- protected folders


def protected_folders(catalog: Catalog) -> list[str]:
    """The folders from which nothing is removed, as absolute paths."""
    with catalog.reading() as db:
        return [from_text(row[0]) for row in db.execute("select path from protected order by path")]


def protect(catalog: Catalog, folder: str) -> None:
    """Never remove anything from this folder (absolute) nor from below it. It need not exist now:
    its drive may be away."""
    if not os.path.isabs(folder):
        raise UsageError(f"The folder {to_text(folder)} must be given as a full path.")
    with write_transaction(catalog.path) as db:
        db.execute(
            "insert or ignore into protected values (?, ?)",
            (to_text(os.path.normpath(folder)), time.time()),
        )


def unprotect(catalog: Catalog, folder: str) -> None:
    """Treat that folder like any other again."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from protected where path = ?", (to_text(folder),))


class Protection:
    """Whether paths lie in protected folders, by any of their names: links and mounts are seen
    through on both sides."""

    def __init__(self, folders: Iterable[str], locations: Locations | None = None) -> None:
        """locations: where paths lie by the mounts of this computer; read when needed if not given."""
        self._folders = list(folders)
        self._real = [os.path.realpath(folder) for folder in self._folders]
        self._ids = {found for folder in self._real if (found := _id(folder)) is not None}
        self._locations = locations or (Locations() if self._folders else Locations(()))
        self._known: dict[str, bool] = {}
        self._id_of = functools.cache(_id)

    def covers(self, path: str) -> bool:
        """Whether nothing may be done to this file. The folder it lies in is looked up once."""
        if not self._folders:
            return False
        folder = os.path.dirname(path)
        if folder not in self._known:
            self._known[folder] = self._covers(folder)
        return self._known[folder]

    def _covers(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        if any(_inside(folder, each) for each in self._folders) or any(
            _inside(real, each) for each in self._real
        ):
            return True
        if any(self._locations.inside(folder, each) for each in self._folders):
            return True
        # What is mounted in ways that the system does not tell of.
        return bool(self._ids) and any(self._id_of(each) in self._ids for each in _upwards(real))


def _upwards(folder: str) -> Iterator[str]:
    """A folder, the one it lies in, and so on."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        folder = above
        yield folder


def _id(folder: str) -> tuple[int, int] | None:
    """What identifies a folder on this computer; None where it is not there, or where its file
    system numbers nothing."""
    try:
        facts = os.stat(folder)
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino) if facts.st_ino else None


def _inside(path: str, folder: str) -> bool:
    # Where a system does not tell “Photos” from “photos”, protection does not, either; elsewhere it
    # covers more than it need.
    return inside(path.casefold(), folder.casefold())
