"""Findings: what is unusual, poor or broken in a library, and why.

Each kind of finding has a score for every photo, 0 (worst) to 1 (fine). Those below the kind's
threshold are shown, the worst first, except for what was dismissed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.anomalies import file_findings
from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.anomalies.finding_thresholds import read_thresholds, write_threshold
from explorer.anomalies.library_scores import LibraryScores
from explorer.errors import PROVEN
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.queries.filters import Filters
from explorer.library.staleness import acceptable_age
from explorer.library.stores import dismissal_store, quality_store
from explorer.library.stores.dismissal_store import Dismissal
from explorer.library.stores.quality_store import ReviewPhoto

_WRONG_EXTENSION = 0.2
"""Score of a file whose extension is wrong."""


@dataclass(frozen=True)
class Finding:
    """One fault of one photo or file."""

    id: int | None
    """Photo id; None for a file that could not be read."""
    path: str
    """Absolute path."""
    kind: FindingKind
    score: float
    """0 (worst) to 1 (fine)."""
    detail: str
    """Why, in a sentence."""
    subject: str
    """The key under which a dismissal is stored: the hash of the content, or the path."""
    related: tuple[int, ...] = ()
    """Ids of photos that explain it, the most similar first: the nearest ones of an outlier, those
    in other folders of a misplaced photo."""
    dismissed: bool = False
    brief: str = ""
    """Why, in a few words for little space; '' if `detail` is short."""


class Anomalies:
    """The findings of one library; recomputed when the catalog has changed. Thread-safe."""

    def __init__(
        self,
        library: Library,
        encoder: tuple[str, str, int] | None = None,
        *,
        patient: bool = False,
    ) -> None:
        """encoder: name, version and dimension of the one whose vectors are compared; None: the
        one in use. patient: whether scores that took long to compute may be stale for a while
        (`library/staleness.py`)."""
        self._library, self._encoder, self._patient = library, encoder, patient
        self._lock = threading.Lock()
        self._change, self._computed_at = -1, -np.inf
        self._current: LibraryScores | None = None
        self._below = dict[FindingKind, tuple[float, list[Finding]]]()
        """The last threshold of each kind and the findings below it. Cached because a page asks for
        them on every run."""
        self._extensions: list[Finding] | None = None

    # --- what the user set

    def thresholds(self) -> dict[FindingKind, float]:
        """The threshold of each kind, 0 (show nothing) to 1 (show everything)."""
        return read_thresholds(self._library.catalog)

    def set_threshold(self, kind: FindingKind, threshold: float) -> None:
        """Store the threshold of a kind. Raises UsageError if it is outside 0 to 1."""
        write_threshold(self._library.catalog, kind, threshold)

    def dismiss(self, findings: Iterable[Finding]) -> None:
        """Do not show these again."""
        dismissal_store.dismiss(self._library.catalog, map(_dismissal, findings))

    def restore(self, findings: Iterable[Finding]) -> None:
        """Show these again."""
        dismissal_store.undismiss(self._library.catalog, map(_dismissal, findings))

    # --- findings

    def findings(
        self,
        kinds: Collection[FindingKind] = KINDS,
        filters: Filters | None = None,
        *,
        everything: bool = False,
        dismissed: bool = False,
    ) -> list[Finding]:
        """The findings, worst first. everything: include photos above the threshold. dismissed:
        include dismissed findings, marked as such. Raises UsageError for an invalid folder or date
        in `filters`.
        """
        with self._lock:
            scores, thresholds = self._scores(), self.thresholds()
            gone = dismissal_store.dismissed(self._library.catalog)
            ids = set(self._library.catalog.matching(filters).tolist()) if filters else None
            found = list[Finding]()
            for kind in kinds:
                show_all = everything or thresholds[kind] >= 1
                found += self._of_kind(
                    scores, kind, 2.0 if show_all else thresholds[kind], ids, filters
                )
        marked = (
            replace(finding, dismissed=True) if _dismissal(finding) in gone else finding
            for finding in found
        )
        return sorted(
            (finding for finding in marked if dismissed or not finding.dismissed),
            key=lambda finding: (finding.score, KINDS.index(finding.kind), finding.path),
        )

    def counts(self, filters: Filters | None = None) -> dict[FindingKind, int]:
        """How many findings of each kind are shown."""
        counts = dict.fromkeys(KINDS, 0)
        for finding in self.findings(filters=filters):
            counts[finding.kind] += 1
        return counts

    @property
    def judged(self) -> tuple[int, int]:
        """The number of photos that have been measured, and of all visible ones. The rest are
        measured in the background."""
        with self._lock:
            scores = self._scores()
            return len(scores.metrics.ids), len(scores.subjects)

    def subjects(self) -> Mapping[int, ReviewPhoto]:
        """All visible photos by id."""
        with self._lock:
            return {subject.id: subject for subject in self._scores().subjects}

    def _scores(self) -> LibraryScores:
        """Current scores of the library, or, if patient, recent ones."""
        change, now = self._library.catalog.change(), time.monotonic()
        if self._current is not None:
            age = now - self._computed_at
            stale_is_fine = self._patient and age < acceptable_age(self._current.seconds)
            if change == self._change or stale_is_fine:
                return self._current
        self._current = LibraryScores(self._library, self._encoder)
        self._below, self._extensions = {}, None
        self._change, self._computed_at = change, time.monotonic()
        return self._current

    def _of_kind(
        self,
        scores: LibraryScores,
        kind: FindingKind,
        threshold: float,
        ids: set[int] | None,
        filters: Filters | None,
    ) -> list[Finding]:
        if kind in ("unreadable", "extension"):
            found = self._unreadable() if kind == "unreadable" else self._wrong_extensions()
            return [f for f in found if f.score < threshold and _passes(f, ids, filters)]
        if kind not in self._below or self._below[kind][0] != threshold:
            self._below[kind] = threshold, _below(scores, kind, threshold)
        found = self._below[kind][1]
        return found if ids is None else [finding for finding in found if finding.id in ids]

    def _unreadable(self) -> list[Finding]:
        """Files that are proven to be at fault. Those in unsupported formats, or that could not be
        read for other reasons, are on the Library page only."""
        return [
            Finding(
                None,
                row["path"],
                "unreadable",
                0.0,
                _sentence(row["reason"]),
                dismissal_store.path_subject(row["path"]),
            )
            for row in self._library.catalog.failures()
            if row["fault"] in PROVEN
        ]

    def _wrong_extensions(self) -> list[Finding]:
        if self._extensions is None:
            self._extensions = list[Finding]()
            for file in quality_store.unusually_named_files(
                self._library.catalog, file_findings.EXTENSIONS
            ):
                if reason := file_findings.wrong_extension(file.relative, file.format):
                    self._extensions.append(
                        Finding(
                            id=file.photo_id,
                            path=file.path,
                            kind="extension",
                            score=_WRONG_EXTENSION,
                            detail=reason,
                            subject=file.hash.hex(),
                        )
                    )
        return self._extensions


def _dismissal(finding: Finding) -> Dismissal:
    return Dismissal(finding.subject, finding.kind)


def _below(scores: LibraryScores, kind: FindingKind, threshold: float) -> list[Finding]:
    """A finding for every photo below the threshold."""
    judgement = scores.judgement(kind)
    return [
        Finding(
            id=scores.subjects[row].id,
            path=scores.subjects[row].path,
            kind=kind,
            score=float(np.clip(judgement.score[row], 0, 1)),
            detail=judgement.reason(row),
            subject=scores.subjects[row].hash,
            related=judgement.related(row),
            brief=judgement.brief(row),
        )
        for row in np.flatnonzero(judgement.score < threshold).tolist()
    ]


def _passes(finding: Finding, ids: set[int] | None, filters: Filters | None) -> bool:
    """Whether a finding about a file passes the filters. ids: the photos that pass them."""
    if filters is None or ids is None:
        return True
    if filters.folder and not inside(finding.path, filters.folder):
        return False
    if finding.id is None:
        return not (filters.since or filters.until)
    return finding.id in ids


def _sentence(reason: str | None) -> str:
    text = reason or "it could not be read"
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
