"""Properties of a picture beyond the columns of its row: faults, color, duplicates.

Faults are those that the Anomalies page finds, by the same scores and thresholds, dismissed or not.
Scores are relative to the whole library, so any change to it can affect them. In a large library
they are therefore cached for a while during indexing (`library/staleness.py`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from explorer.anomalies import quality_scores
from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.anomalies.file_findings import damage_scores
from explorer.anomalies.finding_kinds import FindingKind
from explorer.anomalies.finding_thresholds import read_thresholds
from explorer.anomalies.judgement import Floats, Judgement
from explorer.anomalies.quality_scores import Column
from explorer.library.library import Library
from explorer.library.queries.condition_masks import ConditionMasks
from explorer.library.queries.photo_conditions import fixed_condition
from explorer.library.queries.photo_masks import PhotoMask, mask_of
from explorer.library.staleness import acceptable_age
from explorer.library.stores import pair_store, quality_store
from explorer.library.stores.decision_store import decisions

MAX_COLORFULNESS = 2.0
"""Colorfulness (`QualityMetrics.colorfulness`) up to which a picture counts as monochrome. Gray
pictures saved as color JPEG have 0; the grayest of 4,500 color photos (Flickr8k), of snow, has 2.6.
Toned pictures, such as sepia, have more."""

_DAMAGED: FindingKind = "damaged"
_JUDGED_BY: Mapping[str, tuple[FindingKind, Callable[[Column], Judgement]]] = {
    "blurred": ("blurred", quality_scores.blurred),
    "dark": ("dark", quality_scores.dark),
    "overexposed": ("overexposed", quality_scores.overexposed),
    "noisy": ("noisy", quality_scores.noisy),
    "screenshot": ("not-a-photo", quality_scores.not_a_photo),
}


class DerivedProperties:
    """Masks of the photos with a property, by its name. Thread-safe."""

    NAMES: ClassVar = frozenset({*_JUDGED_BY, "damaged", "monochrome", "duplicate"})

    def __init__(self, library: Library, masks: ConditionMasks) -> None:
        self._library, self._masks = library, masks
        self._lock = threading.Lock()
        self._measured: _Measured | None = None

    def mask(self, name: str) -> PhotoMask:
        """The photos with a property; some of them may be hidden. name: one of NAMES.

        A photo that has not been measured yet has no fault and is not monochrome.
        """
        if name == "duplicate":
            return self._duplicates()
        with self._lock:
            measured = self._current()
            kind = _JUDGED_BY[name][0] if name in _JUDGED_BY else _DAMAGED
            threshold = read_thresholds(self._library.catalog)[kind]
            return self._masks.kept(
                name, (measured.number, threshold), lambda: measured.mask(name, threshold)
            )

    def _current(self) -> _Measured:
        """The current measurements of the library, or recent ones."""
        change, known = self._library.catalog.change(), self._measured
        if known is not None:
            age = time.monotonic() - known.made_at
            if change == known.change or age < acceptable_age(known.seconds):
                return known
        self._measured = _Measured(self._library, change, 1 + (known.number if known else 0))
        return self._measured

    def _duplicates(self) -> PhotoMask:
        """Photos with several files, or with another visible photo that shows the same picture,
        unless the user decided that they are not duplicates."""
        catalog = self._library.catalog
        several, visible = (
            self._masks.meeting(fixed_condition("several files")),
            self._masks.visible(),
        )

        def make() -> PhotoMask:
            mask = visible.copy()
            mask[: len(several)] = several
            mask[len(several) :] = False
            pairs, apart = pair_store.copy_pairs(catalog), decisions(catalog)
            for a, b, one, other in pairs:
                if max(a, b) < len(visible) and visible[a] and visible[b]:
                    mask[[a, b]] |= not apart.apart(one, other)
            return mask

        state = (pair_store.pairs_state(catalog), catalog.change())
        return self._masks.kept("duplicate", state, make)


class _Measured:
    """The measurements of a library's photos at one moment."""

    def __init__(self, library: Library, change: int, number: int) -> None:
        """number: identifies it."""
        start = time.monotonic()
        self.change, self.number = change, number
        self._library = library
        self._table = quality_store.quality_table(library.catalog)
        self._facts = quality_store.quality_facts(library.catalog)
        self._odds: Floats | None = None
        self.made_at = time.monotonic()
        self.seconds = self.made_at - start
        """How long reading them took."""

    def mask(self, name: str, threshold: float) -> PhotoMask:
        """The photos with that property or fault."""
        if name == "monochrome":
            return mask_of(self._table.ids[self._table.of("colorfulness") <= MAX_COLORFULNESS])
        if threshold >= 1:
            # The Anomalies page shows every photo then.
            return mask_of(self._facts.ids)
        if name == "damaged":
            return mask_of(self._facts.ids[self._damage() < threshold])
        if not len(self._table.ids):
            return mask_of(self._table.ids)
        return mask_of(self._table.ids[_JUDGED_BY[name][1](self._column).score < threshold])

    def _damage(self) -> Floats:
        return damage_scores(
            lambda name: self._table.of_photos(name, self._facts.ids), self._facts.damaged
        )

    def _column(self, name: str) -> Floats:
        if name == "drawn":
            return self._drawing_log_odds()
        if name in ("camera", "lossless", "longest"):
            column: Floats = getattr(self._facts, name)
            return column[np.searchsorted(self._facts.ids, self._table.ids)]
        return self._table.of(name)

    def _drawing_log_odds(self) -> Floats:
        """The log-odds of each measured photo being a drawing, from its vector."""
        if self._odds is None:
            self._odds = np.full(len(self._table.ids), NOT_DRAWN, np.float32)
            encoder = next((each for each in self._library.catalog.encoders() if each[3]), None)
            if encoder is not None and len(self._odds):
                for ids, vectors in self._library.vectors(*encoder[:3]).blocks():
                    places = np.minimum(
                        np.searchsorted(self._table.ids, ids), len(self._table.ids) - 1
                    )
                    known = self._table.ids[places] == ids
                    odds = drawing_log_odds(*encoder[:2], vectors)
                    self._odds[places[known]] = odds[known]
        return self._odds
