"""Photos labeled with the things that they show, for searches with and without right answers."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks import _captions
from benchmarks._captions import Vectors
from explorer.encoders.base import Encoder, unit
from explorer.photos.formats import EXTENSIONS

Mask = npt.NDArray[np.bool_]

# Things with fewer photos cannot be judged.
_MIN = 8
MAX_RARE = 4
# Things that are often named in captions of everyday photos.
_NAMED = (
    "dog", "man", "woman", "child", "girl", "boy", "snow", "grass", "water", "beach", "bike",
    "car", "ball", "mountain", "tree", "street", "building", "rock", "hat", "crowd", "boat",
    "field", "skateboard", "horse", "shirt", "jacket", "toy", "frisbee", "stick", "flower",
    "sunglasses", "helmet", "pool", "fence", "dirt", "sand", "ocean", "wave", "hill", "bench",
    "camera", "soccer", "football", "basketball", "tennis", "baseball", "bicycle", "motorcycle",
    "guitar", "swing", "slide", "sign", "truck", "bus", "train", "bird", "cat", "sheep", "cow",
    "table", "chair", "tent", "kayak", "surfboard", "ski", "snowboard", "sled", "cliff",
    "river", "lake", "waterfall", "fountain", "bridge", "city", "sunset", "dress", "uniform",
    "bag", "backpack", "umbrella", "phone", "food", "ice", "market",
)  # fmt: skip


class LabeledPhotos(NamedTuple):
    """vectors: of all photos, (n, dim). shows: by the name of a thing, whether each photo shows it.
    captioned: whether the labels come from captions; a photo may then show several things. rare:
    the same as `shows` for things that captions name in at most MAX_RARE photos."""

    vectors: Vectors
    shows: dict[str, Mask]
    captioned: bool
    rare: dict[str, Mask]


class Searched(NamedTuple):
    """One search. photos: which of all photos are in the library. shows: whether each photo in the
    library shows the thing; False for all if the thing is absent."""

    name: str
    photos: Mask
    shows: Mask


def read(folder: Path, encoder: Encoder, workers: int) -> LabeledPhotos:
    """Read labeled photos and encode them. Raises SystemExit if there are too few.

    folder: with one subfolder for each thing, named like it (such as Caltech-101), or with photos
    and a `captions.csv` with the columns `image` and `caption`."""
    table = folder / "captions.csv"
    if table.is_file():
        files = list(_captions.read(folder, table).photos)
    else:
        files = sorted(p for p in folder.glob("*/**/*") if p.suffix.lower() in EXTENSIONS)
    if not files:
        raise SystemExit(
            f"There are no photos to search in {folder}: it needs one folder of photos for each"
            " subject, or a file captions.csv."
        )
    vectors, seen = np.zeros((len(files), encoder.dim), np.float32), np.zeros(len(files), bool)
    for numbers, pixels in _captions.pixels(files, encoder.spec, workers):
        vectors[numbers], seen[numbers] = encoder.encode_images(pixels), True
    # Rounded to half precision, as in the index.
    vectors = unit(vectors.astype(np.float16).astype(np.float32))
    files = [path for path, good in zip(files, seen, strict=True) if good]
    shows = _named(files, table) if table.is_file() else _foldered(files, folder)
    things = {name: mask for name, mask in shows.items() if mask.sum() >= _MIN}
    if len(things) < 4:
        raise SystemExit(f"Too few things have {_MIN} photos or more in {folder}.")
    rare = _rare(files, table) if table.is_file() else {}
    return LabeledPhotos(vectors[seen], things, table.is_file(), rare)


def _foldered(files: list[Path], folder: Path) -> dict[str, Mask]:
    named = np.array([path.relative_to(folder).parts[0] for path in files])
    names = {name: re.sub(r"[_\W]+", " ", name).strip().lower() for name in sorted(set(named))}
    return {
        words: named == name
        for name, words in names.items()
        # Caltech-101 has a folder of photos that belong to no class.
        if not words.startswith("background")
    }


def _named(files: list[Path], table: Path) -> dict[str, Mask]:
    said = _captions_of(table)
    return {word: _naming(word, files, said) >= 1 for word in _NAMED}


def _rare(files: list[Path], table: Path) -> dict[str, Mask]:
    """Nouns of WordNet that captions name in few photos, of at least one of them in three."""
    import timm

    lemmas = Path(timm.__file__).parent / "data" / "_info" / "imagenet_synset_to_lemma.txt"
    said = _captions_of(table)
    words = set(re.findall("[a-z]+", " ".join(each for path in files for each in said[path.name])))
    found = dict[str, Mask]()
    for noun in sorted(set(re.findall(r"(?<=[\t,] )[a-z]+|(?<=\t)[a-z]+", lemmas.read_text()))):
        if words.isdisjoint({noun, f"{noun}s", f"{noun}es"}):
            continue
        named = _naming(noun, files, said)
        if (named >= 3).any() and (named >= 1).sum() <= MAX_RARE:
            found[noun] = named >= 1
    return found


def _captions_of(table: Path) -> dict[str, list[str]]:
    said = defaultdict[str, list[str]](list)
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            said[Path(row["image"]).name].append(row["caption"].lower())
    return said


def _naming(word: str, files: list[Path], said: dict[str, list[str]]) -> npt.NDArray[np.int64]:
    """For each photo, the number of its captions that name a thing."""
    plural = {"man": "men", "woman": "women", "child": "children"}.get(word, word + "e?s")
    pattern = re.compile(rf"\b({word}|{plural})\b")
    return np.array([sum(map(bool, map(pattern.search, said[path.name]))) for path in files])


def searches(data: LabeledPhotos, seed: int) -> Iterator[tuple[Mask, list[Searched]]]:
    """Yields libraries with their searches: (which photos are in the library, searches).

    With photos in folders, half of the things are left out of the first library and the other half
    out of the second, so that each thing is searched for once where it is present and once where it
    is absent. With captioned photos, each thing is left out in turn: all photos with a caption that
    names it.
    """
    names = sorted(data.shows)
    whole = np.ones(len(data.vectors), bool)
    if data.captioned:
        yield whole, [Searched(name, whole, data.shows[name]) for name in names]
        for name in names:
            rest = ~data.shows[name]
            yield rest, [Searched(name, rest, np.zeros(int(rest.sum()), bool))]
        return
    order = list(np.random.default_rng(seed).permutation(names))
    for half in (order[: len(order) // 2], order[len(order) // 2 :]):
        library = np.any([data.shows[name] for name in half], axis=0)
        yield library, [Searched(name, library, data.shows[name][library]) for name in names]
