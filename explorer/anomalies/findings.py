"""What in a library is odd, poor or broken, and why.

Each kind of finding has a score for every photo (0 as bad as can be, 1 fine). Those below the
kind's line are shown, worst first; the line is the person's own, one slider for each kind, 0.5
until it is moved. What was dismissed is left out.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.anomalies import file_findings, outlier_scores, quality_scores
from explorer.anomalies.drawing_classifier import NOT_DRAWN, drawing_log_odds
from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.anomalies.quality_scores import Floats
from explorer.anomalies.typicality import typical_photos
from explorer.errors import PROVEN, UsageError
from explorer.library import dismissal_store, neighbor_store, quality_store
from explorer.library.catalog import Ids
from explorer.library.dismissal_store import Dismissal
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.paths import inside
from explorer.library.quality_store import ReviewPhoto
from explorer.library.setting_store import get_setting, put_setting
from explorer.library.staleness import acceptable_age

# The line below which findings are shown, and the setting that keeps a person's own.
DEFAULT_THRESHOLD = 0.5
_SETTING = "anomalies.lines"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one photo or file.

    id: of the photo; None for a file that could not be read. path: absolute. score: 0 (worst) to 1.
    detail: why, in a sentence. related: photos that explain it, most alike first: the nearest ones
    of an outlier, those elsewhere of a misplaced one.
    subject: by what it is remembered when it is dismissed.
    """

    id: int | None
    path: str
    kind: FindingKind
    score: float
    detail: str
    subject: str
    related: tuple[int, ...] = ()
    dismissed: bool = False


class _Scores(NamedTuple):
    """rows: of the photos in question. scores: of each. says: row → the reason. related: row →
    photos that explain it."""

    score: Floats
    reason: Callable[[int], str]
    related: Callable[[int], tuple[int, ...]] = lambda row: ()


class Anomalies:
    """The findings of one library, made anew when the catalog has changed. Safe to use from several
    threads."""

    def __init__(
        self,
        library: Library,
        encoder: tuple[str, str, int] | None = None,
        *,
        patient: bool = False,
    ) -> None:
        """encoder: name, version and dimension of the one whose vectors say what is alike; None:
        the one with the most vectors.

        patient: whether what took long to make is good enough for a while though photos have come
        since (`patience.py`).
        """
        self._library, self._encoder, self._patient = library, encoder, patient
        self._made_at, self._took = -np.inf, 0.0
        self._lock = threading.Lock()
        self._change = -1

    # --- what a person set

    def thresholds(self) -> dict[FindingKind, float]:
        """The line of each kind, 0 (show nothing) to 1 (show everything)."""
        try:
            own = json.loads(get_setting(self._library.catalog, _SETTING) or "{}")
        except ValueError:
            own = {}
        own = own if isinstance(own, dict) else {}
        return {
            kind: float(own[kind]) if isinstance(own.get(kind), int | float) else DEFAULT_THRESHOLD
            for kind in KINDS
        }

    def set_threshold(self, kind: FindingKind, line: float) -> None:
        """Move the line of a kind, and remember it. Raises UsageError for one outside 0 to 1."""
        if not 0 <= line <= 1:
            raise UsageError(f"The line for “{kind}” must be between 0 and 1, not {line}.")
        moved = {
            name: value for name, value in self.thresholds().items() if value != DEFAULT_THRESHOLD
        } | {kind: line}
        put_setting(self._library.catalog, _SETTING, json.dumps(moved))

    def dismiss(self, findings: Iterable[Finding]) -> None:
        """Do not show these again."""
        dismissal_store.dismiss(
            self._library.catalog,
            (Dismissal(finding.subject, finding.kind) for finding in findings),
        )

    def restore(self, findings: Iterable[Finding]) -> None:
        """Show these again."""
        dismissal_store.undismiss(
            self._library.catalog,
            (Dismissal(finding.subject, finding.kind) for finding in findings),
        )

    # --- findings

    def findings(
        self,
        kinds: Collection[FindingKind] = KINDS,
        filters: Filters | None = None,
        *,
        everything: bool = False,
        dismissed: bool = False,
    ) -> list[Finding]:
        """What is wrong, worst first.

        everything: also photos above the line. dismissed: also what was dismissed, marked. Raises
        UsageError for a folder or a date in `filters` that is none.
        """
        with self._lock:
            self._refresh()
            lines, gone = self.thresholds(), dismissal_store.dismissed(self._library.catalog)
            wanted = set(self._library.catalog.matching(filters).tolist()) if filters else None
            found = list[Finding]()
            for kind in kinds:
                found += self._of(
                    kind, 2.0 if everything or lines[kind] >= 1 else lines[kind], wanted, filters
                )
        marked = (
            finding
            if not (hit := Dismissal(finding.subject, finding.kind) in gone)
            else _dismissed(finding, hit)
            for finding in found
        )
        return sorted(
            (f for f in marked if dismissed or not f.dismissed),
            key=lambda f: (f.score, KINDS.index(f.kind), f.path),
        )

    def counts(self, filters: Filters | None = None) -> dict[FindingKind, int]:
        """How many findings of each kind are to be shown."""
        counts = dict.fromkeys(KINDS, 0)
        for finding in self.findings(filters=filters):
            counts[finding.kind] += 1
        return counts

    @property
    def judged(self) -> tuple[int, int]:
        """(photos whose pixels have been judged, visible photos): the rest are read in the
        background."""
        with self._lock:
            self._refresh()
            return len(self._figures.ids), len(self._subjects)

    def subjects(self) -> Mapping[int, ReviewPhoto]:
        """All visible photos by id."""
        with self._lock:
            self._refresh()
            return {subject.id: subject for subject in self._subjects}

    def _of(
        self, kind: FindingKind, line: float, wanted: set[int] | None, filters: Filters | None
    ) -> list[Finding]:
        if kind in ("unreadable", "extension"):
            found = self._unreadable() if kind == "unreadable" else self._extensions()
            return [f for f in found if f.score < line and self._passes(f, wanted, filters)]
        if kind not in self._below or self._below[kind][0] != line:
            self._below[kind] = line, self._find(kind, line)
        found = self._below[kind][1]
        return found if wanted is None else [finding for finding in found if finding.id in wanted]

    def _find(self, kind: FindingKind, line: float) -> list[Finding]:
        """Every photo below the line."""
        scores, found = self._scores(kind), list[Finding]()
        for row in np.flatnonzero(scores.score < line).tolist():
            subject, score = self._subjects[row], float(np.clip(scores.score[row], 0, 1))
            found.append(
                Finding(
                    subject.id,
                    subject.path,
                    kind,
                    score,
                    scores.reason(row),
                    subject.hash,
                    scores.related(row),
                )
            )
        return found

    def _passes(self, finding: Finding, wanted: set[int] | None, filters: Filters | None) -> bool:
        if filters is None or wanted is None:
            return True
        if finding.id is not None:
            return finding.id in wanted and (
                not filters.folder or inside(finding.path, filters.folder)
            )
        return not (filters.since or filters.until) and (
            not filters.folder or inside(finding.path, filters.folder)
        )

    # --- how the scores are made

    def _refresh(self) -> None:
        """Read the library again where it has changed."""
        catalog = self._library.catalog
        change = catalog.change()
        start = time.monotonic()
        if change == self._change or (
            self._patient and start - self._made_at < acceptable_age(self._took)
        ):
            return
        self._subjects = quality_store.review_photos(catalog)
        self._ids = np.array([subject.id for subject in self._subjects], np.int64)
        self._figures = quality_store.quality_table(catalog)
        self._made = dict[FindingKind, _Scores]()
        # What was below the line last asked for, as a page asks for it at every run.
        self._below = dict[FindingKind, tuple[float, list[Finding]]]()
        self._known = dict[str, dict[int, float]]()
        self._misnamed: list[Finding] | None = None
        self._change, self._made_at = change, time.monotonic()
        self._took = self._made_at - start

    def _scores(self, kind: FindingKind) -> _Scores:
        if kind not in self._made:
            start = time.monotonic()
            if kind in ("outlier", "misplaced"):
                self._made |= self._odd()
            elif kind == "damaged":
                self._made[kind] = self._damaged()
            elif kind == "date":
                self._made[kind] = self._dates()
            elif kind == "shape":
                self._made[kind] = _Scores(*file_findings.shapes(self._subjects))
            else:
                self._made[kind] = self._by_figures(_BY_FIGURES[kind])
            self._took += time.monotonic() - start
        return self._made[kind]

    def _by_figures(
        self, judge: Callable[[quality_scores.Column], quality_scores.Judgement]
    ) -> _Scores:
        """A judgement of all photos by their figures; those without any are fine until they have
        been read."""
        places = np.searchsorted(self._ids, self._figures.ids)
        known = (places < len(self._ids)) & (
            self._ids[np.minimum(places, max(0, len(self._ids) - 1))] == self._figures.ids
            if len(self._ids)
            else False
        )
        score = np.ones(len(self._ids), np.float32)
        if not known.any():
            return _Scores(score, lambda row: "It has not been judged yet.")
        seen = [self._subjects[row] for row in places[known].tolist()]
        extra: dict[str, list[float]] = {
            "camera": [float(subject.camera is not None) for subject in seen],
            "lossless": [float(subject.format in ("PNG", "GIF", "BMP")) for subject in seen],
            "longest": [float(max(subject.width, subject.height)) for subject in seen],
            "drawn": self._drawn([subject.id for subject in seen]),
        }
        judgement = judge(
            lambda name: (
                np.array(extra[name], np.float32)
                if name in extra
                else self._figures.of(name)[known]
            )
        )
        score[places[known]] = judgement.score
        back = {row: number for number, row in enumerate(places[known].tolist())}
        return _Scores(
            score,
            lambda row: (
                judgement.reason(back[row]) if row in back else "It has not been judged yet."
            ),
        )

    def _chosen(self) -> tuple[str, str, int] | None:
        return self._encoder or next(
            (found[:3] for found in self._library.catalog.encoders() if found[3]), None
        )

    def _drawn(self, ids: Sequence[int]) -> list[float]:
        """How likely each of these is drawn, by its vector; those without one are taken for photos."""
        encoder = self._chosen()
        if "drawn" not in self._known and encoder is not None:
            index = self._library.vectors(*encoder)
            there = np.sort(index.ids())
            self._known["drawn"] = dict(
                zip(
                    there.tolist(),
                    drawing_log_odds(encoder[0], encoder[1], index.rows(there)).tolist(),
                    strict=True,
                )
            )
        odds = self._known.get("drawn", {})
        return [odds.get(i, NOT_DRAWN) for i in ids]

    def _damaged(self) -> _Scores:
        tail = dict(
            zip(
                self._figures.ids.tolist(),
                self._figures.of("missing_rows_share").tolist(),
                strict=True,
            )
        )
        return _Scores(*file_findings.damage(self._subjects, tail))

    def _dates(self) -> _Scores:
        return _Scores(*file_findings.dates(self._subjects, self._figures.stated))

    def _odd(self) -> dict[FindingKind, _Scores]:
        """Outliers and misplaced photos, by the vectors of one encoder. Photos without a vector or
        neighbours are fine."""
        fine = np.ones(len(self._ids), np.float32)
        nothing = _Scores(fine, lambda row: _NOT_COMPARED)
        encoder = self._chosen()
        encoder_id = self._library.catalog.encoder_id(*encoder[:2]) if encoder else None
        if encoder is None or encoder_id is None:
            return {"outlier": nothing, "misplaced": nothing}
        index, kept = (
            self._library.vectors(*encoder),
            neighbor_store.neighbor_table(self._library.catalog, encoder_id),
        )
        with_vector = np.intersect1d(np.intersect1d(kept.ids, index.ids()), self._ids)
        if not len(with_vector):
            return {"outlier": nothing, "misplaced": nothing}
        chosen = np.searchsorted(kept.ids, with_vector)
        near, cosines = _by_row(with_vector, kept.near[chosen]), kept.scores[chosen]
        rows = np.searchsorted(self._ids, with_vector)
        folders, names = file_findings.folder_numbers(
            [self._subjects[row].path for row in rows.tolist()]
        )
        vectors = index.rows(with_vector)
        odd = outlier_scores.outliers(vectors, near, cosines, typical_photos(*encoder[:2]))
        lost = outlier_scores.misplaced(vectors, folders, near, cosines)
        back = {row: number for number, row in enumerate(rows.tolist())}

        def nearest(row: int) -> tuple[int, ...]:
            others = near[back[row]] if row in back else near[:0].ravel()
            return tuple(with_vector[others[others >= 0][:_SHOWN]].tolist())

        def elsewhere(row: int) -> tuple[int, ...]:
            number = back.get(row, -1)
            if number < 0:
                return ()
            others = near[number][near[number] >= 0]
            return tuple(with_vector[others[folders[others] != folders[number]][:_SHOWN]].tolist())

        def why_odd(row: int) -> str:
            number = back.get(row, -1)
            if number < 0:
                return _NOT_COMPARED
            near_by = f"the photo most like it has a likeness of {cosines[number, 0]:.2f}"
            return f"Unlike all others: {near_by}, and those are closer to each other than to it."

        def why_lost(row: int) -> str:
            number = back.get(row, -1)
            if number < 0:
                return _NOT_COMPARED
            there = names[folders[lost.like[number]]] if lost.like[number] >= 0 else "?"
            return f"Unlike the rest of “{names[folders[number]]}”; most like photos in “{there}”."

        by_odd, by_lost = fine.copy(), fine.copy()
        by_odd[rows] = quality_scores.falling(np.maximum(odd, 0), _ODD, 3)
        by_lost[rows] = quality_scores.falling(
            np.maximum(np.nan_to_num(lost.oddness, nan=0.0), 0), _LOST, 3
        )
        return {
            "outlier": _Scores(by_odd, why_odd, nearest),
            "misplaced": _Scores(by_lost, why_lost, elsewhere),
        }

    def _unreadable(self) -> list[Finding]:
        """Files that are themselves at fault. Those that cannot be read yet, or not now, are on the
        Library page only."""
        rows = [f for f in self._library.catalog.failures() if f["fault"] in PROVEN]
        return [
            Finding(
                None,
                f["path"],
                "unreadable",
                0.0,
                _sentence(f["reason"]),
                dismissal_store.path_subject(f["path"]),
            )
            for f in rows
        ]

    def _extensions(self) -> list[Finding]:
        if self._misnamed is None:
            self._misnamed = list[Finding]()
            for photo_id, digest, path, kind in quality_store.named_files(self._library.catalog):
                if reason := file_findings.wrong_extension(path, kind):
                    self._misnamed.append(Finding(photo_id, path, "extension", 0.2, reason, digest))
        return self._misnamed


# Spreads from the usual by which a photo is odd (1 in 200 everyday photos are, in libraries of 60
# to 1,000), and by which it is lost in its folder: of photos in the wrong one of folders by subject
# 70 to 90 % are beyond it, 30 % where the subjects overlap, and of those in the right one 0.1 to 1
# %; in folders without any subject 0.6 %.
_ODD, _LOST = 3.9, 1.1
_NOT_COMPARED = "It has not been compared with others yet."
# Photos that explain a finding.
_SHOWN = 8

_BY_FIGURES: Mapping[FindingKind, Callable[[quality_scores.Column], quality_scores.Judgement]] = {
    "blurred": quality_scores.blurred,
    "dark": quality_scores.dark,
    "overexposed": quality_scores.overexposed,
    "empty": quality_scores.empty,
    "noisy": quality_scores.noisy,
    "compressed": quality_scores.compressed,
    "not-a-photo": quality_scores.not_a_photo,
}


def _by_row(ids: Ids, near: Ids) -> Ids:
    """Neighbours by id → by row among these ids, -1 for those that are not among them."""
    places = np.searchsorted(ids, near).clip(max=len(ids) - 1)
    return np.where(ids[places] == near, places, -1)


def _sentence(reason: str | None) -> str:
    text = reason or "it could not be read"
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _dismissed(finding: Finding, hit: bool) -> Finding:
    return Finding(**{**finding.__dict__, "dismissed": hit})
