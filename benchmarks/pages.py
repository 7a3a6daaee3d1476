"""How long the app's pages take in a library of many photos, when they are opened and at each
further run.

    python -m benchmarks.pages --photos DIR [--number N] [--folders M] [--json]

The library is generated, not indexed (`benchmarks.indexing` measures that). Its metadata and
quality metrics are those of up to 300 of the given photos, repeated; the vectors form subjects, one
per folder, as close to each other as photos of one subject under the starter model; one photo in
thirty has two copies. The time is that of a page's script on the server, run in this process. Where
Chromium is installed, the timeline is measured in it, too (`_timeline.py`); its previews are links
to a few hundred files.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import json
import logging
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _timeline
from benchmarks._copies import photos_below
from explorer.analysis.photo_map import MapStage
from explorer.encoders import registry
from explorer.errors import PhotoError
from explorer.library.catalog import Catalog
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores import keypoint_store, neighbor_store, stage_store
from explorer.library.stores import pair_store as store
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.file_store import put_present
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from explorer.photos.decode import decode
from explorer.photos.decoded_photo import DecodedPhoto

PAGES = ("search", "duplicates", "anomalies", "library")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The number of measured photos, and the variance of a vector around its subject's.
_MEASURED, _NOISE = 300, 0.4
# One photo in this many has copies; the measurements of such a pair, and the size of a file.
_COPY_INTERVAL, _BYTES = 30, 3_000_000
_SAME = {"matrix": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], "changed": 0.0}


def measured(folder: Path) -> list[DecodedPhoto]:
    """Up to 300 photos in a folder, decoded as for indexing."""
    found = list[DecodedPhoto]()
    for path in photos_below(folder, _MEASURED):
        with contextlib.suppress(PhotoError, OSError):
            found.append(
                decode(path.read_bytes(), None, mtime=path.stat().st_mtime, name=path.name)
            )
    return found


def make(
    library: Library, photos: list[DecodedPhoto], number: int, folders: int, root: Path
) -> None:
    """Fill the library with that many photos."""
    encoder, random = registry.get_encoder("starter"), np.random.default_rng(0)
    writer = Writer(library.catalog)
    root_id, encoder_id = (
        add_root(writer, str(root)),
        register_encoder(writer, encoder.name, encoder.version, encoder.dim),
    )
    subject = np.sort(random.integers(0, folders, number))
    vectors = random.standard_normal((folders, encoder.dim)).astype(np.float32)[subject]
    vectors += _NOISE**0.5 * random.standard_normal(vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    moments = taken_moments(number, random)
    with writer.transaction():
        for i in range(number):
            photo, digest = (
                replace(photos[i % len(photos)], **_taken(moments[i])),
                hashlib.blake2b(b"%d" % i, digest_size=16).digest(),
            )
            photo_id = add_photo(writer, digest, _BYTES + i, photo)
            _link_preview(library, digest.hex(), photo.preview)
            put_embedding(writer, encoder_id, photo_id, vectors[i])
            put_present(
                writer,
                root_id,
                FileStat(f"{subject[i]:05}/{i:07}.jpg", _BYTES + i, 1_600_000_000_000_000_000, 0),
                photo_id,
            )
    ids = library.catalog.matching()
    ids.sort()
    _relate(writer, encoder_id, ids, vectors, subject)
    stage = MapStage(library, writer, encoder)
    while stage_store.stage_lags(library.catalog, f"map {encoder_id}", "1"):
        stage.run(lambda done, total: None)
    library.vectors(encoder.name, encoder.version, encoder.dim).save()
    writer.close()


def make_in(scratch: Path, photos: Path, number: int, folders: int) -> None:
    """Make a library in `scratch/library`. photos: a folder of real photos, of which its metadata
    and metrics are; number: of its photos, whose files in `scratch/photos` do not exist. Raises
    SystemExit if no photo can be read."""
    found = measured(photos)
    if not found:
        raise SystemExit(f"There are no photos below {photos}.")
    (root := scratch / "photos").mkdir()
    library = Library.open(scratch / "library")
    with contextlib.closing(library), library.lock():
        make(library, found, number, folders, root)


def taken_moments(number: int, random: np.random.Generator) -> list[dt.datetime]:
    """Capture times of a person's photos, oldest first: more each year for twenty years, half of
    them on a few days of trips."""
    start, days = dt.datetime(2005, 1, 1), 20 * 365
    trips = random.integers(0, days, max(1, number // 1000))
    usual = days * random.random(number) ** 0.5
    on_trip = trips[random.integers(0, len(trips), number)] + random.random(number) * 3
    when = np.sort(np.where(random.random(number) < 0.5, usual, np.minimum(on_trip, days)))
    return [start + dt.timedelta(days=float(day)) for day in when]


def _taken(moment: dt.datetime) -> dict[str, Any]:
    return {
        "taken_at": moment.isoformat(timespec="seconds"),
        "taken_precision": "second",
        "taken_source": "exif",
    }


def _link_preview(library: Library, photo_hash: str, jpeg: bytes) -> None:
    """Give a photo that preview, as another name of one file: the disk has room for a million."""
    source = library.dir / "sources" / f"{hashlib.blake2b(jpeg, digest_size=16).hexdigest()}.jpg"
    if not source.exists():
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(jpeg)
    target = library.previews.path(photo_hash)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)


def _relate(
    writer: Writer, encoder_id: int, ids: np.ndarray, vectors: np.ndarray, subject: np.ndarray
) -> None:
    """Store the nearest neighbors of each photo, which are of the same subject, and the copies."""
    near, scores = neighbor_store.empty_neighbor_rows(len(ids))
    found = list[Pair]()
    for rows in np.split(np.arange(len(ids)), np.flatnonzero(np.diff(subject)) + 1):
        cosines = vectors[rows] @ vectors[rows].T
        np.fill_diagonal(cosines, -2)
        best = np.argsort(-cosines, axis=1)[:, : min(NEIGHBOR_COUNT, len(rows) - 1)]
        near[rows[:, None], np.arange(best.shape[1])] = ids[rows[best]]
        scores[rows[:, None], np.arange(best.shape[1])] = np.take_along_axis(cosines, best, 1)
        for at in range(0, len(rows) - 2, _COPY_INTERVAL):
            a, b, c = ids[rows[at : at + 3]].tolist()
            found += [
                Pair(one, other, "picture", 0.98, dict(_SAME))
                for one, other in ((a, b), (a, c), (b, c))
            ]
    with writer.transaction():
        neighbor_store.put_neighbors(writer, encoder_id, ids, near, scores)
        keypoint_store.put_compared(writer, ((i, None) for i in ids.tolist()), PAIRS_VERSION)
        store.put_pairs(writer, found, PAIRS_VERSION)


def run(folder: Path) -> dict[str, Any]:
    """The seconds of each page: of its first run, and the median of five more. folder: that of the
    library."""
    os.environ["EXPLORER_LIBRARY"] = str(folder)
    # Without a server, Streamlit logs a warning at every run.
    logging.disable(logging.WARNING)
    from streamlit.testing.v1 import AppTest

    from explorer.config import PROJECT
    from explorer.ui import resources
    from explorer.ui.anomalies_page import anomalies_state

    results: dict[str, Any] = {}
    # The app loads the model when it starts.
    results["the model"] = {"first": timed(resources.warm)}
    for page in PAGES:
        shown = AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=600)
        shown.switch_page(str(PROJECT / "pages" / f"{page}.py"))
        first = timed(shown.run)
        if shown.exception:
            raise SystemExit(f"{page}: {shown.exception[0].value}")
        results[page] = {
            "first": first,
            "again": float(np.median([timed(shown.run) for _ in range(5)])),
        }
    results["the map's points"] = {
        "first": timed(lambda: anomalies_state.map_points("folder", None)),
        "again": timed(lambda: anomalies_state.map_points("kind", None)),
    }
    results["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        1 << (20 if sys.platform == "darwin" else 10)
    )
    resources.close()
    return results


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.pages", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="photos to measure")
    parser.add_argument(
        "--number", type=int, default=100_000, help="photos in the library (100,000)"
    )
    parser.add_argument("--folders", type=int, default=300, help="number of folders (300)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)
    with tempfile.TemporaryDirectory(prefix="pages-") as scratch:
        # In a process of its own: making the library takes more memory than its pages.
        making = multiprocessing.get_context("spawn").Process(
            target=make_in, args=(Path(scratch), args.photos, args.number, args.folders)
        )
        making.start()
        making.join()
        if making.exitcode:
            return 1
        chromium = next(filter(None, map(shutil.which, _BROWSERS)), None)
        results = {"photos": Catalog(Path(scratch, "library", "catalog.db")).counts().photos} | run(
            Path(scratch, "library")
        )
        if chromium is not None:
            results["timeline"] = _timeline.measure(Path(scratch, "library"), chromium)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
        return 0
    timeline = results.pop("timeline", {})
    print(
        f"{results.pop('photos'):,} photos, at most {results.pop('memory_mb'):,} MB\n\n"
        f"{'seconds':<18}{'first':>8}{'again':>8}"
    )
    for name, value in results.items():
        print(
            f"{name:<18}"
            + "".join(f"{value[key]:>8.2f}" for key in ("first", "again") if key in value)
        )
    for name, value in timeline.items():
        print(f"{'timeline: ' + name:<36}{value:>8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
