from __future__ import annotations

import pytest

from explorer.library.edits.edit_fields import FieldValues
from explorer.library.queries import evidence
from explorer.library.queries.evidence import Evidence, evidence_of
from explorer.library.stores.edit_store import edit_photos
from explorer.photos.quality.metrics import METRICS_VERSION, QualityMetrics
from tests.factory import LibraryBuilder


def test_evidence_has_the_facts_of_photos(builder: LibraryBuilder) -> None:
    figures = QualityMetrics(blur_radius=0.5, jpeg_quality=90.0)
    full = builder.put(
        "a.jpg", 1, taken_at="2018-07-06T10:11:12", taken_source="exif", latitude=48.5,
        longitude=2.25, camera="Acme Z1", lens="50 mm",
        exposure_time=0.01, f_number=2.0, iso=100.0, focal_length=50.0, quality=figures.packed(),
    )  # fmt: skip
    bare = builder.put("b.jpg", 2)
    assert evidence_of(builder.library.catalog, [full, bare, 10_000]) == {
        full: Evidence("2018-07-06T10:11:12", "exif", (48.5, 2.25), "Acme Z1", "50 mm", 4, figures),
        bare: Evidence(),
    }
    assert evidence_of(builder.library.catalog, []) == {}


@pytest.mark.parametrize(
    ("source", "known"),
    [("exif", True), ("gps", True), ("name", True), ("file", False), (None, False)],
)
def test_the_time_of_a_file_is_no_date(
    builder: LibraryBuilder, source: str | None, known: bool
) -> None:
    photo = builder.put("a.jpg", 1, taken_at="2018-07-06T10:11:12", taken_source=source)
    found = evidence_of(builder.library.catalog, [photo])[photo]
    assert (found.taken_at, found.taken_source) == (
        ("2018-07-06T10:11:12", source) if known else (None, None)
    )


@pytest.mark.parametrize("facts", [{"latitude": 48.5}, {"longitude": 2.25}])
def test_half_a_position_is_none(builder: LibraryBuilder, facts: dict[str, float]) -> None:
    photo = builder.put("a.jpg", 1, **facts)
    assert evidence_of(builder.library.catalog, [photo])[photo].place is None


@pytest.mark.parametrize("name", ["exposure_time", "f_number", "iso", "focal_length"])
def test_each_part_of_the_exposure_counts(builder: LibraryBuilder, name: str) -> None:
    photo = builder.put("a.jpg", 1, **{name: 2.0})
    assert evidence_of(builder.library.catalog, [photo])[photo].exposure == 1


def test_metrics_of_another_version_are_ignored(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = builder.put("a.jpg", 1, quality=QualityMetrics(blur_radius=0.5).packed())
    broken = builder.put("b.jpg", 2, quality=b"123")
    assert evidence_of(builder.library.catalog, [photo, broken])[broken].figures is None
    monkeypatch.setattr(evidence, "METRICS_VERSION", METRICS_VERSION + 1)
    assert evidence_of(builder.library.catalog, [photo])[photo].figures is None


def test_texts_and_ratings_are_those_of_the_file(builder: LibraryBuilder) -> None:
    photo = builder.put(
        "a.jpg", 1, rating=5.0, title="Anna", description="In Venice", keywords=("Anna", "Zoë")
    )
    before = evidence_of(builder.library.catalog, [photo])[photo]
    assert before[-4:] == (5.0, "Anna", "In Venice", ("Anna", "Zoë"))
    edited: FieldValues = {
        "rating": [None],
        "title": ["Bert"],
        "description": [None],
        "keywords": ["[]"],
    }
    edit_photos(builder.library.catalog, [photo], "Edited", lambda _: edited)
    assert evidence_of(builder.library.catalog, [photo])[photo] == before


def test_many_photos_are_read_in_chunks(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MAX_BOUND_VALUES", 2)
    photos = [builder.put(f"{number}.jpg", number, camera=f"Acme {number}") for number in range(5)]
    found = evidence_of(builder.library.catalog, [*photos, *photos])
    assert [found[photo].camera for photo in photos] == [f"Acme {number}" for number in range(5)]
