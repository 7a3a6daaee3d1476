"""Quality metrics of photos (`photos/quality/measure.py`): table `quality`.

One packed row for each photo, so that a hundred thousand are read at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.catalog import Catalog, Ids
from explorer.library.edits.sidecar_overlay import apply_sidecars
from explorer.library.file_rows import KnownFile
from explorer.library.paths import join
from explorer.library.stores.edit_store import apply_edits
from explorer.library.stores.photo_store import DECODED_COLUMNS, decoded_values
from explorer.library.stores.photo_text_store import update_texts
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import METADATA_VERSION, DecodedPhoto, Precision
from explorer.photos.quality.metrics import METRIC_NAMES, METRICS_VERSION, QualityDiagnostics


class QualityTable(NamedTuple):
    """The metrics of n photos."""

    ids: Ids
    """(n,), ascending."""
    values: npt.NDArray[np.float32]
    """(n, len(METRIC_NAMES))."""
    impossible_dates: dict[int, str]
    """Photo id → the date in its metadata, for photos whose date is impossible."""

    def of(self, name: str) -> npt.NDArray[np.float32]:
        """One metric of all photos, of shape (n,)."""
        return self.values[:, METRIC_NAMES.index(name)]

    def of_photos(self, name: str, ids: Ids) -> npt.NDArray[np.float32]:
        """One metric of these photos, of the shape of ids; 0 for those not measured. ids:
        ascending."""
        found = np.zeros(len(ids), np.float32)
        known = np.isin(ids, self.ids, assume_unique=True)
        found[known] = self.of(name)[np.searchsorted(self.ids, ids[known])]
        return found


def put_quality(writer: Writer, photo_id: int, photo: DecodedPhoto) -> None:
    """Store what decoding measured, in place of earlier values."""
    if photo.quality:
        writer.connection.execute(
            "insert or replace into quality (photo_id, version, figures, look, stated)"
            " select ?1, ?2, ?3, ?4, ?5 where exists (select 1 from photo where id = ?1)",
            (photo_id, METRICS_VERSION, photo.quality, photo.diagnostics, photo.impossible_date),
        )
        # Earlier releases mistook some intact photos for damaged ones.
        writer.connection.execute(
            "update photo set damaged = ?2 where id = ?1 and damaged is not ?2",
            (photo_id, photo.damaged),
        )


def refresh_photo(writer: Writer, photo_id: int, photo: DecodedPhoto) -> None:
    """Replace all facts and metrics of a photo with those from decoding its content again. Does
    nothing if the photo has been deleted in the meantime."""
    with writer.transaction() as change:
        columns = ", ".join(f"{name} = ?" for name in (*DECODED_COLUMNS, "change"))
        updated = writer.connection.execute(
            f"update photo set {columns} where id = ?",
            [*decoded_values(photo).values(), change, photo_id],
        )
        if not updated.rowcount:
            return
        apply_edits(writer.connection, photo_id)
        apply_sidecars(writer.connection, [photo_id])
        update_texts(writer, [photo_id])
        put_quality(writer, photo_id, photo)


def damaged_photos(catalog: Catalog) -> list[int]:
    """The ids of visible photos of which only a part could be decoded, ascending."""
    with catalog.reading() as db:
        rows = db.execute(
            "select id from photo where present > 0 and damaged is not null order by id"
        ).fetchall()
    return [row[0] for row in rows]


def photos_to_measure(catalog: Catalog) -> list[tuple[int, KnownFile]]:
    """Visible photos without metrics or metadata of this version, or without known file contents,
    as (id, one of its files on a connected drive, a vanished one only if there is no other)."""
    with catalog.reading() as db:
        rows = db.execute(
            "select f.id, f.root_id, f.path, f.size, f.mtime_ns, f.inode, f.state, f.photo_id,"
            " min((f.gone_at is not null) << 62 | f.id) from photo p"
            " join file f on f.photo_id = p.id and f.state = 'present' join root r on r.id ="
            " f.root_id and r.state = 'online'"
            " where p.present > 0 and (p.contents is null or p.metadata_version is not ? or not"
            " exists (select 1 from quality q where q.photo_id = p.id and q.version = ?))"
            " group by p.id",
            (METADATA_VERSION, METRICS_VERSION),
        ).fetchall()
    return [(int(row[7]), KnownFile(*row[:8])) for row in rows]


def quality_table(catalog: Catalog) -> QualityTable:
    """The metrics of all visible photos that have been measured."""
    with catalog.reading() as db:
        rows = db.execute(
            "select q.photo_id, q.figures, q.stated from quality q join photo p on p.id ="
            " q.photo_id"
            " where p.present > 0 and q.version = ? order by q.photo_id",
            (METRICS_VERSION,),
        ).fetchall()
    size = 4 * len(METRIC_NAMES)
    rows = [row for row in rows if len(row[1]) == size]
    values = (
        np.frombuffer(b"".join(row[1] for row in rows), "<f4")
        .reshape(len(rows), len(METRIC_NAMES))
        .astype(np.float32)
    )
    return QualityTable(
        np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        values,
        {row[0]: row[2] for row in rows if row[2]},
    )


def diagnostics_of(catalog: Catalog, photo_id: int) -> QualityDiagnostics | None:
    """The sharpness map and histogram of a photo; None if it has not been measured."""
    with catalog.reading() as db:
        row = db.execute(
            "select look from quality where photo_id = ? and version = ?",
            (photo_id, METRICS_VERSION),
        ).fetchone()
    try:
        return QualityDiagnostics.unpacked(row[0]) if row else None
    except ValueError:
        return None


class QualityFacts(NamedTuple):
    """What quality scores use besides the metrics, for n visible photos."""

    ids: Ids
    """(n,), ascending."""
    camera: npt.NDArray[np.float32]
    """Whether the camera is known, 0 or 1."""
    lossless: npt.NDArray[np.float32]
    """Whether the format is lossless, 0 or 1."""
    longest: npt.NDArray[np.float32]
    """Longer side, pixels."""
    damaged: npt.NDArray[np.bool_]
    """Whether its decoder found damage."""


def quality_facts(catalog: Catalog) -> QualityFacts:
    """The facts of all visible photos."""
    with catalog.reading() as db:
        rows = db.cursor()
        rows.row_factory = None
        rows.execute(
            "select id, camera is not null, format in ('PNG', 'GIF', 'BMP'), max(width, height),"
            " damaged is not null from photo where present > 0 order by id"
        )
        values = np.fromiter(rows, np.dtype((np.int64, 5)))
    ids, camera, lossless, longest, damaged = values.reshape(-1, 5).T
    return QualityFacts(
        np.ascontiguousarray(ids),
        camera.astype(np.float32),
        lossless.astype(np.float32),
        longest.astype(np.float32),
        damaged.astype(np.bool_),
    )


class ReviewPhoto(NamedTuple):
    """A visible photo with the facts by which anomalies are found. Its fields are what is stored;
    what few of a million photos need is derived when asked for."""

    id: int
    digest: bytes
    """The hash of its content."""
    root: str
    relative: str
    """The root and the path below it of one of its files, on a connected drive if possible."""
    format: str
    width: int
    height: int
    taken_at: str | None
    taken_source: str | None
    taken_precision: Precision | None
    camera: str | None
    damaged: str | None

    @property
    def hash(self) -> str:
        """The hash of its content, in hex."""
        return self.digest.hex()

    @property
    def path(self) -> str:
        """The absolute path of its file."""
        return join(self.root, self.relative)


def review_photos(catalog: Catalog) -> list[ReviewPhoto]:
    """All visible photos, by id."""
    with catalog.reading() as db:
        rows = db.cursor()
        rows.row_factory = None
        rows.execute(
            "select p.id, p.hash, r.path, f.path, p.format, p.width, p.height, p.taken_at,"
            " p.taken_source, p.taken_precision, p.camera, p.damaged,"
            " min((r.state = 'offline') * 1000000000000 + f.id) from photo p"
            " join file f on f.photo_id = p.id and f.state = 'present' join root r on r.id ="
            " f.root_id"
            " where p.present > 0 group by p.id order by p.id"
        )
        return [ReviewPhoto(*row[:-1]) for row in rows]


class NamedFile(NamedTuple):
    """A present file, and the format of its content."""

    photo_id: int
    hash: bytes
    root: str
    relative: str
    format: str

    @property
    def path(self) -> str:
        """The absolute path."""
        return join(self.root, self.relative)


def unusually_named_files(catalog: Catalog, usual: Mapping[str, Sequence[str]]) -> list[NamedFile]:
    """The present files, by id, whose names do not end with any of the usual extensions of their
    format. usual: extensions in lower case, by format; files in other formats are not listed."""
    tests, values = list[str](), list[str]()
    for format, extensions in usual.items():
        endings = " or ".join(["false", *["f.path like ?"] * len(extensions)])
        tests.append(f"p.format = ? and not ({endings})")
        values += [format, *(f"%{extension}" for extension in extensions)]
    with catalog.reading() as db:
        rows = db.execute(
            "select p.id, p.hash, r.path, f.path, p.format from file f join photo p on p.id ="
            " f.photo_id join root r on r.id = f.root_id"
            f" where f.state = 'present' and ({' or '.join(tests)}) order by f.id",
            values,
        ).fetchall()
    return list(map(NamedFile._make, rows))
