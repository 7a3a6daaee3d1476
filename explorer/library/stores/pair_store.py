"""Pairs of photos that were compared (`analysis/duplicates/find_pairs.py`): table `pair`."""

from __future__ import annotations

import json
import os
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

from explorer.library.catalog import Catalog
from explorer.library.writer import Writer

PairKind = Literal["pixels", "picture", "scene", "different"]
"""pixels: the same pixels at full size. picture: the same picture, verified. scene: aligned, but
another shot. different: similar at first sight only."""

# The version of the method in `analysis/duplicates/find_pairs.py`. Results of another version are
# ignored and computed again.
PAIRS_VERSION = 8


class Pair(NamedTuple):
    """Two photos that were compared."""

    a: int
    """The smaller of the two ids."""
    b: int
    kind: PairKind
    score: float
    """Similarity where they overlap, 0 to 1."""
    relation: dict[str, object]
    """The relation of b to a."""


def pairs(
    catalog: Catalog,
    version: int,
    kinds: Sequence[PairKind] = ("pixels", "picture", "scene"),
    *,
    hidden: bool = False,
) -> list[Pair]:
    """The pairs of these kinds that this version of the method found. hidden: include photos that
    have no present file."""
    seen = "" if hidden else " and p.present > 0 and q.present > 0"
    with catalog.reading() as db:
        rows = db.execute(
            "select a, b, kind, score, relation from pair join photo p on p.id = a join photo q on"
            " q.id = b"
            f" where version = ? and kind in ({','.join('?' * len(kinds))}){seen} order by a, b",
            (version, *kinds),
        ).fetchall()
    return [Pair(a, b, kind, score, json.loads(relation)) for a, b, kind, score, relation in rows]


def similar_shots(catalog: Catalog, version: int, seconds: float) -> list[tuple[int, int]]:
    """Pairs of visible photos that are one picture, or shots of one scene that cameras took at most
    this many seconds apart, as ids (a, b)."""
    exact = " and ".join(
        f"{photo}.taken_source <> 'file' and coalesce({photo}.taken_precision, 'second') in"
        " ('minute', 'second')"
        for photo in "pq"
    )
    with catalog.reading() as db:
        rows = db.execute(
            "select a, b from pair join photo p on p.id = a join photo q on q.id = b"
            " where version = ?1 and p.present > 0 and q.present > 0 and (kind in ('pixels',"
            f" 'picture') or (kind = 'scene' and {exact}"
            # Julian days have a resolution of tenths of a millisecond.
            " and abs(julianday(p.taken_at) - julianday(q.taken_at)) * 86400 <= ?2 + 0.001))",
            (version, seconds),
        ).fetchall()
    return [(a, b) for a, b in rows]


def raw_pairs(catalog: Catalog, raw_formats: Collection[str]) -> list[tuple[int, int]]:
    """RAW files and the photos beside them with the same name, ignoring extension and case, as ids
    (RAW, other). raw_formats: as `photo.format` names them."""
    formats = ", ".join("?" * len(raw_formats))
    with catalog.reading() as db:
        rows = db.execute(
            "select f.root_id, f.path, p.id, p.format from file f join photo p on p.id = f.photo_id"
            " where f.state = 'present' and p.present > 0 and (f.root_id, f.folder) in"
            " (select r.root_id, r.folder from photo q join file r on r.photo_id = q.id"
            f" where q.format in ({formats}) and r.state = 'present')",
            tuple(raw_formats),
        ).fetchall()
    raws, others = defaultdict[tuple[int, str], set[int]](set), list[tuple[tuple[int, str], int]]()
    for root, path, photo_id, format in rows:
        named = root, unicodedata.normalize("NFC", os.path.splitext(path)[0]).lower()
        if format in raw_formats:
            raws[named].add(photo_id)
        else:
            others.append((named, photo_id))
    return sorted({(raw, other) for named, other in others for raw in raws.get(named, ())})


def copy_pairs(catalog: Catalog) -> list[tuple[int, int, bytes, bytes]]:
    """Pairs that show the same picture, by the current version of the method: ids and content
    hashes. Hidden photos are included."""
    with catalog.reading() as db:
        rows = db.execute(
            "select a, b, p.hash, q.hash from pair join photo p on p.id = a join photo q on"
            " q.id = b where version = ? and kind in ('pixels', 'picture')",
            (PAIRS_VERSION,),
        ).fetchall()
    return [(a, b, one, other) for a, b, one, other in rows]


def pairs_state(catalog: Catalog) -> tuple[int, ...]:
    """Numbers that change when pairs are added, or decisions made or withdrawn."""
    with catalog.reading() as db:
        row = db.execute(
            "select coalesce((select max(rowid) from pair), 0), (select count(*) from pair),"
            " coalesce((select max(id) from decision), 0), (select count(*) from decision)"
        ).fetchone()
    return tuple(row)


def compared_kind(catalog: Catalog, one: str, other: str, version: int) -> PairKind | None:
    """The kind of pair that this version of the method found for two contents; None if they were
    never compared.

    one, other: content hashes, hex.
    """
    with catalog.reading() as db:
        row = db.execute(
            "select kind from pair join photo p on p.hash = ?1 join photo q on q.hash = ?2"
            " where a = min(p.id, q.id) and b = max(p.id, q.id) and version = ?3",
            (bytes.fromhex(one), bytes.fromhex(other), version),
        ).fetchone()
    return row[0] if row else None


def put_pairs(writer: Writer, found: Iterable[Pair], version: int) -> None:
    """Store pairs; one whose photo has been purged in the meantime is skipped."""
    writer.connection.executemany(
        "insert or replace into pair (a, b, kind, score, relation, version) select ?1, ?2, ?3, ?4,"
        " ?5, ?6"
        " where exists (select 1 from photo where id = ?1) and exists (select 1 from photo where"
        " id = ?2)",
        ((p.a, p.b, p.kind, p.score, json.dumps(p.relation), version) for p in found),
    )


def drop_old_pairs(writer: Writer, version: int) -> None:
    """Delete the results of other versions of the method, and with them all pixel hashes, which
    have no version."""
    old = "select 1 from {0} where version <> ?1"
    writer.connection.execute(
        f"delete from pixels where exists ({old.format('pair')}) or exists"
        f" ({old.format('sketch')})",
        (version,),
    )
    writer.connection.execute("delete from pair where version <> ?", (version,))
    writer.connection.execute("delete from sketch where version <> ?", (version,))
