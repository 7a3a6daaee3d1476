"""What comparing photos two by two has found (`analysis/duplicates/find_pairs.py`), and the files
that groups of duplicates are made of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.connection import MAX_BOUND_VALUES
from explorer.library.paths import join
from explorer.library.system_folders import around_file
from explorer.library.writer import Writer
from explorer.photos.containers.contents import FileContents
from explorer.photos.decoded_photo import Precision

# pixels: the same at full size. picture: one picture, verified. scene: aligned, yet another shot.
# different: looked alike, and is not.
Kind = Literal["pixels", "picture", "scene", "different"]

# The way in which pairs are found (`analysis/duplicates/find_pairs.py`); what another way found is
# not read, and made anew.
PAIRS_VERSION = 5


class Pair(NamedTuple):
    """Two photos that were compared, a < b. score: 0 to 1, how alike they are where they overlap.
    relation: what b is, seen from a."""

    a: int
    b: int
    kind: Kind
    score: float
    relation: dict[str, object]


class CopyRow(NamedTuple):
    """One present file with what telling duplicates apart needs of its photo.

    root: as in the catalog. path: absolute. metadata: how many facts the photo carries about
    itself. contents: what its file holds beside the picture; None where it has not been read since
    that is asked.
    """

    file_id: int
    photo_id: int
    hash: str
    root: str
    path: str
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
    contents: FileContents | None
    taken_precision: Precision | None = None


_METADATA = " + ".join(
    f"(p.{name} is not null)"
    for name in ("latitude", "camera", "lens", "exposure_time", "f_number", "iso", "focal_length")
) + " + (coalesce(p.taken_source, 'file') <> 'file')"  # fmt: skip


_COPIES = f"""select f.id, p.id, p.hash, r.path, f.path, f.size, f.inode, f.mtime_ns, p.width, p.height, p.format, p.taken_at,
 p.taken_source, p.camera, {_METADATA}, p.contents, p.taken_precision
 from file f join photo p on p.id = f.photo_id join root r on r.id = f.root_id
 where f.state = 'present' and"""


def copies(
    catalog: Catalog, photo_ids: Iterable[int] | None = None, *, all_folders: bool = False
) -> list[CopyRow]:
    """The present files of these photos; without ids, those of all photos that lie in several
    files. By file id.

    all_folders: also in those that a system or another program keeps for itself, where no file is
    to be kept for another or removed.
    """
    rows = list[CopyRow]()
    with catalog.reading() as db:
        if photo_ids is None:
            found: Iterator[Sequence[object]] = db.execute(_COPIES + " p.present > 1")
            rows += map(_copy, found)
        else:
            wanted = sorted(set(photo_ids))
            for start in range(0, len(wanted), MAX_BOUND_VALUES):
                some = wanted[start : start + MAX_BOUND_VALUES]
                rows += map(
                    _copy, db.execute(_COPIES + f" p.id in ({','.join('?' * len(some))})", some)
                )
    if not all_folders:
        rows = [row for row in rows if around_file(row.path) is None]
    if photo_ids is None:
        number = Counter(row.photo_id for row in rows)
        rows = [row for row in rows if number[row.photo_id] > 1]
    return sorted(rows, key=lambda row: row.file_id)


def _copy(row: Sequence[object]) -> CopyRow:
    file_id, photo_id, digest, root, path, *rest, contents, precision = row
    facts = (file_id, photo_id, digest.hex(), str(root), join(str(root), str(path)), *rest)  # type: ignore[attr-defined]
    return CopyRow(*facts, contents=_contents(contents), taken_precision=precision)  # type: ignore[misc, arg-type]


def _contents(stored: object) -> FileContents | None:
    try:
        return FileContents.unpacked(stored) if isinstance(stored, str) else None
    except ValueError:
        # Of another release, or damaged: as good as not known.
        return None


def contents_of(catalog: Catalog, digest: str) -> FileContents | None:
    """What files with this content (its hash, hex) hold beside their picture; None where that is
    not known."""
    with catalog.reading() as db:
        row = db.execute(
            "select contents from photo where hash = ?", (bytes.fromhex(digest),)
        ).fetchone()
    return _contents(row[0]) if row else None


def pairs(
    catalog: Catalog,
    version: int,
    kinds: Sequence[Kind] = ("pixels", "picture", "scene"),
    *,
    hidden: bool = False,
) -> list[Pair]:
    """What was found by this version of the method, between photos that are visible; or between
    all."""
    seen = "" if hidden else " and p.present > 0 and q.present > 0"
    with catalog.reading() as db:
        rows = db.execute(
            "select a, b, kind, score, relation from pair join photo p on p.id = a join photo q on q.id = b"
            f" where version = ? and kind in ({','.join('?' * len(kinds))}){seen} order by a, b",
            (version, *kinds),
        ).fetchall()
    return [Pair(a, b, kind, score, json.loads(relation)) for a, b, kind, score, relation in rows]


def compared(catalog: Catalog, one: str, other: str, version: int) -> Kind | None:
    """What comparing the photos with these contents (hashes, hex) has found by this version; None
    where they were never compared."""
    with catalog.reading() as db:
        row = db.execute(
            "select kind from pair join photo p on p.hash = ?1 join photo q on q.hash = ?2"
            " where a = min(p.id, q.id) and b = max(p.id, q.id) and version = ?3",
            (bytes.fromhex(one), bytes.fromhex(other), version),
        ).fetchone()
    return row[0] if row else None


def times(catalog: Catalog) -> dict[int, str]:
    """When visible photos were taken, of those that say so themselves and to the minute, by id; not
    the mere times of files."""
    with catalog.reading() as db:
        rows = db.execute(
            "select id, taken_at from photo where present > 0 and taken_at is not null and taken_source <> 'file'"
            " and coalesce(taken_precision, 'second') in ('minute', 'second')"
        )
        return {row[0]: row[1] for row in rows}


def put_pairs(writer: Writer, found: Iterable[Pair], version: int) -> None:
    """Keep what was found; a pair of which one photo was dropped meanwhile is passed over."""
    writer.connection.executemany(
        "insert or replace into pair (a, b, kind, score, relation, version) select ?1, ?2, ?3, ?4, ?5, ?6"
        " where exists (select 1 from photo where id = ?1) and exists (select 1 from photo where id = ?2)",
        ((p.a, p.b, p.kind, p.score, json.dumps(p.relation), version) for p in found),
    )


def drop_pairs(writer: Writer, version: int) -> None:
    """Forget everything that other versions of the method have found, and with it all hashes of
    pixels, which have no version."""
    old = "select 1 from {0} where version <> ?1"
    writer.connection.execute(
        f"delete from pixels where exists ({old.format('pair')}) or exists ({old.format('sketch')})",
        (version,),
    )
    writer.connection.execute("delete from pair where version <> ?", (version,))
    writer.connection.execute("delete from sketch where version <> ?", (version,))


class Looks(NamedTuple):
    """What is needed of photos for finding their copies, by id in ascending order, also of those
    that are away.

    hashes: (n, 32) uint8, perceptual. sizes: (n, 2) width times height, and bytes. digests: hex.
    compared: has been compared with all that had been before it. visible: has a file now. inner: of
    those that have a border, the hash of what lies within, by id.
    """

    ids: Ids
    hashes: npt.NDArray[np.uint8]
    sizes: Ids
    digests: list[str]
    compared: npt.NDArray[np.bool_]
    visible: npt.NDArray[np.bool_]
    inner: dict[int, bytes]


def looks(catalog: Catalog, version: int, *, after: int = 0) -> Looks:
    """The photos that changed after that change number."""
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id, p.phash, p.hash, s.photo_id is not null, p.present > 0, p.width * p.height, p.bytes, s.inner from photo p"
            " left join sketch s on s.photo_id = p.id and s.version = ? where p.change > ? order by p.id",
            (version, after),
        ).fetchall()
    hashes = np.zeros((len(rows), 32), np.uint8)
    for number, row in enumerate(rows):
        if row[1] and len(row[1]) == 32:
            hashes[number] = np.frombuffer(row[1], np.uint8)
    return Looks(
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        hashes,
        np.array([row[5:7] for row in rows], np.int64).reshape(-1, 2),
        [row[2].hex() for row in rows],
        np.fromiter((row[3] for row in rows), np.bool_, len(rows)),
        np.fromiter((row[4] for row in rows), np.bool_, len(rows)),
        {row[0]: bytes(row[7]) for row in rows if row[7] and len(row[7]) == 32},
    )


def corners_of(catalog: Catalog, photo_id: int, version: int) -> bytes | None:
    """The corners of a photo, packed; None where they have not been wanted yet."""
    with catalog.reading() as db:
        row = db.execute(
            "select corners from sketch where photo_id = ? and version = ?", (photo_id, version)
        ).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def put_compared(writer: Writer, photos: Iterable[tuple[int, bytes | None]], version: int) -> None:
    """Note that these photos have been compared, with the hash of what lies within their border, or
    None."""
    writer.connection.executemany(
        "insert or replace into sketch (photo_id, inner, version) select ?1, ?2, ?3 where exists (select 1 from photo where id = ?1)",
        ((photo_id, inner, version) for photo_id, inner in photos),
    )


def put_corners(writer: Writer, sketches: Iterable[tuple[int, bytes]]) -> None:
    """Keep the packed corners of photos that have been compared."""
    writer.connection.executemany("update sketch set corners = ?2 where photo_id = ?1", sketches)


def pixel_hashes(catalog: Catalog, photo_ids: Sequence[int]) -> dict[int, bytes]:
    """The hashes of full-size pixels of those photos whose pixels have been hashed."""
    with catalog.reading() as db:
        marks = ",".join("?" * len(photo_ids))
        return dict(
            map(
                tuple,
                db.execute(
                    f"select photo_id, hash from pixels where photo_id in ({marks})", photo_ids
                ),
            )
        )


def put_pixel_hash(writer: Writer, photo_id: int, digest: bytes) -> None:
    writer.connection.execute(
        "insert or replace into pixels (photo_id, hash) values (?, ?)", (photo_id, digest)
    )
