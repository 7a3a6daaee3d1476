"""How well the map keeps similar photos together, compared with PCA, scikit-learn's t-SNE, openTSNE
and umap-learn on the same vectors.

    python -m benchmarks.map --photos DIR [--limit N] [--encoder NAME] [--many N]

For each, it prints the trustworthiness (Venna and Kaski, 2001; 1 if no photo is close to a
dissimilar one), the share of a photo's ten nearest on the map that are among its ten most similar
photos, and the seconds. For “placed”, the map is computed from half of the photos, and the others
are placed afterward like added photos. --many: only the time and memory for that many synthetic
photos.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

from benchmarks._captions import pixels
from explorer.analysis import map_layout
from explorer.encoders.registry import get_encoder
from explorer.photos.formats import EXTENSIONS

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
KEPT, NEAREST = 24, 10


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.map", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", type=Path, help="any folder of photos")
    parser.add_argument("--limit", type=int, default=1500, help="photos (default: 1500)")
    parser.add_argument("--encoder", default="starter")
    parser.add_argument(
        "--many",
        type=int,
        default=0,
        help="only measure time and memory for this many synthetic photos",
    )
    args = parser.parse_args()
    if args.many:
        many(args.many)
        return
    if args.photos is None:
        parser.error("--photos DIR is needed, unless --many N is given")
    vectors = _vectors(args.photos, args.limit, args.encoder)
    near, scores = nearest(vectors, vectors, own=True)
    print(
        f"{len(vectors):,} photos, {vectors.shape[1]} numbers each\n\n"
        f"{'':14}{'trustworthiness':>16}{'nearest kept':>14}{'seconds':>9}"
    )
    ways: dict[str, Callable[[], Floats] | None] = {
        "this map": lambda: layout(vectors, near, scores),
        "placed": lambda: placed(vectors),
        "PCA": lambda: PCA(2).fit_transform(vectors),
        "scikit TSNE": lambda: TSNE(metric="cosine", random_state=0).fit_transform(vectors),
        "openTSNE": _peer(
            "openTSNE",
            lambda module: np.asarray(module.TSNE(metric="cosine", random_state=0).fit(vectors)),
        ),
        "umap-learn": _peer(
            "umap",
            lambda module: module.UMAP(
                metric="cosine", n_neighbors=15, random_state=0
            ).fit_transform(vectors),
        ),
    }
    for name, way in ways.items():
        if way is None:
            print(f"{name:14}not installed: benchmarks/requirements.txt")
            continue
        began = time.perf_counter()
        places = way()
        took = time.perf_counter() - began
        kept = _kept(places, near)
        trust = trustworthiness(vectors, places, n_neighbors=NEAREST, metric="cosine")
        print(f"{name:14}{trust:16.3f}{kept:14.3f}{took:9.1f}")


def nearest(vectors: Floats, among: Floats, *, own: bool) -> tuple[Rows, Floats]:
    """The rows of the most similar photos, best first, and their cosines, each (n, KEPT). own: both
    are the same photos, none of which is its own neighbor."""
    product = vectors @ among.T
    if own:
        np.fill_diagonal(product, -3)
    near = np.argsort(-product, axis=1)[:, :KEPT]
    return near, np.take_along_axis(product, near, axis=1)


def layout(vectors: Floats, near: Rows, scores: Floats) -> Floats:
    """Positions on the map, (n, 2)."""
    places = map_layout.initial_positions(len(vectors), lambda start, end: vectors[start:end])
    parts = map_layout.attraction_table(near, scores)
    for number in range(map_layout.STEPS):
        map_layout.step(places, parts, number)
    return places


def placed(vectors: Floats) -> Floats:
    """Positions if the map is computed from every other photo and the rest is placed afterward."""
    first, later = vectors[::2], vectors[1::2]
    places = np.empty((len(vectors), 2), np.float32)
    places[::2] = layout(first, *nearest(first, first, own=True))
    near, scores = nearest(later, first, own=False)
    for row in range(len(later)):
        some = near[row, : map_layout.ATTRACTING]
        places[2 * row + 1] = map_layout.position_among(
            places[::2][some], scores[row, : map_layout.ATTRACTING], row
        )
    return places


def many(number: int) -> None:
    """Print the time and memory for synthetic photos in clusters of fifty neighbors."""
    chance = np.random.default_rng(0)
    near = (np.arange(number)[:, None] // 50 * 50 + chance.integers(0, 50, (number, KEPT))) % number
    scores = np.sort(chance.random((number, KEPT), np.float32))[:, ::-1]
    places = chance.standard_normal((number, 2)).astype(np.float32) * 10
    began = time.perf_counter()
    parts = map_layout.attraction_table(near, scores)
    for at in range(map_layout.STEPS):
        map_layout.step(places, parts, at)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{number:,} photos: {time.perf_counter() - began:.0f} s, {memory:,.0f} MB at most")


def _vectors(folder: Path, limit: int, name: str) -> Floats:
    """The vectors of a random sample of photos; pictures are encoded in batches to save memory."""
    files = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    random.Random(5).shuffle(files)
    encoder = get_encoder(name)
    found = [
        encoder.encode_images(some)
        for _, some in pixels(files[:limit], encoder.spec, os.cpu_count() or 1)
    ]
    return np.concatenate(found).astype(np.float16).astype(np.float32)


def _kept(places: Floats, near: Rows) -> float:
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    found = np.argsort(apart, axis=1)[:, :NEAREST]
    best = near[:, :NEAREST]
    return float(
        np.mean(
            [
                len(set(row) & set(wanted)) / NEAREST
                for row, wanted in zip(found.tolist(), best.tolist(), strict=True)
            ]
        )
    )


def _peer(module: str, run: Callable[[Any], Floats]) -> Callable[[], Floats] | None:
    try:
        found = importlib.import_module(module)
    except ImportError:
        return None
    return lambda: run(found)


if __name__ == "__main__":
    main()
