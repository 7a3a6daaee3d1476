"""Which findings are listed, in which order, and when scores are computed anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.anomalies import findings
from explorer.anomalies.finding_kinds import FindingKind
from explorer.anomalies.findings import Anomalies
from explorer.anomalies.judgement import Judgement
from explorer.errors import Fault
from explorer.library.file_rows import FileStat
from explorer.library.queries.filters import Filters
from explorer.library.stores.file_store import put_failed
from explorer.library.stores.quality_store import review_photos
from tests.factory import LibraryBuilder


class _Scores:
    """Scores that need no pictures: an eighth for each photo before it, but none is dark."""

    made = 0

    def __init__(self, library: Any, encoder: Any) -> None:
        _Scores.made += 1
        self.subjects, self.seconds = review_photos(library.catalog), 100.0
        self.metrics = np.rec.array([([1, 2],)], dtype=[("ids", object)])[0]

    def judgement(self, kind: FindingKind) -> Judgement:
        scores = [
            1.0 if kind == "dark" else -0.5 if each.id == 1 else (each.id - 1) / 8
            for each in self.subjects
        ]
        return Judgement(
            np.array(scores, np.float32),
            lambda row: f"Row {row}.",
            lambda row: f"{row}",
            lambda row: (row,),
        )


@pytest.fixture
def listed(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Anomalies:
    """Photos 1 to 8, of which the first has a score below 0."""
    for number in range(1, 9):
        builder.put(f"{'ab'[number % 2]}/{number}.jpg", number)
    monkeypatch.setattr(findings, "LibraryScores", _Scores)
    monkeypatch.setattr(_Scores, "made", 0)
    return Anomalies(builder.library)


def ids(listed: Anomalies, *kinds: FindingKind, **options: Any) -> list[int | None]:
    return [each.id for each in listed.findings(kinds, **options)]


def test_findings_below_the_threshold_are_listed_worst_first(listed: Anomalies) -> None:
    found = listed.findings(["noisy", "blurred", "dark"])
    # A score at the threshold is fine.
    assert [(each.id, each.kind) for each in found] == [
        (number, kind) for number in range(1, 5) for kind in ("blurred", "noisy")
    ]
    first = found[0]
    assert (first.score, first.detail, first.brief, first.related) == (0.0, "Row 0.", "0", (0,))
    assert found[2].score == 0.125 and not first.dismissed


def test_thresholds_are_followed(listed: Anomalies) -> None:
    listed.set_threshold("blurred", 0.25)
    assert ids(listed, "blurred") == [1, 2] and len(ids(listed, "noisy")) == 4
    listed.set_threshold("blurred", 1.0)
    assert ids(listed, "blurred") == list(range(1, 9)) and len(ids(listed, "dark")) == 0
    assert len(ids(listed, "dark", everything=True)) == 8
    listed.set_threshold("blurred", 0.0)
    assert ids(listed, "blurred") == [1]


def test_dismissed_findings_are_left_out_or_marked(listed: Anomalies) -> None:
    found = listed.findings(["blurred", "noisy"])
    listed.dismiss(found[:1])
    assert ids(listed, "blurred") == [2, 3, 4] and ids(listed, "noisy")[0] == 1
    marked = listed.findings(["blurred"], dismissed=True)
    assert [each.dismissed for each in marked] == [True, False, False, False]
    assert (listed.counts()["blurred"], listed.counts()["noisy"], listed.counts()["dark"]) == (
        3, 4, 0,
    )  # fmt: skip
    listed.restore(marked)
    assert ids(listed, "blurred") == [1, 2, 3, 4]


def test_filters_select_photos_and_files(listed: Anomalies, builder: LibraryBuilder) -> None:
    root = builder.library.catalog.root_paths()[builder.root]
    faults: list[tuple[str, Fault]] = [("a/x.jpg", "damaged"), ("b/y.jpg", "foreign"),
                                       ("b/z.jpg", "environment")]  # fmt: skip
    for path, fault in faults:
        put_failed(builder.writer, builder.root, FileStat(path, 1, 1, 0), "it is no photo", fault)
    found = listed.findings(["unreadable"])
    assert [each.path for each in found] == [f"{root}/a/x.jpg", f"{root}/b/y.jpg"]
    assert (found[0].score, found[0].detail, found[0].subject) == (
        0.0, "It is no photo.", f"path:{root}/a/x.jpg",
    )  # fmt: skip
    inside = Filters(folder=f"{root}/a")
    assert ids(listed, "blurred", "unreadable", filters=inside) == [None, 2, 4]
    assert ids(listed, "unreadable", filters=Filters(since="2000-01-01")) == []
    assert ids(listed, "unreadable", filters=Filters(until="2000-01-01")) == []


def test_wrong_extensions_are_listed_by_their_files(
    listed: Anomalies, builder: LibraryBuilder
) -> None:
    one = builder.put("a/odd.png", "odd")
    root = builder.library.catalog.root_paths()[builder.root]
    for _ in range(2):
        (found,) = listed.findings(["extension"])
        assert (found.id, found.score, found.path) == (one, 0.2, f"{root}/a/odd.png")
        assert ".jpg would be right" in found.detail and found.subject != ""
    assert ids(listed, "extension", filters=Filters(folder=f"{root}/b")) == []
    assert ids(listed, "extension", filters=Filters(folder=f"{root}/a")) == [one]
    listed.set_threshold("extension", 0.2)
    assert ids(listed, "extension") == []


def test_scores_are_computed_again_when_the_library_has_changed(
    listed: Anomalies, builder: LibraryBuilder
) -> None:
    assert listed.judged == (2, 8) and list(listed.subjects()) == list(range(1, 9))
    assert _Scores.made == 1 and len(ids(listed, "blurred")) == 4
    builder.put("a/9.jpg", 9)
    assert listed.judged == (2, 9) and _Scores.made == 2
    listed.set_threshold("blurred", 0.7)
    assert ids(listed, "blurred") == list(range(1, 7))


def test_patience_shows_older_scores_for_a_while(
    listed: Anomalies, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, now = Anomalies(builder.library, patient=True), [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(findings, "acceptable_age", lambda seconds: seconds / 10)
    assert patient.judged == (2, 8)
    builder.put("a/9.jpg", 9)
    now[0] = 9.9
    assert patient.judged == (2, 8)
    now[0] = 10.0
    assert patient.judged == (2, 9)
