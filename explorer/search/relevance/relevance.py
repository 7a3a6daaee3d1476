"""How likely it is that a result shows what the query asks for, and whether anything does.

A cosine alone does not tell: for one phrase 0.3 is an excellent match, for another a poor one, and
other encoders have other scales. Here a phrase is compared with how `BACKGROUND_PHRASES` do in this
very library. A few signals of its best photos (`relevance_signals.py`), each in standard deviations
over those phrases, and how much these photos prefer it to those phrases (`rival_phrases.py`) are
combined by logistic regression to the odds that the library has what is asked for. A second one
turns these odds, and the place of a photo's score between the library's median and that of a
typical photo of the thing, into the photo's relevance (Platt 1999). In a search by a photo, cosines
are compared with how alike the library's photos usually are.

The weights and limits (`relevance_weights.py`), and how they were fitted, are described in
`docs/relevance.md`; `benchmarks/relevance.py` measures them on any folder.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.encoders.base import Encoder, Vectors
from explorer.encoders.prompt_ensemble import paraphrases
from explorer.search.query import Match
from explorer.search.relevance import relevance_weights
from explorer.search.relevance.background_phrases import BACKGROUND_PHRASES
from explorer.search.relevance.relevance_signals import (
    PHRASE_SIGNALS,
    SETTINGS,
    TRAINING_SIGNALS,
    ClearHits,
    EncoderTraining,
    Floats,
    clear_hits,
    excesses,
    known,
    phrase_signals,
    spread,
    standardized,
    together,
    usual_likeness,
)
from explorer.search.relevance.relevance_weights import ALIKE, LIMITS, MatchLimits, RelevanceWeights
from explorer.search.relevance.rival_phrases import RivalPhrases

BestPhotos = Callable[[Vectors], Vectors]
"""From a query's unit vector, of shape (dim,), to the vectors of its best photos, of shape (n,
dim), best first; `SETTINGS.pool` of them suffice."""

SAMPLE = 2000
"""Number of vectors that stand for a library."""

SURE = 3.0
"""The limit of the log-odds that the signals give, odds of 20 to 1: beyond the values seen when the
weights were fitted, a stronger signal says no more."""

# Where a library has nothing of the background phrases, they only differ by chance, which must not
# count much. In ordinary libraries their lift deviates by 1.2 to 2.
_MIN_DEVIATION = {"lift": 1.0}

# A thing counts as frequent if at least this many photos of the sample match its phrase better than
# all others.
_MANY = 10

# A frequent subject is the best match of at least this many photos of the sample, and is preferred
# this clearly by its ten best.
_FEWEST, _CLEAR = 5, 0.9

# If so clear a subject is the best match of this share of the sample, it gets at least these odds.
_FREQUENT, _FREQUENT_ODDS = 0.04, 1.0

# A thing of which there are only a few photos, each a clear hit, gets at least these odds.
_CLEAR_HIT_ODDS = 1.3


@dataclass(frozen=True)
class RelevanceJudgement:
    """What was found out about one query: turns scores into relevance."""

    answerable: float
    """How likely it is that the library has what is asked for, 0–1. For a photo, 1: it can always
    be compared."""
    slope: float
    bias: float
    full: float = 1.0
    """Score from which a photo matches as well as the best ones: one photo may stand out by
    chance."""

    def relevance(self, scores: Floats) -> Floats:
        """Cosines of shape (n,) → relevance of 0–1, of shape (n,); never lower for a higher
        cosine."""
        capped = np.minimum(np.asarray(scores, np.float64), self.full)
        return _sigmoid(self.slope * capped + self.bias)

    def matches(self, scores: Floats, limits: MatchLimits = LIMITS) -> list[Match]:
        """Cosines of shape (n,) → the match word of each."""
        return [
            relevance_weights.match_word(float(each), limits) for each in self.relevance(scores)
        ]


@dataclass(frozen=True)
class RelevanceModel:
    """One library as one encoder sees it. Small; made once, and again when the library has changed
    much."""

    sample: Vectors
    """Vectors that stand for the library, of shape (n, dim)."""
    usual_likeness: float
    """Median cosine of two photos of the library."""
    usual: Mapping[str, tuple[float, float]]
    """Mean and standard deviation of each signal over the background phrases; empty for an encoder
    without text."""
    rivals: RivalPhrases
    """The background phrases; none for an encoder without text."""
    training: EncoderTraining | None = None
    """What the encoder tells about its training, if it does."""

    @classmethod
    def fit(
        cls,
        encoder: Encoder,
        sample: Vectors,
        best: BestPhotos | None = None,
        background: Vectors | None = None,
    ) -> RelevanceModel:
        """sample: up to SAMPLE vectors spread evenly over the library, of shape (n, dim).
        background: what `encode_background` returns, if it is known already.

        best: finds the best photos of a phrase in the whole library; None finds them in the
        sample, which suffices where that is the whole library.
        """
        training = EncoderTraining.of(encoder)
        none = RivalPhrases(sample[:0], sample)
        model = cls(sample, usual_likeness(sample), {}, none, training)
        if not encoder.has_text or not len(sample):
            return model
        vectors = encode_background(encoder) if background is None else background
        phrases = np.split(vectors, len(BACKGROUND_PHRASES))
        rows = list[dict[str, float]]()
        for phrase in phrases:
            top = best(phrase[0]) if best else model.best_in_sample(phrase[0])
            rows.append(model.signals(phrase, top))
        usual = {
            name: (
                float(np.mean([row[name] for row in rows])),
                max(float(np.std([row[name] for row in rows])), _MIN_DEVIATION.get(name, 1e-6)),
            )
            for name in rows[0]
        }
        rivals = RivalPhrases(np.stack([together(phrase) for phrase in phrases]), sample)
        return cls(sample, model.usual_likeness, usual, rivals, training)

    def best_in_sample(self, query: Vectors) -> Vectors:
        """The vectors of the photos of the sample that match a query best, best first."""
        order = np.argsort(-(self.sample @ query), kind="stable")[: SETTINGS.pool]
        return np.asarray(self.sample[order], np.float32)

    def signals(self, phrase: Vectors, top: Vectors) -> dict[str, float]:
        """The signals of a phrase by name. Arguments as for `judge_phrase`."""
        query = together(phrase)
        found = phrase_signals(query, top, self.sample)
        if self.training is not None:
            found["known"] = known(query, self.training.words)
            found |= excesses(query, top, self.training.photos)
        return found

    def judge_phrase(
        self, phrase: Vectors, top: Vectors, weights: RelevanceWeights | None = None
    ) -> RelevanceJudgement:
        """Judge a phrase.

        phrase: the unit vectors of its prompts, of shape (k, dim), the one that was searched
        with first; see `encode_prompts`. top: the vectors of its best photos, of shape (n, dim),
        best first, of which the first `SETTINGS.pool` are used. weights: None takes those for the
        encoder.
        """
        if not len(top) or not len(self.sample) or not self.usual:
            return RelevanceJudgement(0.0, 0.0, -np.inf)
        if weights is None:
            told = self.training is not None
            weights = relevance_weights.KNOWN_TRAINING if told else relevance_weights.ANY_ENCODER
        query = together(phrase)
        preference, won = self.rivals.preference(query, top), self.rivals.won(query)
        odds = weights.bias + weights.preference * preference
        for name, value in standardized(self.signals(phrase, top), self.usual).items():
            odds += float(getattr(weights, name)) * value
        odds = float(np.clip(odds, -SURE, SURE))
        if preference >= _CLEAR and won >= max(_MANY, _FREQUENT * len(self.sample)):
            odds = max(odds, _FREQUENT_ODDS)
        hits = None
        if self.training and won < _MANY and self.rivals.preference(query, top[:1]) == 1:
            hits = clear_hits(query, top, self.training.photos)
            odds = max(odds, _CLEAR_HIT_ODDS) if hits else odds
        middle, reach = self.score_range(phrase, top, won, hits)
        slope = weights.place / reach
        bias = weights.odds * odds + weights.photo_bias - slope * middle
        return RelevanceJudgement(float(_sigmoid(np.float64(odds))), slope, bias, middle + reach)

    def score_range(
        self, phrase: Vectors, top: Vectors, won: int, hits: ClearHits | None = None
    ) -> tuple[float, float]:
        """The library's median score, and how far above it that of a typical photo of the thing is.
        Arguments as for `judge_phrase`. won: as by `RivalPhrases.won`, for all prompts together.

        The typical score is the mean of the clear hits, else of the five best or, if the thing is
        frequent, of the better half of its photos in the sample, because the best of many are far
        above the rest. With clear hits, the best reference photos are halfway to it.
        """
        scores = self.sample @ phrase[0]
        typical = float((top[: hits.number if hits else 5] @ phrase[0]).mean())
        middle = max(spread(scores).median, 2 * hits.highest - typical if hits else -1.0)
        if won >= _MANY:
            typical = min(typical, float(np.sort(scores)[::-1][: won // 2].mean()))
        return middle, max(typical - middle, 1e-6)

    def frequent_subjects(self, number: int) -> list[str]:
        """The names of up to this many things that many photos of the library show, the most
        frequent first: background phrases that their best photos clearly prefer to all others."""
        return self._subjects[:number]

    @functools.cached_property
    def _subjects(self) -> list[str]:
        """All of these names; cached, as finding them is slow and every start page shows some."""
        found = list[str]()
        for phrase, won in self.rivals.most_won():
            if won < _FEWEST:
                break
            query = self.rivals.phrases[phrase]
            if self.rivals.preference(query, self.best_in_sample(query)) >= _CLEAR:
                found.append(BACKGROUND_PHRASES[phrase])
        return found

    def judge_photo(self, query: Vectors | None = None, top_score: float = 1) -> RelevanceJudgement:
        """Judge a photo that is searched with; without `query`, the same for any photo. query: the
        instance query, if it is one. top_score: the score of the very same photo.
        """
        usual = self.usual_likeness if query is None else float(np.median(self.sample @ query))
        slope = ALIKE.slope / max(top_score - usual, 1e-6)
        return RelevanceJudgement(1.0, slope, ALIKE.bias - slope * usual)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The part to be kept on disk, for `numpy.savez`; `restored` makes the model again. The
        sample is not in it: it is read from the index."""
        names = sorted(self.usual)
        return {
            "usual_likeness": np.array([self.usual_likeness]),
            "names": np.array(names, dtype=str),
            "usual": np.array([self.usual[name] for name in names], np.float64).reshape(-1, 2),
            "phrases": self.rivals.phrases,
        }

    @classmethod
    def restored(
        cls, encoder: Encoder, sample: Vectors, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> RelevanceModel:
        """The model of which `arrays` were kept. Raises KeyError or ValueError if they are not of
        such a model."""
        usual = {
            str(name): (float(mean), float(deviation))
            for name, (mean, deviation) in zip(arrays["names"], arrays["usual"], strict=True)
        }
        training = EncoderTraining.of(encoder)
        wanted = {*PHRASE_SIGNALS, *(TRAINING_SIGNALS if training is not None else ())}
        if usual and set(usual) != wanted:
            raise ValueError("the relevance model was made by another version")
        phrases = np.asarray(arrays["phrases"], np.float32)
        if phrases.shape[1:] != sample.shape[1:]:
            raise ValueError("the relevance model was made with another encoder")
        rivals = RivalPhrases(phrases, sample)
        return cls(sample, float(arrays["usual_likeness"][0]), usual, rivals, training)


def encode_background(encoder: Encoder) -> Vectors:
    """The vectors of all prompts of the background phrases, of shape (p * k, dim)."""
    return encoder.encode_texts(
        [prompt for name in BACKGROUND_PHRASES for prompt in (name, *paraphrases(encoder, name))]
    )


def blend(parts: Sequence[Floats]) -> Floats:
    """The relevance of photos to a query of several parts, such as a phrase and a photo: the
    geometric mean of the relevance to each, of shape (n,). A photo must match all to match well."""
    logs = [np.log(np.maximum(np.asarray(part, np.float64), 1e-9)) for part in parts]
    return np.asarray(np.exp(np.mean(logs, axis=0)), np.float32)


def without(positive: Floats, negative: Floats) -> Floats:
    """The relevance of photos to a query from which a part is subtracted: that they match the query
    and not the part, of shape (n,)."""
    return np.asarray(positive * (1 - negative), np.float32)


def _sigmoid(x: npt.NDArray[np.float64] | np.float64) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))), np.float32)
