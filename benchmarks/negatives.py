"""How well “A and not B” is answered: the precision among the ten best results, compared with the
plain difference of vectors.

    python run.py bench negatives --photos DIR --captions CSV [--encoder NAME]

The input is a folder of photos and a CSV with the columns `image` and `caption`, with several
captions for each photo. A photo shows a thing if at least two of its captions name it (three for
the wanted thing), and does not show it if none does; other photos are ignored. Pairs of things are
used if enough photos show both and enough show only the first. For each pair, photos are ranked by
the name of the first thing without the second's: by “A without B” as one phrase, by the first
vector alone, by the plain difference of both vectors, by the first vector with the direction of the
second projected out, and by `explorer/search/ranking/subtraction.py`.
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
from benchmarks._load_encoder import load_encoder
from benchmarks.retrieval import encode
from explorer.encoders.base import unit
from explorer.search.ranking.subtraction import (
    Negative,
    candidates_wanted,
    examples_wanted,
    subtract,
)

# Things that are often named in captions of everyday photos, with the words for each. Colors are
# only subtracted.
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
COLORS = ("red", "blue", "white", "black", "brown", "yellow", "green", "pink")

# Number of photos that must show the first thing with the second, and without it, as a share.
_SHARE, _MIN = 1 / 150, 10
# The range of the share of photos of the first thing that also show the second; other pairs are
# skipped.
_SHARE_RANGE = (0.12, 0.88)
_TOP = 10

Mask = npt.NDArray[np.bool_]


class Pair(NamedTuple):
    """right: which photos show the first thing without the second. clear: which photos count."""

    wanted: str
    unwanted: str
    right: Mask
    clear: Mask


def naming(data: Captioned, words: str) -> Ids:
    """For each photo, how many of its captions contain one of the words, in the singular or the
    plural."""
    pattern = rf"\b({'|'.join(words.split())})(s|es)?\b"
    return _captions.mentions(data, re.compile(pattern, re.IGNORECASE))


def pairs(data: Captioned) -> list[Pair]:
    """All pairs of things for which these captions suffice."""
    words = THINGS | {color: color for color in COLORS}
    named = {thing: naming(data, each) for thing, each in words.items()}
    least, found = max(_MIN, int(len(data.photos) * _SHARE)), list[Pair]()
    for wanted in THINGS:
        shown = named[wanted] >= 3
        for unwanted in words:
            if set(words[wanted].split()) & set(words[unwanted].split()):
                continue
            with_it, without = named[unwanted] >= 2, named[unwanted] == 0
            both, only = int((shown & with_it).sum()), int((shown & without).sum())
            if min(both, only) < least or not (
                _SHARE_RANGE[0] < both / shown.sum() < _SHARE_RANGE[1]
            ):
                continue
            clear = (shown & (with_it | without)) | (named[wanted] == 0)
            found.append(Pair(wanted, unwanted, shown & without, clear))
    return found


def methods(photos: Vectors) -> dict[str, Callable[[Vectors, Vectors], Vectors]]:
    """The methods by name: functions from the vectors of the wanted and the unwanted thing to the
    vector to search with. photos: unit vectors (n, dim)."""
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
    """The share of right photos among the ten best that count, 0 to 1."""
    order = np.argsort(-(photos @ vector), kind="stable")
    return float(pair.right[order[pair.clear[order]][:_TOP]].mean())


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
    encoder = load_encoder(args.encoder)
    judged = pairs(data)
    if not judged or not encoder.has_text:
        raise SystemExit("No pair of things can be judged on these captions with this encoder.")
    photos = encode(encoder, data, os.cpu_count() or 1).vectors
    names = sorted({name for pair in judged for name in (pair.wanted, pair.unwanted)})
    vectors = dict(zip(names, encoder.encode_texts(names), strict=True))
    print(f"{len(data.photos):,} photos, {len(judged)} pairs of things; precision@{_TOP} in %")
    print(f"{'':<22}{'all':>7}{'things':>9}{'colors':>9}")
    color = np.array([pair.unwanted in COLORS for pair in judged])
    phrases = encoder.encode_texts([f"{pair.wanted} without {pair.unwanted}" for pair in judged])
    searched = {"as one phrase": [*phrases]} | {
        name: [method(vectors[pair.wanted], vectors[pair.unwanted]) for pair in judged]
        for name, method in methods(photos).items()
    }
    for name, each in searched.items():
        found = np.array([precision(photos, *one) for one in zip(each, judged, strict=True)])
        groups = (found, found[~color], found[color])
        print(
            f"{name:<22}" + "".join(f"{100 * each.mean():>8.1f} " for each in groups if len(each))
        )


if __name__ == "__main__":
    main()
