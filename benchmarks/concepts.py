"""Concepts of a few example photos: ranking and cut-off, beside the plain mean of the examples.

    python run.py bench concepts --photos DIR --captions CSV [--encoder NAME] [--fit]

Photos and a CSV with the columns `image` and `caption`, several captions for each photo. Concepts
are things, and pairs of things, that at least three captions of a photo name; a photo that no
caption names them for shows them not, and photos in between count neither way. For each concept the
photos are split in halves, at random. Examples are drawn from one half; counter-examples are what a
person would call wrong: the best results there by the plain mean that do not show the thing. The
other half is ranked.

Printed are precision@10 and average precision, and for the product's method how many of the photos
that it calls a good match (and a strong one) show the concept, how many of those that do it calls
so, and the F1 of that beside the F1 of the best cut-off there is. `--fit` fits the weights of the
cut-off to these photos and prints them.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks import _captions
from benchmarks._captions import Captioned, Vectors
from benchmarks._load_encoder import load_encoder
from benchmarks.negatives import THINGS, Mask, naming
from benchmarks.retrieval import encode
from explorer.encoders.base import unit
from explorer.search.ranking.concept_vector import ConceptBackground, fit_concept, typical_score
from explorer.search.relevance.relevance_signals import spread
from explorer.search.relevance.relevance_weights import LIMITS

COLUMNS = ((3, 0), (5, 0), (10, 0), (3, 2), (5, 5), (10, 5))
"""Numbers of examples and of counter-examples."""
_SAMPLE, _MIN_EXAMPLES, _SHARE = 2000, 25, 1 / 80
# A pair is a concept of its own if few photos of either thing show both.
_OF_EITHER = 0.6

Method = Callable[[Vectors, Vectors], Vectors]


class Task(NamedTuple):
    """One concept to learn. shows: whether each photo to rank shows it."""

    positive: Vectors
    negative: Vectors
    ranked: Vectors
    shows: Mask


def concepts(data: Captioned) -> dict[str, tuple[Mask, Mask]]:
    """By name, which photos show a thing or both things of a pair, and which do not."""
    counts = {name: naming(data, words) for name, words in THINGS.items() if name != "people"}
    least = max(_MIN_EXAMPLES, int(len(data.photos) * _SHARE))
    found = {
        name: (number >= 3, number == 0)
        for name, number in counts.items()
        if (number >= 3).sum() >= least
    }
    for one, other in combinations(counts, 2):
        if set(THINGS[one].split()) & set(THINGS[other].split()):
            continue
        both = (counts[one] >= 3) & (counts[other] >= 3)
        fewest = min(int((counts[one] >= 3).sum()), int((counts[other] >= 3).sum()))
        if least <= both.sum() < _OF_EITHER * fewest:
            found[f"{one} and {other}"] = (both, (counts[one] == 0) | (counts[other] == 0))
    return found


def tasks(
    photos: Vectors, known: dict[str, tuple[Mask, Mask]], examples: int, counter: int, times: int
) -> Iterator[Task]:
    """The tasks with so many examples and counter-examples, the same in each call."""
    rng = np.random.default_rng(0)
    for shows, lacks in known.values():
        for _ in range(times):
            half = rng.random(len(photos)) < 0.5
            there = np.flatnonzero(half & shows)
            if len(there) < examples or (~half & shows).sum() < 5:
                continue
            chosen = rng.choice(there, examples, replace=False)
            scores = photos @ photos[chosen].mean(axis=0)
            scores[~(half & lacks)] = -np.inf
            wrong = np.argsort(-scores)[:counter]
            ranked = ~half & (shows | lacks)
            yield Task(photos[chosen], photos[wrong], photos[ranked], shows[ranked])


def methods(background: ConceptBackground) -> dict[str, Method]:
    """By name: from examples and counter-examples to the vector that ranks."""
    sample, middle = background.sample, background.sample.mean(axis=0)

    def rocchio(positive: Vectors, negative: Vectors) -> Vectors:
        total = positive.mean(axis=0)
        return unit(total - 0.2 * negative.mean(axis=0) if len(negative) else total)

    def centered(positive: Vectors, negative: Vectors) -> Vectors:
        total = positive.mean(axis=0) - middle
        return unit(total - 0.2 * (negative.mean(axis=0) - middle) if len(negative) else total)

    def ridge(positive: Vectors, negative: Vectors) -> Vectors:
        parts = [(positive, 1.0, 1.0), (sample, -1.0, 1.0)]
        parts += [(negative, -1.0, 0.3)] if len(negative) else []
        rows = np.concatenate([part for part, _, _ in parts]).astype(np.float64)
        goals = np.concatenate([np.full(len(part), goal) for part, goal, _ in parts])
        shares = np.concatenate([np.full(len(part), of / len(part)) for part, _, of in parts])
        shares /= shares.sum()
        rows, goals = rows - shares @ rows, goals - shares @ goals
        squares = (rows * shares[:, None]).T @ rows
        added = 10 * np.trace(squares) / len(squares)
        solved = np.linalg.solve(squares + added * np.eye(len(squares)), rows.T @ (shares * goals))
        return np.asarray(unit(solved), np.float32)

    return {
        "plain mean": lambda positive, _: unit(positive.mean(axis=0)),
        "mean - 0.2 counter": rocchio,
        "the same, centered": centered,
        "ridge classifier": ridge,
        "concept_vector.py": background.direction,
    }


def nearest(task: Task) -> Vectors:
    """The score of each photo by its nearest example, less that by its nearest counter-example."""
    scores = (task.ranked @ task.positive.T).max(axis=1)
    if len(task.negative):
        scores = scores - 0.5 * (task.ranked @ task.negative.T).max(axis=1)
    return np.asarray(scores, np.float32)


def ranking(scores: Vectors, shows: Mask) -> tuple[float, float]:
    """Precision@10 and average precision."""
    found = shows[np.argsort(-scores, kind="stable")]
    hits = np.cumsum(found)
    precise = hits[found] / (np.flatnonzero(found) + 1)
    return float(found[:10].mean()), float(precise.mean())


class CutOff(NamedTuple):
    """Mean precision and recall of good matches and of strong ones, their F1, and the best F1."""

    precision: float
    recall: float
    strong_precision: float
    strong_recall: float
    f1: float
    best_f1: float


def cut_off(some: list[Task], background: ConceptBackground) -> CutOff:
    """How well the product's relevance tells photos of a concept from others. Precision is over all
    tasks together, as many of them have no strong match."""
    totals, rows = defaultdict[str, int](int), list[tuple[float, ...]]()
    for task in some:
        found = fit_concept(task.positive, task.negative, background)
        scores = task.ranked @ found.vector
        relevance = found.judgement.relevance(scores)
        good, strong = relevance >= LIMITS.fair, relevance >= LIMITS.strong
        for name, called in (("good", good), ("strong", strong)):
            totals[name] += int(called.sum())
            totals[f"{name} right"] += int((called & task.shows).sum())
        right = np.cumsum(task.shows[np.argsort(-scores, kind="stable")])
        best = 2 * right / (np.arange(len(right)) + 1 + task.shows.sum())
        f1 = 2 * (good & task.shows).sum() / (good.sum() + task.shows.sum())
        recalls = [(called & task.shows).sum() / task.shows.sum() for called in (good, strong)]
        rows.append((*recalls, f1, best.max()))
    recall, strong_recall, f1, best_f1 = np.mean(rows, axis=0).tolist()
    precisions = [totals[f"{name} right"] / max(1, totals[name]) for name in ("good", "strong")]
    return CutOff(precisions[0], recall, precisions[1], strong_recall, f1, best_f1)


def fit_weights(some: list[Task], background: ConceptBackground) -> npt.NDArray[np.float64]:
    """The weights of score, typical score and 1 in the log odds, by logistic regression in which
    each task counts the same; the mean typical score of the tasks with fewest examples at the
    end."""
    features, goals, shares, typical = [], [], [], []
    for task in some:
        vector = background.direction(task.positive, task.negative)
        usual = spread(background.sample @ vector)
        scores = (task.ranked @ vector - usual.median) / usual.below
        expected = typical_score(task.positive, task.negative, background)
        ones = np.ones(len(scores))
        features.append(np.stack([scores, expected * ones, ones], axis=1))
        goals.append(task.shows.astype(np.float64))
        shares.append(ones / len(scores))
        if len(task.positive) == COLUMNS[0][0]:
            typical.append(expected)
    rows, goal, share = (np.concatenate(each) for each in (features, goals, shares))
    weights = np.zeros(3)
    for _ in range(30):
        odds = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (share * (goal - odds)) - 1e-5 * weights
        curve = (rows * (share * odds * (1 - odds))[:, None]).T @ rows + 1e-5 * np.eye(3)
        weights += np.linalg.solve(curve, slope)
    return np.append(weights, np.mean(typical))


def report(photos: Vectors, known: dict[str, tuple[Mask, Mask]], times: int, *, fit: bool) -> None:
    """Print the tables."""
    # As the product takes its sample of a library.
    background = ConceptBackground(photos[:: max(1, len(photos) // _SAMPLE)][:_SAMPLE])
    every = {column: list(tasks(photos, known, *column, times)) for column in COLUMNS}
    print(f"{len(photos):,} photos, {len(known)} concepts; precision@10 / average precision")
    heads = "".join(f"{f'{a} + {b}':>16}" for a, b in COLUMNS)
    print(f"{'examples + counter':<20}{heads}")
    named = methods(background)
    for name in [*named, "nearest example"]:
        line = f"{name:<20}"
        for some in every.values():
            rows = list[tuple[float, float]]()
            for task in some:
                if name in named:
                    vector = named[name](task.positive, task.negative)
                    rows.append(ranking(task.ranked @ vector, task.shows))
                else:
                    rows.append(ranking(nearest(task), task.shows))
            precise, average = np.mean(rows, axis=0)
            line += f"{f'{precise:.3f} / {average:.3f}':>16}"
        print(line, flush=True)
    print("\nThe cut-off of concept_vector.py")
    print(f"{'examples + counter':<20}{'good: P / R':>16}{'strong: P / R':>16}{'F1 / best':>16}")
    for (a, b), some in every.items():
        cut = cut_off(some, background)
        parts = [
            f"{cut.precision:.2f} / {cut.recall:.2f}",
            f"{cut.strong_precision:.2f} / {cut.strong_recall:.2f}",
            f"{cut.f1:.2f} / {cut.best_f1:.2f}",
        ]
        print(f"{f'{a} + {b}':<20}" + "".join(f"{part:>16}" for part in parts), flush=True)
    if fit:
        weights = fit_weights([task for some in every.values() for task in some], background)
        print("\nscore {:.3f}, typical {:.3f}, bias {:.3f}; alone {:.2f}".format(*weights))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="bench concepts", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="photos with captions")
    parser.add_argument(
        "--captions", type=Path, required=True, help="CSV with the columns image and caption"
    )
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument("--times", type=int, default=2, metavar="N", help="draws for each concept")
    parser.add_argument("--fit", action="store_true", help="fit the weights of the cut-off")
    args = parser.parse_args(argv)
    data = _captions.read(args.photos, args.captions)
    encoder = load_encoder(args.encoder)
    vectors = encode(encoder, data, os.cpu_count() or 1).vectors
    # As the index keeps them.
    vectors = unit(vectors.astype(np.float16).astype(np.float32))
    report(vectors, concepts(data), args.times, fit=args.fit)


if __name__ == "__main__":
    main()
