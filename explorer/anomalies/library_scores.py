"""Scores of every photo of a library for every kind of finding, at one moment."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.analysis.sorted_ids import positions_of
from explorer.anomalies import file_findings, quality_scores
from explorer.anomalies.drawing_classifier import NOT_DRAWN
from explorer.anomalies.finding_kinds import FindingKind
from explorer.anomalies.judgement import Floats, Judgement
from explorer.anomalies.outlier_findings import judge_by_neighbors, unknown_neighbors
from explorer.anomalies.quality_scores import Column
from explorer.anomalies.vector_facts import VectorFacts, vector_facts
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.model_settings import encoder_in_use
from explorer.library.stores import quality_store

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


class _MeasuredPhotos(NamedTuple):
    """The photos that have been measured, m of them."""

    rows: npt.NDArray[np.int64]
    """(m,) rows among all photos, ascending."""
    measurements: npt.NDArray[np.int64]
    """(m,) rows of the table of metrics."""
    facts: Mapping[str, Floats]
    """What the scores use besides the metrics, by name, (m,) each."""


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
        self._vector_facts: VectorFacts | None = None
        self._judgements = dict[FindingKind, Judgement]()
        self.seconds = time.monotonic() - start
        """How long reading and scoring have taken so far."""

    def judgement(self, kind: FindingKind) -> Judgement:
        """The scores of all photos, for any kind that concerns photos rather than files."""
        if kind not in self._judgements:
            start = time.monotonic()
            self._judge(kind)
            self.seconds += time.monotonic() - start
        return self._judgements[kind]

    def _judge(self, kind: FindingKind) -> None:
        if kind in ("outlier", "misplaced"):
            self._judgements |= self._by_neighbors()
        elif kind == "damaged":
            self._judgements[kind] = file_findings.damage(self.subjects, self.metrics)
        elif kind == "date":
            self._judgements[kind] = file_findings.dates(
                self.subjects, self.metrics.impossible_dates
            )
        elif kind == "shape":
            self._judgements[kind] = file_findings.shapes(self.subjects)
        else:
            self._judgements[kind] = self._by_metrics(_BY_METRICS[kind])

    def _by_neighbors(self) -> dict[FindingKind, Judgement]:
        encoder = self._encoder
        if encoder is None:
            outlier = misplaced = unknown_neighbors(len(self.subjects))
        else:
            outlier, misplaced = judge_by_neighbors(
                self._library, encoder, self.subjects, lambda: self._facts_about(encoder)
            )
        return {"outlier": outlier, "misplaced": misplaced}

    def _by_metrics(self, judge: Callable[[Column], Judgement]) -> Judgement:
        """A judgement by quality metrics. Photos that have not been measured yet count as fine."""
        rows, measurements, facts = self._measured
        score = np.ones(len(self.subjects), np.float32)
        if not len(rows):
            return Judgement(score, lambda row: _NOT_MEASURED)

        def column(name: str) -> Floats:
            return facts[name] if name in facts else self.metrics.of(name)[measurements]

        judgement = judge(column)
        score[rows] = judgement.score

        def reason(row: int) -> str:
            position = int(np.searchsorted(rows, row))
            known = position < len(rows) and rows[position] == row
            return judgement.reason(position) if known else _NOT_MEASURED

        return Judgement(score, reason)

    @functools.cached_property
    def _measured(self) -> _MeasuredPhotos:
        """The measured photos, gathered once for all kinds of findings."""
        ids = np.fromiter((subject.id for subject in self.subjects), np.int64, len(self.subjects))
        measurements = np.flatnonzero(np.isin(self.metrics.ids, ids))
        rows = np.searchsorted(ids, self.metrics.ids[measurements])
        seen = [self.subjects[row] for row in rows.tolist()]
        facts: dict[str, list[float]] = {
            "camera": [float(subject.camera is not None) for subject in seen],
            "lossless": [float(subject.format in ("PNG", "GIF", "BMP")) for subject in seen],
            "longest": [float(max(subject.width, subject.height)) for subject in seen],
        }
        columns = {name: np.array(values, np.float32) for name, values in facts.items()}
        columns["drawn"] = self._drawing_log_odds(ids[rows])
        return _MeasuredPhotos(rows, measurements, columns)

    def _facts_about(self, encoder: tuple[str, str, int]) -> VectorFacts:
        """Facts about all vectors, which are read once."""
        if self._vector_facts is None:
            self._vector_facts = vector_facts(self._library.vectors(*encoder), *encoder[:2])
        return self._vector_facts

    def _drawing_log_odds(self, ids: Ids) -> Floats:
        """Log-odds of being a drawing, by the photos' vectors, (m,); photos without one are treated
        as photos. ids: ascending."""
        found = np.full(len(ids), NOT_DRAWN, np.float32)
        if self._encoder is None:
            return found
        facts = self._facts_about(self._encoder)
        places = positions_of(ids, facts.ids)
        found[places >= 0] = facts.drawn[places[places >= 0]]
        return found
