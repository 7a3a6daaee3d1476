"""How well phrases find photos, or photos find photos of their folder, and how fast photos are
encoded from their files.

    python run.py bench retrieval --photos DIR --captions CSV [--encoder NAME] [--most N]
    python run.py bench retrieval --photos DIR --folders [--encoder NAME]… [--top K]

The input is a folder of photos and a CSV with the columns `image` and `caption`. For each caption,
all photos are ranked; R@k is how often the photo of the caption is among the k best (Karpathy and
Fei-Fei 2015, the usual measure for captioned photos). The encoder is compared with ConSE alone
(Norouzi et al. 2013): the ImageNet probabilities of the starter's image network and MiniLM vectors
of the class names, without any training. Photos per second are measured from file to vector:
reading, decoding with preview and metadata as in indexing, and encoding; the model is loaded
beforehand. The starter was trained on Flickr8k, so its results on these photos are too good:
`bench train_starter` measures it on held-out photos.

With `--folders`, each folder without subfolders that holds at least two photos is a class. Every
photo with a class is searched by, among all others; precision@k is the mean share of the first k
that are of its class, for each `--encoder`. The Compare models page shows the same for a sample of
a library.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import _captions
from benchmarks._captions import Captioned, Vectors
from benchmarks._load_encoder import load_encoder
from explorer.encoders.base import Encoder, unit
from explorer.encoders.starter import StarterEncoder
from explorer.search.comparison.folder_classes import classes_of, precision_at


class Encoded(NamedTuple):
    """vectors: (photos, dim), zeros for unreadable photos. read: the number of photos read.
    seconds: from the first file to the last vector."""

    vectors: Vectors
    read: int
    seconds: float


def encode(encoder: Encoder, data: Captioned, workers: int) -> Encoded:
    """Decode all photos in the decode pool and encode them."""
    side = encoder.spec.size
    encoder.encode_images(np.zeros((1, side, side, 3), np.uint8))
    vectors, read, start = (
        np.zeros((len(data.photos), encoder.dim), np.float32),
        0,
        time.perf_counter(),
    )
    for numbers, pixels in _captions.pixels(data.photos, encoder.spec, workers):
        vectors[numbers] = encoder.encode_images(pixels)
        read += len(numbers)
    return Encoded(vectors, read, time.perf_counter() - start)


class Conse:
    """ConSE as an encoder: an image's vector is the probability-weighted mean of the class names'
    sentence vectors (Norouzi et al. 2013)."""

    name, version, has_text = "ConSE alone", "1", True

    def __init__(self) -> None:
        self._starter = StarterEncoder()
        self._classes = self._starter._head.arrays["plain_classes"]
        self.spec, self.dim = self._starter.spec, self._classes.shape[1]

    def warm_up(self) -> None:
        self._starter.warm_up()

    def encode_images(self, pixels: np.ndarray) -> Vectors:
        return unit(self._starter.image_features(pixels).probabilities @ self._classes)

    def encode_texts(self, phrases: list[str]) -> Vectors:
        return unit(self._starter.sentence_vectors(phrases))


def measure(encoder: Encoder, data: Captioned, workers: int) -> tuple[list[float], Encoded]:
    """R@1/5/10 in percent, and the encoded photos."""
    encoded = encode(encoder, data, workers)
    phrases = np.concatenate(
        [
            encoder.encode_texts(data.captions[start : start + 256])
            for start in range(0, len(data.captions), 256)
        ]
    )
    return _captions.recall(encoded.vectors, phrases, data.of), encoded


def measure_folders(names: list[str], folder: Path, top: int, workers: int) -> None:
    """Print precision@k of each encoder, with folders as classes."""
    by_folder: dict[str, list[int]] = {}
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for number, path in enumerate(paths):
        by_folder.setdefault(str(path.parent), []).append(number)
    classes = classes_of(by_folder)
    if classes is None:
        raise SystemExit(f"{folder} has no two folders without subfolders that hold two photos.")
    print(f"{len(classes.folders):,} folders as classes, {len(classes.ids):,} files in them")
    print(f"{'':<20}{f'precision@{top}':>16}{'photos/s':>10}{'read':>8}")
    for name in names:
        encoder = load_encoder(name)
        encoded = encode(encoder, Captioned(paths, [], np.zeros(0, np.int64)), workers)
        read = encoded.vectors.any(axis=1)
        value = leave_one_out(encoded.vectors[read], classes.of(np.flatnonzero(read)), top)
        print(f"{name:<20}{value:>16.3f}{encoded.read / encoded.seconds:>10.1f}{encoded.read:>8,}")


def leave_one_out(vectors: Vectors, labels: np.ndarray, top: int) -> float:
    """The mean precision@top of searches by each photo with a class among all others. vectors: unit
    length, of shape (n, dim). labels: the class of each, -1 for none."""
    found = []
    for number in np.flatnonzero(labels >= 0):
        scores = vectors @ vectors[number]
        scores[number] = -np.inf
        best = np.argsort(-scores, kind="stable")[: min(top, len(scores) - 1)]
        found.append(precision_at(labels[best], int(labels[number]), top))
    return float(np.mean(found))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench retrieval", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--photos", type=Path, required=True, help="folder of photos, including subfolders"
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--captions", type=Path, help="CSV with the columns image and caption")
    kind.add_argument("--folders", action="store_true", help="measure with folders as classes")
    parser.add_argument(
        "--encoder", action="append", metavar="NAME", help="again for more, with --folders"
    )
    parser.add_argument(
        "--top", type=int, default=10, metavar="K", help="the k of precision@k (default: 10)"
    )
    parser.add_argument("--most", type=int, metavar="N", help="only the first N photos")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="decode processes (default: one per core)",
    )
    args = parser.parse_args(argv)
    names = args.encoder or ["starter"]
    if args.folders:
        return measure_folders(names, args.photos, args.top, args.workers)
    if len(names) > 1:
        parser.error("--captions takes one --encoder")
    return measure_captions(load_encoder(names[0]), args)


def measure_captions(encoder: Encoder, args: argparse.Namespace) -> None:
    """Print R@k of an encoder and of its peer."""
    data = _captions.read(args.photos, args.captions, most=args.most)
    if not encoder.has_text:
        raise SystemExit(
            f"“{encoder.name}” has no text encoder, so it cannot be measured with phrases."
        )
    peer: Encoder = Conse()  # type: ignore[assignment]
    print(f"{len(data.photos):,} photos, {len(data.captions):,} captions")
    print(f"{'':<20}{'R@1 / 5 / 10':>20}{'photos/s':>10}{'read':>8}")
    figures = []
    for each in (encoder, peer):
        recall, encoded = measure(each, data, args.workers)
        speed = encoded.read / encoded.seconds
        figures.append((recall, speed))
        print(
            f"{each.name:<20}{_captions.shown(recall):>20}{speed:>10.1f}{encoded.read:>8,}",
            flush=True,
        )
    ours, theirs = figures
    ratios = " / ".join(
        f"{mine / max(plain, 1e-9):.1f}" for mine, plain in zip(ours[0], theirs[0], strict=True)
    )
    print(f"{'ratio':<20}{ratios:>20}{ours[1] / theirs[1]:>10.2f}")


if __name__ == "__main__":
    main()
