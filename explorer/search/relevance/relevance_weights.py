"""The weights of relevance, and the limits of the match words."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.search.query import Match


@dataclass(frozen=True)
class RelevanceWeights:
    """How they were chosen is described in `docs/relevance.md`."""

    cluster: float
    lift: float
    known: float
    """Weight of how near the phrase is to words that the encoder knows; 0 if that is not known."""
    excess: float
    """Weight of how far the best scores are above those of reference photos, the greater of both
    excesses; 0 without such."""
    preference: float
    """Weight of how much the best photos prefer the phrase to others, 0 to 1."""
    bias: float
    odds: float
    """Weight of the library's odds in a photo's relevance."""
    place: float
    """Weight of a photo's score: 0 at the library's median, 1 at that of a typical photo of the
    thing."""
    photo_bias: float


KNOWN_TRAINING = RelevanceWeights(0.6, -0.1, -0.4, 0.85, 1.0, -1.8, 0.655, 3.853, -4.105)
ANY_ENCODER = RelevanceWeights(0.57, 0.19, 0.0, 0.0, 1.0, -0.361, 0.861, 5.8, -6.75)


@dataclass(frozen=True)
class MatchLimits:
    """The least relevance of each match word, as measured by `benchmarks/relevance.py`."""

    strong: float = 0.8
    fair: float = 0.35
    weak: float = 0.2


LIMITS = MatchLimits()


def match_word(relevance: float, limits: MatchLimits = LIMITS) -> Match:
    """The word for a relevance of 0–1."""
    if relevance >= limits.strong:
        return "strong"
    if relevance >= limits.fair:
        return "fair"
    return "weak" if relevance >= limits.weak else "none"


@dataclass(frozen=True)
class AlikeWeights:
    """Relevance of photos to a photo, as a function of their cosine, scaled to 0 at the library's
    usual cosine and 1 at a cosine of 1. At 0.8, about 7 in 10 results show the same thing, at 0.6
    about 3."""

    slope: float = 8.47
    bias: float = -5.93


ALIKE = AlikeWeights()
