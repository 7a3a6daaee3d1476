"""How well a search by a region of a photo finds other photos of the same object.

    python run.py bench region --photos DIR [--encoder NAME] [--most N] [--objects N] [--seed N]

Several objects are planted in four photos each, with different sizes, rotations (up to 15 degrees)
and brightnesses. One photo of each object is the query, and the other three should be found among
all photos. *Whole photo* searches by the stored vector of the query's photo, *box alone* by the
vector of the object's bounding box, *region* by those of the box with and without a margin, and
*region, same object first* like the program, which also compares local features of the best
matches. The mean rank and the mean reciprocal rank (MRR) are those of the three photos; R@10 is the
share of them among the ten best.

For encoders with heat maps, the last line says how often the hottest location of a photo lies in
the bounding box of the planted object, for a query by a region of another photo, and how often it
would by chance.
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import _captions
from benchmarks._captions import Vectors
from benchmarks._load_encoder import load_encoder
from benchmarks._planted_objects import PlantedObject, plant_objects
from explorer.encoders.base import Encoder, HeatMapEncoder, heat_map
from explorer.photos.decode import decode, read_file
from explorer.photos.formats import EXTENSIONS
from explorer.photos.photo_region import PhotoRegion
from explorer.search.ranking.object_match import MAX_VERIFIED, same_object_first
from explorer.search.ranking.region import MARGINS, RegionEncoder
from explorer.search.results.heat_map import hottest_cell

COPIES = 4


def encode(encoder: Encoder, paths: list[Path], workers: int) -> Vectors:
    """The vectors of photos, encoded as for indexing, (n, dim); zeros for unreadable photos."""
    vectors = np.zeros((len(paths), encoder.dim), np.float32)
    for numbers, pixels in _captions.pixels(paths, encoder.spec, workers):
        vectors[numbers] = encoder.encode_images(pixels)
    return vectors


def encode_regions(
    encoder: Encoder, queries: list[PlantedObject], margins: tuple[float, ...]
) -> tuple[Vectors, list[bytes]]:
    """The vectors of the planted objects' boxes with the given margins, and their previews."""
    with RegionEncoder(encoder, margins) as regions:
        parts = [regions.of_file(str(each.path), PhotoRegion(*each.box)) for each in queries]
    return np.stack([part.example.array() for part in parts]), [part.preview for part in parts]


def rankings(queries: Vectors, photos: Vectors) -> list[list[int]]:
    """For each query, the indices of the photos from best to worst, without the query's own. The
    photos of query n have the indices n * COPIES (its own) to n * COPIES + COPIES - 1."""
    orders = [np.argsort(-(photos @ query), kind="stable") for query in queries]
    return [
        [int(photo) for photo in order if photo != number * COPIES]
        for number, order in enumerate(orders)
    ]


def same_object_first_in(
    found: list[list[int]], regions: list[bytes], paths: list[Path]
) -> tuple[list[list[int]], float]:
    """The rankings with the photos of the same object first, and the mean seconds for one."""

    @functools.cache
    def preview(photo: int) -> bytes:
        return decode(read_file(paths[photo]), None).preview

    better, seconds = list[list[int]](), 0.0
    for ids, region in zip(found, regions, strict=True):
        for photo in ids[:MAX_VERIFIED]:
            preview(photo)
        start = time.perf_counter()
        # Without a time limit, which would change the result on a busy computer.
        better.append(same_object_first(ids, [region], preview, math.inf))
        seconds += time.perf_counter() - start
    return better, seconds / len(found)


def show(name: str, found: list[list[int]]) -> None:
    """Print the mean rank, R@10 and MRR of the other photos of each query's object."""
    ranks = np.array(
        [
            [1 + order.index(number * COPIES + copy) for copy in range(1, COPIES)]
            for number, order in enumerate(found)
        ]
    )
    print(
        f"{name:<28}{ranks.mean():>11.1f}{100 * (ranks <= 10).mean():>7.1f}%"
        f"{(1 / ranks).mean():>8.3f}",
        flush=True,
    )


def heat_map_hits(
    encoder: Encoder, regions: Vectors, planted: list[PlantedObject]
) -> tuple[float, float]:
    """How often the hottest location of an object's other photos lies in its box, and how often it
    would by chance, which is the mean area of a box (both 0 to 1). regions: the vectors of the
    queries."""
    hits, areas, targets = 0, 0.0, [each for n, each in enumerate(planted) if n % COPIES]
    for number, target in enumerate(targets):
        pixels = decode(read_file(target.path), encoder.spec).input
        assert pixels is not None
        grid = heat_map(encoder, pixels, regions[number // (COPIES - 1)])
        assert grid is not None
        x, y = hottest_cell(grid)
        left, top, width, height = target.box
        hits += left <= x <= left + width and top <= y <= top + height
        areas += width * height
    return hits / len(targets), areas / len(targets)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench region", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True, help="photos to plant objects in")
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--most", type=int, metavar="N", help="only the first N photos")
    parser.add_argument("--objects", type=int, default=40, metavar="N", help="default: 40")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    args = parser.parse_args(argv)
    files = sorted(p for p in args.photos.rglob("*") if p.suffix.lower() in EXTENSIONS)
    encoder = load_encoder(args.encoder)
    with tempfile.TemporaryDirectory() as folder:
        planted, left = plant_objects(
            files[: args.most], Path(folder), args.objects, COPIES, args.seed
        )
        paths = [*(each.path for each in planted), *left]
        photos, queries = encode(encoder, paths, args.workers), planted[::COPIES]
        alone, _ = encode_regions(encoder, queries, (0.0,))
        regions, pictures = encode_regions(encoder, queries, MARGINS)
        print(f"{len(photos):,} photos, {args.objects} objects in {COPIES} photos each")
        print(f"{'':<28}{'mean rank':>11}{'R@10':>8}{'MRR':>8}")
        show("whole photo", rankings(photos[: len(planted) : COPIES], photos))
        show("box alone", rankings(alone, photos))
        found = rankings(regions, photos)
        show("region", found)
        better, seconds = same_object_first_in(found, pictures, paths)
        show("region, same object first", better)
        print(f"comparing {MAX_VERIFIED} photos for the same object: {seconds:.2f} s")
        if isinstance(encoder, HeatMapEncoder):
            hits, chance = heat_map_hits(encoder, regions, planted)
            print(f"hottest location in the box: {100 * hits:.1f}% (chance: {100 * chance:.1f}%)")


if __name__ == "__main__":
    main()
