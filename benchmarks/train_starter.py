"""Make the starter's learned part, `explorer/encoders/data/starter.npz`, and say how good it is on
photos it was not trained on.

    python run.py bench train_starter --photos DIR --captions CSV [--out FILE]

Photos and a CSV with the columns `image` and `caption`, such as Flickr8k. First, a part of the
photos (1,000 by default, chosen by a hash of their names) is held out, everything is fitted on the
others, and R@1/5/10 is printed beside ConSE's alone; with `--out` it is then fitted again on
all photos, and written. Same photos, same numbers. With `--topics` it is also fitted several times
on photos none of whose captions name certain things, and says how well these things are found then,
as they are in photos of other kinds than these.

The method. Words: MiniLM's sentence vectors v are centred and half-whitened, unit((v - mean) · U (S
+ ε)^(-α/2) Uᵀ), U and S from captions and class names together (whitening of sentence vectors: Su
et al. 2021; taking out what all share: Mu & Viswanath 2018). Classes: the mean of the vectors of a
class's name, of “a photo of a” name, of its WordNet lemmas and of its WordNet gloss. ConSE: their
mean weighted by the probabilities. The map: ridge regression from [features ; ½√probabilities] to a
photo's mean caption, on five views of each photo (whole, mirrored, three crops). A photo's semantic
vector is the sum of both; ConSE keeps its length there, which is great when the classifier is sure.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks import _captions
from benchmarks._captions import Captioned, Ids, Vectors
from explorer.encoders.base import unit
from explorer.encoders.starter import SIDE, WORDS, StarterEncoder, StarterHead

WHITENING = 0.5
EPSILON = 1e-3
RIDGE = 2.0
SHARPEN = 0.8
WEIGHT_MAP = 0.55
VISUAL, SHARE_VISUAL = 128, 0.4

# Things that captions of everyday photos name, in groups that are left out of training together.
TOPICS = (
    ("horse", "camera", "beach", "guitar", "snowboard", "bridge", "kayak", "car"),
    ("bicycle", "surfboard", "cat", "football", "fountain", "tent", "sheep"),
    ("motorcycle", "baseball", "skateboard", "pool", "bird", "flower", "sled"),
    ("boat", "basketball", "swing", "mountain", "bus", "umbrella", "phone", "waterfall"),
    ("tennis", "snow", "train", "microphone", "sand", "hat", "cow", "stairs"),
    ("ball", "lake", "soccer", "trampoline", "sunset", "bench", "helmet"),
)

Arrays = dict[str, npt.NDArray[Any]]


class Seen(NamedTuple):
    """What the eyes saw, for each view: features (views, n, 1280) and probabilities (views, n,
    1000). The first view is the whole photo."""

    features: Vectors
    probabilities: Vectors


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="train_starter", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--captions", type=Path, required=True)
    parser.add_argument("--held-out", type=int, default=1000, metavar="N")
    parser.add_argument(
        "--topics", action="store_true", help="also find things that were never trained on"
    )
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    starter = StarterEncoder()
    data = _captions.read(args.photos, args.captions)
    sys.stderr.write(f"{len(data.photos):,} photos, {len(data.captions):,} captions\n")
    seen, sentences, classes = (
        see(starter, data),
        starter.sentence_vectors(data.captions),
        class_vectors(starter),
    )
    held = held_out([path.name for path in data.photos], args.held_out)
    head = StarterHead(fit(seen, sentences, data.of, classes, np.flatnonzero(~held)))
    _report(head, seen, sentences, data, held)
    if args.topics:
        _report_topics(starter, seen, sentences, data, classes, held)
    if args.out:
        arrays = fit(seen, sentences, data.of, classes, np.arange(len(data.photos)))
        stored = {
            name: value.astype(np.float16) if value.ndim > 1 else value.astype(np.float32)
            for name, value in arrays.items()
        }
        args.out.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(args.out, **stored)  # type: ignore[arg-type]
        print(
            f"Fitted on all {len(data.photos):,} photos: {args.out},"
            f" {args.out.stat().st_size / 1e6:.1f} MB"
        )


def _report(
    head: StarterHead, seen: Seen, sentences: Vectors, data: Captioned, held: npt.NDArray[np.bool_]
) -> None:
    numbers = np.cumsum(held) - 1
    mine = held[data.of]
    features, probabilities = seen.features[0][held], seen.probabilities[0][held]
    phrases, of = sentences[mine], numbers[data.of[mine]]
    plain = unit(probabilities @ head.arrays["plain_classes"])
    ours = head.semantic(features, probabilities)
    conse = _captions.recall(plain, unit(phrases), of)
    learned = _captions.recall(ours, head.text(phrases), of)
    print(f"Text → photo R@1/5/10 among {held.sum():,} photos held out from training:")
    print(f"  ConSE alone   {_captions.shown(conse)}")
    print(
        f"  starter       {_captions.shown(learned)}   ({learned[2] / conse[2]:.1f}× ConSE's R@10)"
    )


def _report_topics(
    starter: StarterEncoder,
    seen: Seen,
    sentences: Vectors,
    data: Captioned,
    classes: tuple[Vectors, Vectors],
    held: npt.NDArray[np.bool_],
) -> None:
    """Precision among the ten best for the names of things, of which no photo was trained on;
    photos held out are in the way too."""
    ours, plain = list[float](), list[float]()
    for topics in TOPICS:
        named = {topic: _mentions(data, topic) for topic in topics}
        untrained = held | np.any([count > 0 for count in named.values()], axis=0)
        head = StarterHead(fit(seen, sentences, data.of, classes, np.flatnonzero(~untrained)))
        features, probabilities = seen.features[0][untrained], seen.probabilities[0][untrained]
        vectors, conse = (
            head.semantic(features, probabilities),
            unit(probabilities @ head.arrays["plain_classes"]),
        )
        for topic, count in named.items():
            mentions = count[untrained]
            # One caption of five may speak of what can hardly be seen: such photos count neither
            # way.
            right, clear = mentions > 1, mentions != 1
            if right.sum() >= 5:
                word = starter.sentence_vectors([topic])
                ours.append(_precision(vectors @ head.text(word)[0], right, clear))
                plain.append(_precision(conse @ unit(word)[0], right, clear))
    print(f"Precision among the ten best for {len(ours)} things that were not trained on:")
    print(f"  ConSE alone   {100 * np.mean(plain):.1f}")
    print(
        f"  starter       {100 * np.mean(ours):.1f}   ({np.mean(ours) / np.mean(plain):.2f}×"
        f" ConSE's)"
    )


def _mentions(data: Captioned, topic: str) -> Ids:
    """How many of each photo's captions name it, in the singular or the plural."""
    pattern = re.compile(rf"\b{topic}s?\b", re.IGNORECASE)
    counts = np.zeros(len(data.photos), np.int64)
    np.add.at(counts, data.of, [pattern.search(caption) is not None for caption in data.captions])
    return counts


def _precision(
    scores: Vectors, right: npt.NDArray[np.bool_], clear: npt.NDArray[np.bool_]
) -> float:
    best = np.argsort(-scores[clear])[: min(10, int(right.sum()))]
    return float(right[clear][best].mean())


def held_out(names: list[str], number: int) -> npt.NDArray[np.bool_]:
    """Which photos are not trained on: those whose names have the smallest hashes, so that the
    choice never moves."""
    order = np.argsort([hashlib.sha256(name.encode()).hexdigest() for name in names])
    mask = np.zeros(len(names), bool)
    mask[order[:number]] = True
    return mask


def see(starter: StarterEncoder, data: Captioned) -> Seen:
    """Run the eyes over five views of every photo. Crops differ from photo to photo but not from
    run to run."""
    views = list[tuple[Vectors, Vectors]]()
    for number in range(5):
        features, probabilities = list[Vectors](), list[Vectors]()
        for start in range(0, len(data.photos), 16):
            batch = np.stack([_view(path, number) for path in data.photos[start : start + 16]])
            some = starter.image_features(batch)
            features.append(some[0])
            probabilities.append(some[1])
        views.append((np.concatenate(features), np.concatenate(probabilities)))
        sys.stderr.write(f"view {number + 1} of 5 done\n")
    return Seen(np.stack([f for f, _ in views]), np.stack([p for _, p in views]))


def _view(path: Path, number: int) -> npt.NDArray[np.uint8]:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    box = (0.0, 0.0, float(width), float(height))
    if number in (1, 4):
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if number >= 2:
        random = np.random.default_rng([number, *path.name.encode()])
        scale = random.uniform(0.6, 0.95)
        w, h = width * scale, height * min(1.0, scale * random.uniform(0.9, 1.1))
        x, y = random.uniform(0, width - w), random.uniform(0, height - h)
        box = (x, y, x + w, y + h)
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box))


def class_vectors(starter: StarterEncoder) -> tuple[Vectors, Vectors]:
    """Sentence vectors of the 1000 ImageNet classes: (of the names alone, of all that is said of
    them), each (1000, 384)."""
    import timm
    from open_clip import IMAGENET_CLASSNAMES

    folder = Path(timm.__file__).parent / "data" / "_info"
    synsets = (folder / "imagenet_synsets.txt").read_text().split()
    lemmas = _table(folder / "imagenet_synset_to_lemma.txt")
    glosses = _table(folder / "imagenet_synset_to_definition.txt")
    names = list(IMAGENET_CLASSNAMES)
    plain = starter.sentence_vectors(names)
    lemma = unit(
        np.stack(
            [
                starter.sentence_vectors(lemmas[synset].split(", ")).mean(axis=0)
                for synset in synsets
            ]
        )
    )
    gloss = starter.sentence_vectors([glosses[synset] for synset in synsets])
    return plain, unit(
        plain + starter.sentence_vectors([f"a photo of a {name}" for name in names]) + lemma + gloss
    )


def _table(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {key: value for key, _, value in (line.partition("\t") for line in lines)}


def fit(
    seen: Seen, sentences: Vectors, of: Ids, classes: tuple[Vectors, Vectors], chosen: Ids
) -> Arrays:
    """Everything that is learned, from the chosen photos only. The arrays are described in
    `explorer/encoders/data/README.md`."""
    count = seen.features.shape[1]
    known = np.isin(of, chosen)
    plain, rich = classes
    sample = np.concatenate([sentences[known], plain])
    word_mean = sample.mean(axis=0)
    directions, sizes, _ = np.linalg.svd(np.cov((sample - word_mean).T).astype(np.float64))
    word_map = ((directions * (sizes + EPSILON) ** (-WHITENING / 2)) @ directions.T).astype(
        np.float32
    )

    def words(vectors: Vectors) -> Vectors:
        return unit((unit(vectors) - word_mean) @ word_map)

    wanted = np.zeros((count, WORDS), np.float32)
    np.add.at(wanted, of[known], words(sentences[known]))
    wanted = unit(wanted)
    features = unit(seen.features[:, chosen])
    inputs = np.concatenate([features, 0.5 * np.sqrt(seen.probabilities[:, chosen])], axis=2)
    weights, bias = _ridge(
        inputs.reshape(-1, inputs.shape[2]),
        np.tile(wanted[chosen], (len(inputs), 1)),
        RIDGE * len(inputs),
    )
    sharp = seen.probabilities[0, chosen] ** SHARPEN
    named = words(rich)
    length = np.linalg.norm(sharp / sharp.sum(axis=1, keepdims=True) @ named, axis=1).mean()
    feature_mean = features[0].mean(axis=0)
    _, _, axes = np.linalg.svd((features[0] - feature_mean).astype(np.float64), full_matrices=False)
    return {
        "map": weights, "bias": bias, "classes": named / length, "plain_classes": plain,
        "word_mean": word_mean, "word_map": word_map,
        "feature_mean": feature_mean, "project": axes[:VISUAL].T, "sharpen": np.array(SHARPEN),
        "weight_map": np.array(WEIGHT_MAP),
        "share_visual": np.array(SHARE_VISUAL),
    }  # fmt: skip


def _ridge(inputs: Vectors, wanted: Vectors, strength: float) -> tuple[Vectors, Vectors]:
    """Linear least squares with a penalty on the weights; the bias goes free. Gives weights
    (inputs, outputs) and bias (outputs,)."""
    mean_in, mean_out = inputs.mean(axis=0), wanted.mean(axis=0)
    centred = inputs - mean_in
    square = centred.T @ centred + strength * np.eye(inputs.shape[1], dtype=np.float32)
    weights = np.linalg.solve(square, centred.T @ (wanted - mean_out)).astype(np.float32)
    return weights, mean_out - mean_in @ weights


if __name__ == "__main__":
    main()
