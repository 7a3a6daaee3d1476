"""Train the learned part of the starter model, `explorer/encoders/data/starter.npz`, and report how
good it is on held-out photos.

    python run.py bench train_starter --photos DIR [DIR …] [--out FILE]

The input is folders of photos with a file `captions.csv` with the columns `image` and `caption`,
such as Flickr8k. Some photos of the last folder (1,000 by default, selected by a hash of their
names) are held out, the model is fitted on all others, and its R@1/5/10 on the held-out ones is
printed beside that of ConSE alone; with `--out` it is written. The result is reproducible. With
`--topics`, it is also fitted several times without any photos whose captions name certain things,
to measure how well things are found that do not occur in the training photos.

Method. Words: MiniLM's sentence vectors v are centered and half-whitened, unit((v - mean) · U (S +
ε)^(-α/2) Uᵀ), with U and S from captions and class names together (whitening of sentence vectors:
Su et al. 2021; removal of the common component: Mu and Viswanath 2018). Classes: the mean of the
vectors of a class's name, of “a photo of a” name, of its WordNet lemmas and of its WordNet gloss.
ConSE (Norouzi et al. 2013): the mean of the class vectors weighted by the probabilities. Map: a
ridge regression from [features ; ½√probabilities ; features of earlier layers] to the mean vector
of a photo's captions, on five views of each photo (whole, mirrored, three crops). A photo's
semantic vector is the sum of ConSE's vector and the mapped one; ConSE's is not normalized, so it
has more weight if the classifier is certain.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import _captions
from benchmarks._captions import Captioned, Ids, Vectors
from benchmarks._starter_views import Views, image_views, of_photos
from explorer.encoders.base import unit
from explorer.encoders.prompt_ensemble import prompts
from explorer.encoders.starter import SENTENCE_DIM, StarterEncoder, StarterHead, map_inputs

WHITENING = 0.5
EPSILON = 1e-3
RIDGE = 4.0
# The earlier layers' features are divided by their standard deviations and by this, so that their
# share of the inputs is about that of the last layer's.
STAGE_WEIGHT = 1 / 30
SHARPEN = 0.8
WEIGHT_MAP = 0.6
VISUAL, SHARE_VISUAL = 128, 0.4

# Things that are often named in captions of everyday photos, in groups that are held out together.
TOPICS = (
    ("horse", "camera", "beach", "guitar", "snowboard", "bridge", "kayak", "car"),
    ("bicycle", "surfboard", "cat", "football", "fountain", "tent", "sheep"),
    ("motorcycle", "baseball", "skateboard", "pool", "bird", "flower", "sled"),
    ("boat", "basketball", "swing", "mountain", "bus", "umbrella", "phone", "waterfall"),
    ("tennis", "snow", "train", "microphone", "sand", "hat", "cow", "stairs"),
    ("ball", "lake", "soccer", "trampoline", "sunset", "bench", "helmet"),
)

Arrays = dict[str, npt.NDArray[Any]]
Mask = npt.NDArray[np.bool_]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="train_starter", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--held-out", type=int, default=1000, metavar="N")
    parser.add_argument(
        "--topics", action="store_true", help="also measure searches for untrained things"
    )
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    starter = StarterEncoder()
    folders = [_captions.read(folder, folder / "captions.csv") for folder in args.photos]
    data = _captions.joined(folders)
    sys.stderr.write(f"{len(data.photos):,} photos, {len(data.captions):,} captions\n")
    views, classes = image_views(starter, data), class_vectors(starter)
    sentences = starter.sentence_vectors(data.captions)
    held = np.zeros(len(data.photos), bool)
    last = [path.name for path in folders[-1].photos]
    held[len(held) - len(last) :] = held_out(last, args.held_out)
    arrays = fit(views, sentences, data.of, classes, np.flatnonzero(~held))
    _report(StarterHead(arrays), views, sentences, data, held)
    if args.topics:
        _report_topics(starter, views, sentences, data, classes, held)
    if args.out:
        stored = {
            name: value.astype(np.float16) if value.ndim > 1 else value.astype(np.float32)
            for name, value in arrays.items()
        }
        args.out.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(args.out, **stored)  # type: ignore[arg-type]
        print(
            f"Fitted on {(~held).sum():,} photos: {args.out},"
            f" {args.out.stat().st_size / 1e6:.1f} MB"
        )


def _report(
    head: StarterHead, views: Views, sentences: Vectors, data: Captioned, held: Mask
) -> None:
    numbers = np.cumsum(held) - 1
    mine = held[data.of]
    image = of_photos(views[0], held)
    phrases, of = sentences[mine], numbers[data.of[mine]]
    plain = unit(image.probabilities @ head.arrays["plain_classes"])
    ours = head.semantic(image)
    conse = _captions.recall(plain, unit(phrases), of)
    learned = _captions.recall(ours, head.text(phrases), of)
    print(f"Text → photo R@1/5/10 among {held.sum():,} photos held out from training:")
    print(f"  ConSE alone   {_captions.shown(conse)}")
    print(
        f"  starter       {_captions.shown(learned)}   ({learned[2] / conse[2]:.1f}× ConSE's R@10)"
    )


def _report_topics(
    starter: StarterEncoder,
    views: Views,
    sentences: Vectors,
    data: Captioned,
    classes: tuple[Vectors, Vectors],
    held: Mask,
) -> None:
    """Print the precision among the ten best for names of things that no training photo shows. The
    photos searched are those that name one of the things, and the held-out ones."""
    ours, plain = list[float](), list[float]()
    for topics in TOPICS:
        named = {topic: _mentions(data, topic) for topic in topics}
        untrained = held | np.any([count > 0 for count in named.values()], axis=0)
        head = StarterHead(fit(views, sentences, data.of, classes, np.flatnonzero(~untrained)))
        image = of_photos(views[0], untrained)
        vectors = head.semantic(image)
        conse = unit(image.probabilities @ head.arrays["plain_classes"])
        for topic, count in named.items():
            mentions = count[untrained]
            # A single caption may name something that is hardly visible: such photos are ignored.
            right, clear = mentions > 1, mentions != 1
            if right.sum() >= 5:
                words = starter.sentence_vectors(prompts(topic))
                query = unit(head.text(words).mean(axis=0))
                ours.append(_precision(vectors @ query, right, clear))
                plain.append(_precision(conse @ unit(words)[0], right, clear))
    print(f"Precision among the ten best for {len(ours)} things that were not trained on:")
    print(f"  ConSE alone   {100 * np.mean(plain):.1f}")
    print(
        f"  starter       {100 * np.mean(ours):.1f}   ({np.mean(ours) / np.mean(plain):.2f}×"
        f" ConSE's)"
    )


def _mentions(data: Captioned, topic: str) -> Ids:
    """For each photo, how many of its captions name the topic, in the singular or the plural."""
    return _captions.mentions(data, re.compile(rf"\b{topic}s?\b", re.IGNORECASE))


def _precision(scores: Vectors, right: Mask, clear: Mask) -> float:
    best = np.argsort(-scores[clear])[: min(10, int(right.sum()))]
    return float(right[clear][best].mean())


def held_out(names: list[str], number: int) -> Mask:
    """A mask of the held-out photos: those whose names have the largest hashes, so that the
    selection is always the same."""
    order = np.argsort([hashlib.sha256(name.encode()).hexdigest() for name in names])
    mask = np.zeros(len(names), bool)
    mask[order[len(names) - number :]] = True
    return mask


def class_vectors(starter: StarterEncoder) -> tuple[Vectors, Vectors]:
    """Sentence vectors of the 1000 ImageNet classes: (of the names alone, of names, lemmas and
    glosses together), each (1000, 384)."""
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
    views: Views, sentences: Vectors, of: Ids, classes: tuple[Vectors, Vectors], chosen: Ids
) -> Arrays:
    """Fit all arrays of the model on the chosen photos. `explorer/encoders/data/README.md`
    describes the arrays."""
    count = len(views[0].features)
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

    wanted = np.zeros((count, SENTENCE_DIM), np.float32)
    np.add.at(wanted, of[known], words(sentences[known]))
    wanted = unit(wanted)
    whole = of_photos(views[0], chosen)
    stage_mean = whole.stages.mean(axis=0)
    stage_scale = STAGE_WEIGHT / (whole.stages.std(axis=0) + 1e-6)
    inputs = [map_inputs(of_photos(view, chosen), stage_mean, stage_scale) for view in views]
    weights, bias = _ridge(
        np.concatenate(inputs), np.tile(wanted[chosen], (len(views), 1)), RIDGE * len(views)
    )
    sharp = whole.probabilities**SHARPEN
    named = words(rich)
    length = np.linalg.norm(sharp / sharp.sum(axis=1, keepdims=True) @ named, axis=1).mean()
    features = unit(whole.features)
    feature_mean = features.mean(axis=0)
    _, _, axes = np.linalg.svd((features - feature_mean).astype(np.float64), full_matrices=False)
    return {
        "map": weights, "bias": bias, "stage_mean": stage_mean, "stage_scale": stage_scale,
        "classes": named / length, "plain_classes": plain,
        "word_mean": word_mean, "word_map": word_map,
        "feature_mean": feature_mean, "project": axes[:VISUAL].T, "sharpen": np.array(SHARPEN),
        "weight_map": np.array(WEIGHT_MAP),
        "share_visual": np.array(SHARE_VISUAL),
    }  # fmt: skip


def _ridge(inputs: Vectors, wanted: Vectors, strength: float) -> tuple[Vectors, Vectors]:
    """Ridge regression with an unpenalized bias; returns the weights (inputs, outputs) and the bias
    (outputs,)."""
    mean_in, mean_out = inputs.mean(axis=0), wanted.mean(axis=0)
    centered = inputs - mean_in
    square = centered.T @ centered + strength * np.eye(inputs.shape[1], dtype=np.float32)
    weights = np.linalg.solve(square, centered.T @ (wanted - mean_out)).astype(np.float32)
    return weights, mean_out - mean_in @ weights


if __name__ == "__main__":
    main()
