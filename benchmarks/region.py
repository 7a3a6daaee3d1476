"""How well a search by part of a photo finds the other photos of the same thing.

    python run.py bench region --photos DIR [--encoder NAME] [--most N] [--objects N] [--seed N]

Each of several objects is planted in four photos: at other sizes, turned by up to 15 degrees, and
lighter or darker. One photo of each object in turn is the query, and the other three are to be
found among all. *Whole photo* searches by the stored vector of the query's photo, *region alone*
by the box around the object and nothing else, *region* as the program does. Mean rank, and the mean
reciprocal rank (MRR), are of the three photos; R@10 is how many of them are among the ten best.

For encoders with heat maps, the last line says how often the hottest location of a photo lies in
the planted object's box, for a query by the region of another photo, and how often it would by
chance.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import _captions
from benchmarks._captions import Vectors
from benchmarks._planted_objects import PlantedObject, plant_objects
from explorer.encoders import registry
from explorer.encoders.base import Encoder, HeatMapEncoder, heat_map
from explorer.errors import ExplorerError
from explorer.photos.decode import decode, read_file
from explorer.photos.formats import EXTENSIONS
from explorer.photos.photo_region import PhotoRegion
from explorer.search.heat_map import hottest_cell
from explorer.search.region import MARGINS, RegionEncoder

COPIES = 4


def encode(encoder: Encoder, paths: list[Path], workers: int) -> Vectors:
    """The vectors of photos as they are indexed; zeros for one that cannot be read."""
    vectors = np.zeros((len(paths), encoder.dim), np.float32)
    for numbers, pixels in _captions.pixels(paths, encoder.spec, workers):
        vectors[numbers] = encoder.encode_images(pixels)
    return vectors


def encode_regions(
    encoder: Encoder, planted: list[PlantedObject], margins: tuple[float, ...]
) -> Vectors:
    """The vectors of the planted boxes, with these margins around them."""
    with RegionEncoder(encoder, margins) as regions:
        parts = [regions.of_file(str(each.path), PhotoRegion(*each.box)) for each in planted]
    return np.stack([part.example.array() for part in parts])


def ranks(queries: Vectors, photos: Vectors, planted: list[PlantedObject]) -> np.ndarray:
    """The ranks, from 1, of the other photos of each query's object, (queries, COPIES - 1)."""
    rows = list[np.ndarray]()
    for number, query in enumerate(queries):
        scores = photos @ query
        scores[number] = -np.inf
        others = [
            other
            for other, each in enumerate(planted)
            if each.number == planted[number].number and other != number
        ]
        rows.append(1 + (scores[None] > scores[others][:, None]).sum(axis=1))
    return np.stack(rows)


def heat_map_hits(
    encoder: Encoder, regions: Vectors, planted: list[PlantedObject]
) -> tuple[float, float]:
    """How often the hottest location of the next photo of an object lies in its box, and the mean
    share of a photo that a box covers, which is how often it would by chance."""
    hits, areas = 0, 0.0
    for number, each in enumerate(planted):
        target = planted[number // COPIES * COPIES + (number + 1) % COPIES]
        pixels = decode(read_file(target.path), encoder.spec).input
        assert pixels is not None and target.number == each.number
        grid = heat_map(encoder, pixels, regions[number])
        assert grid is not None
        x, y = hottest_cell(grid)
        left, top, width, height = target.box
        hits += left <= x <= left + width and top <= y <= top + height
        areas += width * height
    return hits / len(planted), areas / len(planted)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench region", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True, help="photos to plant objects in")
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--most", type=int, metavar="N", help="only the first so many photos")
    parser.add_argument("--objects", type=int, default=40, metavar="N", help="default: 40")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    args = parser.parse_args(argv)
    files = sorted(p for p in args.photos.rglob("*") if p.suffix.lower() in EXTENSIONS)
    try:
        encoder = registry.get_encoder(args.encoder)
    except ExplorerError as error:
        raise SystemExit(str(error)) from error
    with tempfile.TemporaryDirectory() as folder:
        planted, left = plant_objects(
            files[: args.most], Path(folder), args.objects, COPIES, args.seed
        )
        photos = encode(encoder, [*(each.path for each in planted), *left], args.workers)
        alone = encode_regions(encoder, planted, (0.0,))
        regions = encode_regions(encoder, planted, MARGINS)
        print(f"{len(photos):,} photos, {args.objects} objects in {COPIES} photos each")
        print(f"{'':<16}{'mean rank':>11}{'R@10':>8}{'MRR':>8}")
        for name, queries in (
            ("whole photo", photos[: len(planted)]),
            ("region alone", alone),
            ("region", regions),
        ):
            found = ranks(queries, photos, planted)
            print(
                f"{name:<16}{found.mean():>11.1f}{100 * (found <= 10).mean():>7.1f}%"
                f"{(1 / found).mean():>8.3f}",
                flush=True,
            )
        if isinstance(encoder, HeatMapEncoder):
            hits, chance = heat_map_hits(encoder, regions, planted)
            print(f"hottest location in the box: {100 * hits:.1f}% (chance: {100 * chance:.1f}%)")


if __name__ == "__main__":
    main()
