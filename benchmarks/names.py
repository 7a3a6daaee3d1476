"""How much the names of files and folders improve searches by phrases, and whether they ever do
harm.

    python run.py bench names --photos DIR --captions CSV [--encoder NAME] [--most N]
        [--words N]

The input is a folder of photos and a CSV with the columns `image` and `caption`. For each caption,
all photos are ranked by meaning alone, and by meaning merged with the ranking by words (reciprocal
rank fusion, as in a search); R@k is how often the photo of the caption is among the k best. The
same photos are given different names: numbers, as by cameras; a word of their first caption, which
is then not searched for; folders by frequent words; and a word of another photo's caption, which is
misleading. With `--words N`, only N words of each caption are searched for, in random order, as
users type them. Finally, it prints how often a typed file name finds its file first, and how long
the ranking by words takes.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import _captions
from benchmarks._captions import Captioned, Vectors
from benchmarks._load_encoder import load_encoder
from benchmarks.retrieval import encode
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores.file_store import put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root
from explorer.library.text.word_ranking import rank_by_words
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.search.ranking.rank_fusion import fuse

_KS = (1, 5, 10)
# A word can be the name of an album if the captions of at least this many photos contain it.
_MIN_ALBUM = 20
_WORD = re.compile("[a-z]{4,}")
_FUNCTION_WORDS = frozenset(
    ["with", "that", "this", "from", "their", "they", "over", "near", "into", "while", "through"]
)


class Found(NamedTuple):
    """R@1/5/10 in percent without and with names, and the mean seconds of a ranking by words."""

    meaning: list[float]
    fused: list[float]
    seconds: float


def content_words(caption: str) -> list[str]:
    return [word for word in _WORD.findall(caption.lower()) if word not in _FUNCTION_WORDS]


def shortened(caption: str, words: int | None, seed: int = 0) -> str:
    """A random sample of a caption's words; the whole caption if `words` is None."""
    if words is None:
        return caption
    some = np.random.default_rng(seed).permutation(content_words(caption) or ["photo"])
    return " ".join(some[:words])


def namings(data: Captioned, seed: int = 0) -> dict[str, list[str]]:
    """For each way of naming, the paths of all photos."""
    random = np.random.default_rng(seed)
    first = [""] * len(data.photos)
    for caption, number in zip(data.captions, data.of, strict=True):
        first[number] = first[number] or caption
    words = [content_words(caption) or ["photo"] for caption in first]
    own = [str(random.choice(some)) for some in words]
    frequency = Counter(word for some in words for word in set(some))
    albums = [
        max(set(some), key=lambda word: (frequency[word] >= _MIN_ALBUM, -frequency[word], word))
        for some in words
    ]
    others = random.permutation(len(own))
    return {
        "numbers": [f"IMG_{number:05}.jpg" for number in range(len(own))],
        "names as they are": [path.name for path in data.photos],
        "a word of its own": [f"{word} {n}.jpg" for n, word in enumerate(own)],
        "albums": [f"{word}/IMG_{n:05}.jpg" for n, word in enumerate(albums)],
        "another's word": [f"{own[other]} {n}.jpg" for n, other in enumerate(others)],
    }


def build(folder: Path, paths: Sequence[str]) -> Library:
    """A library of photos with these paths and nothing else. The photo ids start at 1."""
    (folder / "photos").mkdir(parents=True)
    library = Library.open(folder / "library")
    writer = Writer(library.catalog)
    with writer.transaction():
        root = add_root(writer, str(folder / "photos"))
        for number, path in enumerate(paths, 1):
            photo = DecodedPhoto(format="JPEG", width=1, height=1, phash=bytes(32))
            photo_id = add_photo(writer, number.to_bytes(16, "big"), 1, photo)
            put_present(writer, root, FileStat(path, 1, 1, 0), photo_id)
    writer.close()
    return library


def measure(
    library: Library, photos: Vectors, phrases: Vectors, captions: Sequence[str], of: Sequence[int]
) -> Found:
    """Rank all photos for each caption, without and with names."""
    ranks, took = np.zeros((2, len(captions)), np.int64), 0.0
    for number, caption in enumerate(captions):
        scores = photos @ phrases[number]
        meaning = np.argsort(-scores, kind="stable") + 1
        start = time.perf_counter()
        words = rank_by_words(library.catalog, caption)
        took += time.perf_counter() - start
        fused = fuse(meaning, words.ids, words.coverage, words.named).ids
        for row, ranking in enumerate((meaning, fused)):
            ranks[row, number] = int(np.flatnonzero(ranking == of[number] + 1)[0])
    recall = [[100 * float((row < k).mean()) for k in _KS] for row in ranks]
    return Found(recall[0], recall[1], took / len(captions))


def named_first(library: Library, paths: Sequence[str], spell: Callable[[str], str]) -> float:
    """How often, in percent, a typed file name finds its file first among all photos.

    spell: from a path to the text that is typed."""
    meaning = np.arange(len(paths), 0, -1)
    first = 0
    for number, path in enumerate(paths, 1):
        words = rank_by_words(library.catalog, spell(path))
        first += int(fuse(meaning, words.ids, words.coverage, words.named).ids[0]) == number
    return 100 * first / len(paths)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench names", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument(
        "--captions", type=Path, required=True, help="CSV with the columns image and caption"
    )
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--most", type=int, metavar="N", help="only the first N photos")
    parser.add_argument("--words", type=int, metavar="N", help="search for N words of each caption")
    args = parser.parse_args(argv)
    data = _captions.read(args.photos, args.captions, most=args.most)
    encoder = load_encoder(args.encoder)
    photos = encode(encoder, data, os.cpu_count() or 1).vectors
    # The first caption of each photo names it; the others are searched for.
    seen, searched = set[int](), list[int]()
    for number, photo in enumerate(data.of.tolist()):
        if photo in seen:
            searched.append(number)
        seen.add(photo)
    captions = [shortened(data.captions[number], args.words) for number in searched]
    phrases = np.concatenate(
        [encoder.encode_texts(captions[at : at + 256]) for at in range(0, len(captions), 256)]
    )
    print(f"{len(data.photos):,} photos, {len(captions):,} captions; R@1 / 5 / 10")
    print(f"{'named by':<20}{'meaning alone':>20}{'with names':>20}{'words ms':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        for place, (how, paths) in enumerate(namings(data).items()):
            library = build(Path(scratch) / str(place), paths)
            found = measure(library, photos, phrases, captions, data.of[searched].tolist())
            alone, both = _captions.shown(found.meaning), _captions.shown(found.fused)
            print(f"{how:<20}{alone:>20}{both:>20}{1000 * found.seconds:>10.1f}", flush=True)
            if how == "numbers":
                shares = [
                    named_first(library, paths, spell)
                    for spell in (str, lambda path: path[:-4], lambda path: path[4:-4])
                ]
                typed = f"{paths[0]}, {paths[0][:-4]}, {paths[0][4:-4]}"
                print(f"  first of all when typed as {typed}: {_captions.shown(shares)}%")
            library.close()


if __name__ == "__main__":
    main()
