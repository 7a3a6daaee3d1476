"""Name the regions of the library's map by what distinguishes them from the rest of it.

With an encoder that knows phrases, a region is named by the common words that its photos match
better than the library's photos do, which is measured by the mean cosine of a word over the region,
in standard deviations over the library. With any encoder, keywords, places, folders and years that
are more frequent in the region than elsewhere add to its name, or are its name if no word is. Their
measure is the log-odds ratio with an informative Dirichlet prior, divided by its standard deviation
(Monroe, Colaresi and Quinn, Fightin' words, Political Analysis 16(4), 2008, section 3.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.analysis.map_regions import Indices, MapRegions
from explorer.encoders.base import Vectors
from explorer.library.catalog import Ids
from explorer.library.queries.photo_facts import FACT_KINDS, FactKind, FactPairs

# The number of photos whose vectors stand for a region.
_SAMPLE = 60
# A word names a region if it is this many standard deviations above the library's mean; a second
# word is added if it has this share of the first one's. Two words whose vectors are this much
# alike, beyond what is usual, mean the same.
_CLEAR_WORD, _SECOND_WORD, _SAME_WORD = 0.6, 0.7, 0.5
# A fact names a region if it is true of this share of its photos, and is more frequent there than
# elsewhere by this many standard deviations of its log-odds ratio.
_SHARE, _CLEAR_FACT = 0.4, 3.0
# Strength of the prior: as if this many more photos had been seen.
_PRIOR = 20.0
# The fewest photos of a fact that can name a region, and the most values of a kind that are
# compared.
_MIN_PHOTOS, _MAX_VALUES = 5, 1000

Doubles = npt.NDArray[np.float64]


class RegionName(NamedTuple):
    """What a region is called."""

    words: tuple[str, ...]
    """The most distinctive ones first; empty if nothing distinguishes the region."""
    facts: tuple[str, ...]
    """What else is frequent there: a keyword, place, folder or year."""


class Vocabulary(NamedTuple):
    """The words that an encoder may name regions by, p of them."""

    words: Sequence[str]
    vectors: Vectors
    """Their unit vectors, (p, dim)."""
    sample: Vectors
    """Vectors that stand for the library, (n, dim)."""
    rows: Callable[[Ids], Vectors]
    """The vectors of photos by their ids."""


def region_names(
    ids: Ids, found: MapRegions, facts: Mapping[FactKind, FactPairs], vocabulary: Vocabulary | None
) -> list[RegionName]:
    """A name for each region. ids: of the photos of the map, ascending. vocabulary: None for an
    encoder without text."""
    count = len(found.photos)
    words = [()] * count if vocabulary is None else _words(ids, found, vocabulary)
    common = _common_facts(ids, found, facts)
    return [
        RegionName(words[at] or common[at][:1], common[at] if words[at] else common[at][1:])
        for at in range(count)
    ]


# --- words


def _words(ids: Ids, found: MapRegions, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """Up to two words for each region."""
    if not len(vocabulary.words) or len(vocabulary.sample) < 2 or not len(found.photos):
        return [()] * len(found.photos)
    usual = vocabulary.sample @ vocabulary.vectors.T
    mean, deviation = usual.mean(axis=0), np.maximum(usual.std(axis=0), 1e-6)
    # In a region whose photos are not encoded yet, nothing stands out.
    centers = np.stack(
        [
            vocabulary.rows(ids[rows]).mean(axis=0) if len(rows) else vocabulary.sample.mean(axis=0)
            for rows in _sampled(found)
        ]
    )
    standing = (centers @ vocabulary.vectors.T - mean) / deviation
    alike = vocabulary.vectors @ vocabulary.vectors.T
    level = float(np.median(alike))
    alike = (alike - level) / max(1 - level, 1e-6)
    used, best = set[tuple[str, ...]](), list[tuple[str, ...]]()
    for row in standing:
        # Two regions with the same name could not be told apart.
        names = _best_words(row, alike, vocabulary.words)
        best.append(next((name for name in names if name not in used), names[0]))
        used.add(best[-1])
    return best


def _sampled(found: MapRegions) -> list[Indices]:
    """Rows of photos that stand for each region, spread evenly over it."""
    order = np.argsort(found.of, kind="stable")
    starts = np.searchsorted(found.of[order], np.arange(len(found.photos) + 1))
    samples = list[Indices]()
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        rows = order[start:end]
        spread = np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(np.int64)
        samples.append(np.sort(rows[spread]))
    return samples


def _best_words(standing: Vectors, alike: Vectors, words: Sequence[str]) -> list[tuple[str, ...]]:
    """The names that a region may have, the best first: the word that stands out most, with one of
    the others that do."""
    order = np.argsort(-standing, kind="stable").tolist()
    first = order[0]
    if standing[first] < _CLEAR_WORD:
        return [()]
    others = [
        each
        for each in order[1:]
        if standing[each] >= _CLEAR_WORD and alike[first, each] < _SAME_WORD
    ]
    alone, pairs = (words[first],), [(words[first], words[each]) for each in others]
    if others and standing[others[0]] >= _SECOND_WORD * standing[first]:
        return [*pairs, alone]
    return [alone, *pairs]


# --- facts


def _common_facts(
    ids: Ids, found: MapRegions, facts: Mapping[FactKind, FactPairs]
) -> list[tuple[str, ...]]:
    """Up to one fact of each kind for each region. A keyword says more than a year, so they are in
    the order of FACT_KINDS."""
    clear = list[list[str]]([] for _ in found.photos)
    for kind in FACT_KINDS:
        if kind in facts:
            for region, name in _clearest(ids, found, facts[kind]).items():
                clear[region].append(name)
    return [tuple(dict.fromkeys(each)) for each in clear]


def _clearest(ids: Ids, found: MapRegions, facts: FactPairs) -> dict[int, str]:
    """The clearest fact of a kind by region."""
    row = np.searchsorted(ids, facts.ids).clip(max=max(len(ids) - 1, 0))
    there = ids[row] == facts.ids if len(ids) else np.zeros(len(facts.ids), np.bool_)
    row, values = row[there], facts.values[there]
    total = np.bincount(values, minlength=len(facts.names))
    frequent = np.argsort(-total, kind="stable")[:_MAX_VALUES]
    # What is true of all photos distinguishes none.
    frequent = frequent[(total[frequent] >= _MIN_PHOTOS) & (total[frequent] < len(ids))]
    if not len(frequent) or not len(found.photos):
        return {}
    number = np.full(len(facts.names), -1, np.int64)
    number[frequent] = np.arange(len(frequent))
    region, value = found.of[row], number[values]
    inside = (region >= 0) & (value >= 0)
    size = len(found.photos), len(frequent)
    pairs = np.bincount(region[inside] * size[1] + value[inside], minlength=size[0] * size[1])
    counts = pairs.reshape(size).astype(np.float64)
    strength = log_odds(counts, found.photos, total[frequent], len(ids))
    strength[counts < _SHARE * found.photos[:, None]] = 0
    best = strength.argmax(axis=1)
    return {
        at: facts.names[int(frequent[each])]
        for at, each in enumerate(best.tolist())
        if strength[at, each] >= _CLEAR_FACT
    }


def log_odds(counts: Doubles, photos: Indices, total: Indices, everything: int) -> Doubles:
    """How much more frequent each of v facts is in each of r regions than elsewhere, in standard
    deviations of its log-odds ratio, (r, v).

    counts: photos of each region with each fact, (r, v). photos: of each region, (r,). total:
    photos with each fact, (v,), some but not all of `everything`, the number of all photos.
    """
    prior = _PRIOR * (total / everything)
    inside, size = counts + prior, photos[:, None] + _PRIOR
    outside, rest = total - counts + prior, everything - photos[:, None] + _PRIOR
    difference = np.log(inside / (size - inside)) - np.log(outside / (rest - outside))
    strength: Doubles = difference / np.sqrt(1 / inside + 1 / outside)
    return strength
