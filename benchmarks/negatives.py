"""How well “A and not B” is answered: precision among the ten best, beside the plain difference.

    python run.py bench negatives --photos DIR --captions CSV [--encoder NAME]

Photos and a CSV with the columns `image` and `caption`, several captions for each photo. A photo
shows a thing if at least two of its captions name it (three for the thing that is searched for),
and does not if none does; photos in between count neither way. Pairs of things are those of which
the photos show both often and only the first often. For each pair, photos are ranked by the first
thing's name without the second's: with the name of the first alone, with the plain difference of
both vectors, with the second's direction projected out of the first's vector, and with
`explorer/search/subtraction.py`.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks import _captions
from benchmarks._captions import Captioned, Ids, Vectors
from benchmarks.retrieval import encode
from explorer.encoders import registry
from explorer.encoders.base import unit
from explorer.errors import ExplorerError
from explorer.search.subtraction import Negative, candidates_wanted, examples_wanted, subtract

# The things that captions of everyday photos name, with the words for each. Colours are only
# subtracted.
THINGS = {
    "people": "man men woman women boy girl child children person people player crowd lady guy kid"
    " baby adult skateboarder surfer toddler",
    "man": "man men guy", "woman": "woman women lady", "boy": "boy", "girl": "girl",
    "child": "child children kid boy girl toddler baby babies",
    "dog": "dog puppy", "horse": "horse", "snow": "snow snowy ice", "grass": "grass grassy lawn",
    "water": "water ocean sea lake river pool wave", "beach": "beach sand shore",
    "bike": "bike bicycle biker cyclist", "car": "car van truck",
    "ball": "ball football basketball soccer baseball", "mountain": "mountain cliff",
    "tree": "tree wood forest", "street": "street road sidewalk", "building": "building house",
    "rock": "rock boulder", "hat": "hat cap", "crowd": "crowd", "wave": "wave",
    "boat": "boat canoe kayak", "field": "field", "skateboard": "skateboard skateboarder",
    "shirt": "shirt tshirt", "jacket": "jacket coat", "toy": "toy", "frisbee": "frisbee",
    "stick": "stick", "flower": "flower", "sunglasses": "sunglasses glasses", "helmet": "helmet",
    "swimming pool": "pool", "fence": "fence", "dirt": "dirt mud", "climbing": "climbing climber",
    "jumping": "jumping jump leap", "running": "running run",
}  # fmt: skip
COLOURS = ("red", "blue", "white", "black", "brown", "yellow", "green", "pink")

# Number of photos that must show the first thing with the second, and without it, as a share.
_SHARE, _MIN = 1 / 150, 10
# Pairs in which nearly all or nearly no photos of the first thing show the second are left out.
_BETWEEN = (0.12, 0.88)
_BEST = 10

Mask = npt.NDArray[np.bool_]


class Pair(NamedTuple):
    """right: photos of the first thing without the second. clear: photos that count."""

    wanted: str
    unwanted: str
    right: Mask
    clear: Mask


def naming(data: Captioned, words: str) -> Ids:
    """How many of each photo's captions have one of the words, in the singular or the plural."""
    pattern = re.compile(rf"\b({'|'.join(words.split())})(s|es)?\b", re.IGNORECASE)
    counts = np.zeros(len(data.photos), np.int64)
    np.add.at(counts, data.of, [pattern.search(caption) is not None for caption in data.captions])
    return counts


def pairs(data: Captioned) -> list[Pair]:
    """All pairs of things that can be judged on these captions."""
    words = THINGS | {colour: colour for colour in COLOURS}
    named = {thing: naming(data, each) for thing, each in words.items()}
    least, found = max(_MIN, int(len(data.photos) * _SHARE)), list[Pair]()
    for wanted in THINGS:
        shown = named[wanted] >= 3
        for unwanted in words:
            if set(words[wanted].split()) & set(words[unwanted].split()):
                continue
            with_it, without = named[unwanted] >= 2, named[unwanted] == 0
            both, only = int((shown & with_it).sum()), int((shown & without).sum())
            if min(both, only) < least or not _BETWEEN[0] < both / shown.sum() < _BETWEEN[1]:
                continue
            clear = (shown & (with_it | without)) | (named[wanted] == 0)
            found.append(Pair(wanted, unwanted, shown & without, clear))
    return found


def methods(photos: Vectors) -> dict[str, Callable[[Vectors, Vectors], Vectors]]:
    """By name: from the vectors of the wanted and the unwanted thing to the one to search with."""
    sample = photos[:: max(1, len(photos) // 2000)][:2000]

    def best(vector: Vectors, number: int) -> Vectors:
        return photos[np.argsort(-(photos @ vector), kind="stable")[:number]]

    def without(wanted: Vectors, unwanted: Vectors) -> Vectors:
        negative = Negative(unwanted, best(unwanted, examples_wanted(len(photos))))
        return subtract(wanted, [negative], best(wanted, candidates_wanted(len(photos))), sample)

    return {
        "first thing alone": lambda wanted, _: wanted,
        "plain difference": lambda wanted, unwanted: unit(wanted - unwanted),
        "projected out": lambda wanted, unwanted: unit(wanted - (wanted @ unwanted) * unwanted),
        "subtraction.py": without,
    }


def precision(photos: Vectors, vector: Vectors, pair: Pair) -> float:
    order = np.argsort(-(photos @ vector), kind="stable")
    return float(pair.right[order[pair.clear[order]][:_BEST]].mean())


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench negatives", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="photos with captions")
    parser.add_argument(
        "--captions", type=Path, required=True, help="CSV with the columns image and caption"
    )
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--most", type=int, metavar="N", help="only the first N photos")
    args = parser.parse_args(argv)
    data = _captions.read(args.photos, args.captions, most=args.most)
    try:
        encoder = registry.get_encoder(args.encoder)
    except ExplorerError as error:
        raise SystemExit(str(error)) from error
    judged = pairs(data)
    if not judged or not encoder.has_text:
        raise SystemExit("No pair of things can be judged on these captions with this encoder.")
    photos = encode(encoder, data, os.cpu_count() or 1).vectors
    names = sorted({name for pair in judged for name in (pair.wanted, pair.unwanted)})
    vectors = dict(zip(names, encoder.encode_texts(names), strict=True))
    print(f"{len(data.photos):,} photos, {len(judged)} pairs of things; precision@{_BEST} in %")
    print(f"{'':<22}{'all':>7}{'things':>9}{'colours':>9}")
    colour = np.array([pair.unwanted in COLOURS for pair in judged])
    for name, method in methods(photos).items():
        found = np.array(
            [
                precision(photos, method(vectors[pair.wanted], vectors[pair.unwanted]), pair)
                for pair in judged
            ]
        )
        groups = (found, found[~colour], found[colour])
        print(
            f"{name:<22}" + "".join(f"{100 * each.mean():>8.1f} " for each in groups if len(each))
        )


if __name__ == "__main__":
    main()
