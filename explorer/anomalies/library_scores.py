"""Scores of every photo of a library for every kind of finding, at one moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from explorer.anomalies import file_findings, quality_scores
from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.anomalies.finding_kinds import FindingKind
from explorer.anomalies.judgement import Judgement
from explorer.anomalies.outlier_findings import judge_by_neighbors
from explorer.anomalies.quality_scores import Column
from explorer.library import quality_store
from explorer.library.library import Library
from explorer.library.model_settings import encoder_in_use

_NOT_MEASURED = "It has not been measured yet."
_BY_METRICS: Mapping[FindingKind, Callable[[Column], Judgement]] = {
    "blurred": quality_scores.blurred,
    "dark": quality_scores.dark,
    "overexposed": quality_scores.overexposed,
    "empty": quality_scores.empty,
    "noisy": quality_scores.noisy,
    "compressed": quality_scores.compressed,
    "not-a-photo": quality_scores.not_a_photo,
}


class LibraryScores:
    """Scores by kind, each computed when first needed."""

    def __init__(self, library: Library, encoder: tuple[str, str, int] | None) -> None:
        """encoder: name, version and dimension; None: the one in use."""
        start = time.monotonic()
        self._library = library
        if encoder is None and (used := encoder_in_use(library.catalog)) is not None:
            encoder = used[:3]
        self._encoder = encoder
        self.subjects = quality_store.review_photos(library.catalog)
        """All visible photos, by ascending id."""
        self.metrics = quality_store.quality_table(library.catalog)
        """Quality metrics of those that have been measured."""
        self._judgements = dict[FindingKind, Judgement]()
        self._log_odds: dict[int, float] | None = None
        self.seconds = time.monotonic() - start
        """How long reading and scoring took so far."""

    def judgement(self, kind: FindingKind) -> Judgement:
        """The scores of all photos, for any kind that concerns photos rather than files."""
        if kind not in self._judgements:
            start = time.monotonic()
            self._judge(kind)
            self.seconds += time.monotonic() - start
        return self._judgements[kind]

    def _judge(self, kind: FindingKind) -> None:
        if kind in ("outlier", "misplaced"):
            both = judge_by_neighbors(self._library, self._encoder, self.subjects)
            self._judgements["outlier"], self._judgements["misplaced"] = both
        elif kind == "damaged":
            missing = self.metrics.of("missing_rows_share").tolist()
            shares = dict(zip(self.metrics.ids.tolist(), missing, strict=True))
            self._judgements[kind] = file_findings.damage(self.subjects, shares)
        elif kind == "date":
            self._judgements[kind] = file_findings.dates(self.subjects, self.metrics.stated)
        elif kind == "shape":
            self._judgements[kind] = file_findings.shapes(self.subjects)
        else:
            self._judgements[kind] = self._by_metrics(_BY_METRICS[kind])

    def _by_metrics(self, judge: Callable[[Column], Judgement]) -> Judgement:
        """A judgement by quality metrics; photos that were not measured yet are fine."""
        ids = np.array([subject.id for subject in self.subjects], np.int64)
        measured = np.isin(self.metrics.ids, ids)
        rows = np.searchsorted(ids, self.metrics.ids[measured]).tolist()
        score = np.ones(len(ids), np.float32)
        if not rows:
            return Judgement(score, lambda row: _NOT_MEASURED)
        seen = [self.subjects[row] for row in rows]
        facts: dict[str, list[float]] = {
            "camera": [float(subject.camera is not None) for subject in seen],
            "lossless": [float(subject.format in ("PNG", "GIF", "BMP")) for subject in seen],
            "longest": [float(max(subject.width, subject.height)) for subject in seen],
            "drawn": self._drawing_log_odds([subject.id for subject in seen]),
        }

        def column(name: str) -> np.ndarray:
            if name in facts:
                return np.array(facts[name], np.float32)
            return self.metrics.of(name)[measured]

        judgement = judge(column)
        score[rows] = judgement.score
        positions = {row: position for position, row in enumerate(rows)}

        def reason(row: int) -> str:
            return judgement.reason(positions[row]) if row in positions else _NOT_MEASURED

        return Judgement(score, reason)

    def _drawing_log_odds(self, ids: Sequence[int]) -> list[float]:
        """Log-odds of being a drawing, by the photos' vectors; photos without one are treated as
        photos."""
        if self._log_odds is None:
            self._log_odds = {}
            if self._encoder is not None:
                index = self._library.vectors(*self._encoder)
                known = np.sort(index.ids())
                odds = drawing_log_odds(*self._encoder[:2], index.rows(known))
                self._log_odds = dict(zip(known.tolist(), odds.tolist(), strict=True))
        return [self._log_odds.get(i, NOT_DRAWN) for i in ids]
