"""What the user decided about groups of duplicates: tables `decision` and `decided`.

A decision refers to contents by their hashes, so it applies wherever the files are, after they are
indexed again, and with any encoder. The app and the command line write it themselves, in one short
transaction each.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Literal

from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES, write_transaction

DecisionKind = Literal["apart", "keep", "later"]
"""apart: not duplicates of each other. keep: duplicates, and all are kept. later: postponed."""


@dataclass(frozen=True)
class Decision:
    """One decision about a group."""

    id: int
    kind: DecisionKind
    hashes: frozenset[bytes]
    """The hashes of the contents that it is about."""
    files: int
    """Number of files with those contents at that time."""
    decided_at: float
    """Unix seconds."""


class Decisions:
    """A snapshot of all decisions in a library."""

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
        """The latest decision that covers all these contents, if they have no more files than at
        that time; else None.

        A decision about several contents does not cover the files of one of them alone.
        """
        wanted = set(hashes)
        found = [
            d
            for d in self._by_hash.get(next(iter(wanted), b""), ())
            if wanted <= d.hashes and files <= d.files and (len(wanted) > 1 or wanted == d.hashes)
        ]
        return found[-1] if found else None

    def apart(self, one: bytes, two: bytes) -> bool:
        """Whether the user decided that these two contents are not duplicates, or that both are
        kept."""
        return one != two and any(
            d.kind != "later" and two in d.hashes for d in self._by_hash.get(one, ())
        )


def decisions(catalog: Catalog) -> Decisions:
    """All decisions."""
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


def decide(catalog: Catalog, kind: DecisionKind, hashes: Iterable[bytes], files: int) -> int:
    """Store a decision about these contents, replacing earlier ones about exactly the same; returns
    its id."""
    wanted = sorted(set(hashes))
    if not wanted:
        raise ValueError("a decision needs at least one photo")
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
    """Undo a decision: its group is suggested again."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from decision where id = ?", (decision_id,))


def withdraw_all(catalog: Catalog, kind: DecisionKind) -> int:
    """Undo all decisions of a kind; returns their number."""
    with write_transaction(catalog.path) as db:
        return db.execute("delete from decision where kind = ?", (kind,)).rowcount


def copy_decisions(db: Connection, before: bytes, after: bytes) -> None:
    """Repeat the decisions about a content for the one that has replaced it in a file. Must be
    called in a write transaction.

    Each new decision has the new content in place of the old one. Both in one decision would mean
    that they are not duplicates of each other.
    """
    rows = db.execute(
        "select d.id, d.kind, d.files, d.decided_at from decision d join decided m on"
        " m.decision_id = d.id where m.hash = ? order by d.id",
        (before,),
    ).fetchall()
    for old, kind, files, decided_at in rows:
        members = {
            row[0] for row in db.execute("select hash from decided where decision_id = ?", (old,))
        }
        wanted = sorted((members - {before}) | {after})
        if after in members or _same(db, wanted):
            continue
        (new,) = db.execute(
            "insert into decision (kind, files, decided_at) values (?, ?, ?) returning id",
            (kind, files, decided_at),
        ).fetchone()
        db.executemany("insert into decided values (?, ?)", [(new, digest) for digest in wanted])


def hashes_of(catalog: Catalog, photo_ids: Iterable[int]) -> dict[int, bytes]:
    """Photo id → content hash, in the order in which the photos are given; unknown ids are left
    out."""
    wanted, found = list(dict.fromkeys(photo_ids)), dict[int, bytes]()
    with catalog.reading() as db:
        for some in chunks(wanted, MAX_BOUND_VALUES):
            found.update(
                db.execute(
                    f"select id, hash from photo where id in ({','.join('?' * len(some))})", some
                )
            )
    return {each: found[each] for each in wanted if each in found}


def _same(db: Connection, hashes: list[bytes]) -> list[int]:
    """Ids of the decisions about exactly these contents."""
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
