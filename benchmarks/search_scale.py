"""How long searches take in libraries of ten thousand to a million photos.

    python run.py bench search_scale [--most 1000000] [--encoder starter] [--keep DIR]

The libraries are synthetic: catalog rows and random unit vectors in half precision, without photo
files. Each result is the median time in milliseconds after a warm-up run, and the ratio to FAISS
alone: a search for the 600 best of all vectors, without the catalog.

- phrase: the 600 best for a phrase that is already encoded, and including the encoder
- folder, filters: the same among the photos of a folder (an eighth of all), and with filters by
  folder, camera, ISO and an excluded lens
- filters, a photo added: the same after each of several added photos
- explain, newest first, all scores
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from explorer.encoders.registry import get_encoder
from explorer.errors import ExplorerError
from explorer.library.library import Library
from explorer.library.queries.photo_order import PhotoOrder
from explorer.library.stores.embedding_store import register_encoder
from explorer.library.stores.photo_text_store import update_texts
from explorer.library.stores.root_store import add_root
from explorer.library.stores.setting_store import put_setting
from explorer.library.vectors import VectorIndex
from explorer.library.writer import Writer
from explorer.photos.containers.contents import NOTHING_PACKED
from explorer.search.engine import SearchEngine
from explorer.search.language.parse_query import parse
from explorer.search.photo_filter import PhotoFilter
from explorer.search.query import Query

_BATCH = 20_000
_TOP = 600
_ROUNDS = 9
_CAMERAS = ("Canon EOS R6", "NIKON Z 6", "SONY ILCE-7M4", "Apple iPhone 13")
_LENSES = ("RF 50mm", "Z 24-70mm", "FE 35mm", None)
_PHRASES = [
    f"{what} {where}" for what in ("dog", "boat", "tower") for where in ("at sea", "in snow")
]
_PHOTO = (
    "insert into photo (id, hash, bytes, format, width, height, frames, taken_at, taken_precision,"
    " taken_source, camera, lens, iso, contents, added_at, present, change)"
    " values (?, ?, ?, 'JPEG', 4000, 3000, 1, ?, 'second', 'exif', ?, ?, ?, ?, ?, 1, ?)"
)
_FILE = (
    "insert into file (root_id, path, folder, size, mtime_ns, inode, state, photo_id, seen_at)"
    " values (?, ?, ?, ?, 0, ?, 'present', ?, 0)"
)


def add_photos(
    writer: Writer, root: int, encoder: int, ids: range, vectors: npt.NDArray[np.float16]
) -> None:
    """Add photos with these ids in one transaction. vectors: (n, dim)."""
    with writer.transaction() as change:
        writer.connection.executemany(
            _PHOTO,
            (
                (
                    i, hashlib.blake2b(str(i).encode(), digest_size=16).digest(), 3_000_000 + i,
                    _day(i), _CAMERAS[i % 4], _LENSES[i // 4 % 4], 100 << i // 16 % 6,
                    NOTHING_PACKED, float(i), change,
                )
                for i in ids
            ),
        )  # fmt: skip
        writer.connection.executemany(
            _FILE,
            ((root, f"{_folder(i)}/IMG_{i}.jpg", _folder(i), 3_000_000 + i, i, i) for i in ids),
        )
        writer.connection.executemany(
            "insert into embedding values (?, ?, ?)",
            ((encoder, i, row.tobytes()) for i, row in zip(ids, vectors, strict=True)),
        )
        update_texts(writer, ids)


def _day(i: int) -> str:
    year, month, day = 2000 + i * 7919 % 24, 1 + i // 7 % 12, 1 + i // 3 % 28
    return f"{year}-{month:02}-{day:02}T{i % 24:02}:00:{i % 60:02}"


def _folder(i: int) -> str:
    return f"{2000 + i % 8}/event {i // 8 % 500}"


def unit_rows(number: int, dim: int, seed: int) -> npt.NDArray[np.float16]:
    """Random unit vectors, float16 of shape (number, dim)."""
    rows = np.random.default_rng(seed).standard_normal((number, dim), np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float16)


class Bench:
    """One library and the operations that are timed in it.

    The generators yield the calls to be timed; the work between them is not included."""

    def __init__(self, library: Library, encoder: str, number: int) -> None:
        self.library, self.encoder = library, get_encoder(encoder)
        self.writer = Writer(library.catalog)
        photos = library.dir.with_name("photos")
        photos.mkdir(exist_ok=True)
        self.root, self.folder = add_root(self.writer, str(photos)), photos / "2001"
        name = self.encoder.name, self.encoder.version, self.encoder.dim
        self.encoder_id = register_encoder(self.writer, *name)
        put_setting(library.catalog, "encoder", name[0])
        self.next = 1 + len(library.catalog.matching())
        while self.next <= number:
            self.add(min(_BATCH, number + 1 - self.next))
        self.index: VectorIndex = library.vectors(*name)
        self.engine = SearchEngine(library)
        self.filter, self.order = PhotoFilter(library), PhotoOrder(library.catalog)

    def add(self, number: int) -> None:
        ids = range(self.next, self.next + number)
        rows = unit_rows(number, self.encoder.dim, self.next)
        add_photos(self.writer, self.root, self.encoder_id, ids, rows)
        self.next += number

    def faiss_alone(self) -> Iterator[Callable[[], object]]:
        inner = self.index._index
        for query in unit_rows(_ROUNDS + 1, self.encoder.dim, 0).astype(np.float32):
            yield lambda query=query: inner.search(query[None], _TOP)  # type: ignore[misc]

    def search(self, text: str) -> Iterator[Callable[[], object]]:
        """Searches like those of the engine, but by random vectors instead of phrases. text: a
        query that consists of filters."""
        condition = parse(text).condition

        def run(query: npt.NDArray[np.float32]) -> object:
            index = self.library.vectors(self.encoder.name, self.encoder.version, self.encoder.dim)
            among = self.filter.mask(condition) if condition else None
            return self.engine.encoder_name, index.search(query, _TOP, among)

        for query in unit_rows(_ROUNDS + 1, self.encoder.dim, 0).astype(np.float32):
            yield lambda query=query: run(query)  # type: ignore[misc]

    def phrase(self) -> Iterator[Callable[[], object]]:
        for number in range(_ROUNDS + 1):
            phrase = f"{_PHRASES[number % len(_PHRASES)]} {number}"
            yield lambda phrase=phrase: self.engine.search_phrase(phrase, top=_TOP)  # type: ignore[misc]

    def while_indexing(self, text: str) -> Iterator[Callable[[], object]]:
        for ready in self.search(text):
            self.add(1)
            yield ready

    def explain(self) -> Iterator[Callable[[], object]]:
        for number in range(_ROUNDS + 1):
            query = Query(photo_ids=(1 + number,))
            yield lambda query=query: self.engine.explain(query, 1)  # type: ignore[misc]

    def newest(self, text: str) -> Iterator[Callable[[], object]]:
        condition = parse(text).condition
        for _ in range(_ROUNDS + 1):
            yield lambda: self.order.sorted("taken", self.filter.mask(condition))

    def scores(self) -> Iterator[Callable[[], object]]:
        for query in unit_rows(_ROUNDS + 1, self.encoder.dim, 0).astype(np.float32):
            yield lambda query=query: self.index.scores(query)  # type: ignore[misc]

    def rows(self) -> Iterator[tuple[str, Iterator[Callable[[], object]]]]:
        one = f'folder:"{self.folder}"'
        several = f'{one} camera:nikon iso:>=400 -lens:"Z 24"'
        yield "FAISS alone", self.faiss_alone()
        yield "phrase, encoded", self.search("")
        yield f"phrase, by {self.encoder.name}", self.phrase()
        yield "folder", self.search(one)
        yield "all but the folder", self.search(f"-{one}")
        yield "four filters", self.search(several)
        yield "explain", self.explain()
        yield "newest first", self.newest("")
        yield "newest first, folder", self.newest(one)
        yield "all scores", self.scores()
        yield "filters, a photo added", self.while_indexing(several)


def median_ms(runs: Iterator[Callable[[], object]]) -> float:
    """The median time in milliseconds, without the first call, which is a warm-up."""
    seconds = list[float]()
    for run in runs:
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds[1:])


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench search_scale", description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=1_000_000, metavar="N", help="photos")
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="folder in which to keep the libraries"
    )
    args = parser.parse_args(argv)
    # Some test machines have this setting, which makes matrix products slow.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    print(
        f"{'photos':>10}  {'':<26}{'ms':>9}{'x FAISS':>9}   FAISS {faiss.__version__}", flush=True
    )
    for number in sorted({min(n, args.most) for n in (10_000, 100_000, 1_000_000, args.most)}):
        with ExitStack() as stack:
            base = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            folder = base / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            library = Library.open(folder / "library")
            stack.callback(library.close)
            try:
                bench = Bench(library, args.encoder, number)
            except ExplorerError as error:
                raise SystemExit(str(error)) from error
            stack.callback(bench.writer.close)
            alone = 0.0
            for name, runs in bench.rows():
                took = median_ms(runs)
                alone = alone or took
                print(f"{number:>10,}  {name:<26}{took:>9.1f}{took / alone:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
