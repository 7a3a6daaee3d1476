"""What the best photos of a query tell about whether the library has what it asks for.

No single figure is enough (`benchmarks/relevance.py` prints the best score and the means of several
beside the whole method): a word that the encoder hardly knows has low scores for its own photos,
and one that lies among many known words has high scores for others'. `relevance.py` combines the
signals computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Encoder, Vectors, unit

Floats = npt.NDArray[np.float32]

PHRASE_SIGNALS = ("cluster", "lift")
TRAINING_SIGNALS = ("known", "excess", "wide_excess")
"""Those of encoders that tell about their training. Of the two excesses, the greater counts, in
standard deviations."""


@dataclass(frozen=True)
class SignalSettings:
    """Chosen with `benchmarks/relevance.py` on photos of single objects and captioned photos."""

    pool: int = 100
    """Number of the best photos that are examined."""
    looked_at: int = 20
    """Number of them whose neighbors are examined."""
    neighbors: int = 10
    """Number of a photo's neighbors over which its score is averaged."""
    own_share: float = 0.2
    """Share of the photo's own score in that average."""
    nearest_words: int = 3
    """Number of known words to which a phrase is compared."""
    best_of_library: tuple[int, int] = (5, 15)
    """Numbers of the library's best photos for the excess and the wide excess: the fewer tell of a
    thing of which there are only a few photos; the more are not misled by a few that match by
    chance."""
    best_of_reference: int = 30
    """Number of the best photos of a reference set to which a phrase's best are compared."""
    clear_distance: float = 1.6
    """How far a single photo must lie above the best of the reference set to be a clear hit, in
    standard deviations of the scores there."""


SETTINGS = SignalSettings()

# Two vectors that are closer are of one photo, or of copies of it.
_SAME = 0.999
_FLAT = 1e-6
# Number of the best reference photos above which a clear hit lies.
_HIGHEST = 3


class EncoderTraining(NamedTuple):
    """What an encoder tells about its training."""

    words: Vectors
    """Unit vectors of the words that it was trained to see, of shape (w, dim)."""
    photos: Vectors
    """Vectors of everyday photos, of shape (r, dim)."""

    @classmethod
    def of(cls, encoder: Encoder) -> EncoderTraining | None:
        """What this encoder tells; None unless it tells both."""
        words = getattr(encoder, "known_words", None)
        photos = getattr(encoder, "reference_photos", None)
        return None if words is None or photos is None else cls(words, photos)


class Spread(NamedTuple):
    """The distribution of the scores of a library's photos for one query."""

    median: float
    below: float
    """How far the 16th percentile is below it: one standard deviation of a normal distribution.
    Unlike the scores above the median, those below do not depend on how many photos match."""


def spread(scores: Floats) -> Spread:
    """The spread of scores. scores: those of a sample of the library, of shape (n,), n ≥ 1."""
    low, median = np.quantile(scores, [0.1587, 0.5])
    return Spread(float(median), max(float(median - low), _FLAT))


def smoothed(top: Vectors, sample: Vectors, query: Vectors, settings: SignalSettings) -> Floats:
    """The scores of photos, of shape (n,), averaged with those of the photos that are most like
    each of them.

    Photos of one thing are alike, so where the library has it, the neighbors of a good match match
    too. A photo that matches by chance has neighbors that do not match (cluster hypothesis: van
    Rijsbergen 1979; score regularization: Diaz 2007). top: vectors of shape (n, dim). sample:
    others of the library, of shape (m, dim). query: of shape (dim,).
    """
    looked_at = top[: settings.looked_at]
    pool = np.concatenate([top, sample])
    likeness, scores = looked_at @ pool.T, pool @ query
    likeness[likeness > _SAME] = -1.0
    count = min(settings.neighbors, len(pool) - 1)
    if count < 1:
        return np.asarray(looked_at @ query, np.float32)
    near = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    own = settings.own_share
    return np.asarray(own * (looked_at @ query) + (1 - own) * scores[near].mean(axis=1), np.float32)


def phrase_signals(
    query: Vectors, top: Vectors, sample: Vectors, settings: SignalSettings = SETTINGS
) -> dict[str, float]:
    """The signals that any encoder has, by the names in PHRASE_SIGNALS: `cluster`, the mean of the
    five best scores after smoothing, and `lift`, how far the ten best lie above the library's
    median, in spreads.

    query: unit vector of shape (dim,). top: the vectors of its best photos, of shape (n, dim), n ≥
    1. sample: vectors that stand for the library, of shape (m, dim), m ≥ 1.
    """
    middle = spread(sample @ query)
    cluster = np.sort(smoothed(top[: settings.pool], sample, query, settings))[::-1]
    return {
        "cluster": float(cluster[:5].mean()),
        "lift": float((cluster[:10].mean() - middle.median) / middle.below),
    }


def known(query: Vectors, words: Vectors, settings: SignalSettings = SETTINGS) -> float:
    """Mean cosine of a query and the nearest words that the encoder was trained to see.

    query: unit vector of shape (dim,). words: unit vectors of shape (w, dim), w ≥ 1.
    """
    number = min(settings.nearest_words, len(words))
    return float(np.partition(words @ query, -number)[-number:].mean())


def excesses(
    query: Vectors, top: Vectors, reference: Vectors, settings: SignalSettings = SETTINGS
) -> dict[str, float]:
    """How far the mean of the best scores lies above that of the best photos of a reference set:
    `excess` for the five best photos, `wide_excess` for the fifteen best.

    query: unit vector of shape (dim,). top: the vectors of its best photos, of shape (n, dim), n ≥
    1, best first. reference: vectors of shape (r, dim), r ≥ 1.
    """
    scores = reference @ query
    number = min(settings.best_of_reference, len(scores))
    usual = np.partition(scores, -number)[-number:].mean()
    few, more = settings.best_of_library
    best = top[:more] @ query
    return {"excess": float(best[:few].mean() - usual), "wide_excess": float(best.mean() - usual)}


def standardized(
    signals: Mapping[str, float], usual: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """The signals in standard deviations over the background phrases, by the names of their
    weights. usual: the mean and the standard deviation of each."""
    found = {name: (value - usual[name][0]) / usual[name][1] for name, value in signals.items()}
    if "wide_excess" in found:
        found["excess"] = max(found["excess"], found.pop("wide_excess"))
    return found


class ClearHits(NamedTuple):
    """Photos that are evidence by themselves."""

    number: int
    highest: float
    """The mean of the best scores of the reference set."""


def clear_hits(
    query: Vectors, top: Vectors, reference: Vectors, settings: SignalSettings = SETTINGS
) -> ClearHits | None:
    """Those of the five best photos that match so much better than any of a reference set that each
    of them is evidence by itself: the mean of five tells nothing of a thing of which there are only
    one or two photos. None if there are none. Arguments as for `excesses`."""
    scores = reference @ query
    highest = float(np.sort(scores)[-_HIGHEST:].mean())
    limit = highest + settings.clear_distance * float(scores.std())
    number = int((top[:5] @ query >= limit).sum())
    return ClearHits(number, highest) if number else None


def together(phrases: Vectors) -> Vectors:
    """One unit vector, of shape (dim,), for the vectors of several prompts of one phrase, of shape
    (n, dim)."""
    return np.asarray(unit(phrases.mean(axis=0)), np.float32)


def usual_likeness(sample: Vectors) -> float:
    """Median cosine of two different photos of a sample; 0 if there are fewer than two."""
    if len(sample) < 2:
        return 0.0
    some = sample[:: max(1, len(sample) // 500)][:500]
    return float(np.median((some @ some.T)[np.triu_indices(len(some), 1)]))
