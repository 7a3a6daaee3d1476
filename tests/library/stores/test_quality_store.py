from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.library.stores import quality_store
from explorer.library.stores.photo_store import DECODED_COLUMNS, decoded_values
from explorer.library.stores.root_store import remove_root, update_root
from explorer.photos.quality.metrics import METRICS_VERSION, QualityDiagnostics, QualityMetrics
from tests.factory import LibraryBuilder, decoded

DIAGNOSTICS = QualityDiagnostics(
    np.arange(6, dtype=np.uint8).reshape(2, 3), np.arange(32, dtype=np.uint8)
)


def judge(
    builder: LibraryBuilder, photo_id: int, stated: str | None = None, **figures: float
) -> None:
    photo = decoded(
        quality=QualityMetrics(**figures).packed(),
        diagnostics=DIAGNOSTICS.packed(),
        impossible_date=stated,
    )
    with builder.writer.transaction():
        quality_store.put_quality(builder.writer, photo_id, photo)


def test_metrics_are_stored_and_replaced(builder: LibraryBuilder) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    judge(builder, two, blur_radius=2.0)
    judge(builder, one, "2093-01-01T00:00:00", blur_radius=0.5, noise_sigma=3)
    judge(builder, two, blur_radius=4.0)
    found = quality_store.quality_table(builder.library.catalog)
    assert found.ids.tolist() == [one, two]
    assert found.of("blur_radius").tolist() == [0.5, 4.0] and found.of("noise_sigma").tolist() == [
        3,
        0,
    ]
    assert found.impossible_dates == {one: "2093-01-01T00:00:00"}
    look = quality_store.diagnostics_of(builder.library.catalog, one)
    assert look is not None and (look.sharpness_map == DIAGNOSTICS.sharpness_map).all()


def test_photos_without_current_metrics_are_waiting(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = builder.put("a.jpg", 1), builder.put("b.jpg", 2), builder.put("c.jpg", 3)
    judge(builder, one)
    assert [
        photo_id for photo_id, _ in quality_store.photos_to_measure(builder.library.catalog)
    ] == [two, three]
    builder.lose("c.jpg")
    assert [
        photo_id for photo_id, _ in quality_store.photos_to_measure(builder.library.catalog)
    ] == [two]
    monkeypatch.setattr(quality_store, "METRICS_VERSION", METRICS_VERSION + 1)
    assert [
        photo_id for photo_id, _ in quality_store.photos_to_measure(builder.library.catalog)
    ] == [one, two]
    assert not len(quality_store.quality_table(builder.library.catalog).ids)
    assert quality_store.diagnostics_of(builder.library.catalog, one) is None


def test_photos_on_a_disconnected_drive_are_not_waiting(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    update_root(builder.writer, builder.root, state="offline")
    assert not quality_store.photos_to_measure(builder.library.catalog)


def test_missing_metrics_are_not_stored(builder: LibraryBuilder) -> None:
    one = builder.put("a.jpg", 1)
    quality_store.put_quality(builder.writer, one, decoded())
    assert not len(quality_store.quality_table(builder.library.catalog).ids)


def test_metrics_are_deleted_with_their_photo(builder: LibraryBuilder) -> None:
    one = builder.put("a.jpg", 1)
    judge(builder, one)
    remove_root(builder.writer, str(builder.library.dir.parent / "photos"))
    with builder.library.catalog.reading() as db:
        assert db.execute("select count(*) from quality").fetchone()[0] == 0


def test_subjects_are_listed_with_their_files(builder: LibraryBuilder) -> None:
    one = builder.put("a.jpg", 1, camera="X", taken_at="2015-01-01T00:00:00")
    builder.put("sub/copy.png", 1)
    builder.put("b.jpg", 2, width=10, height=20)
    builder.lose("b.jpg")
    (subject,) = quality_store.review_photos(builder.library.catalog)
    assert (subject.id, subject.width, subject.camera) == (one, 640, "X")
    assert Path(subject.path).name == "a.jpg" and subject.hash
    assert [
        (file.photo_id, Path(file.path).name)
        for file in quality_store.unusually_named_files(builder.library.catalog, {"JPEG": ()})
    ] == [(one, "a.jpg"), (one, "copy.png")]


def test_rereading_a_photo_replaces_all_its_facts(builder: LibraryBuilder) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    before, other = (builder.library.catalog.photo(i) for i in (one, two))
    assert before is not None
    photo = decoded(
        format="TIFF", width=1, height=2, frames=3, taken_at="2020-01-02T03:04:05",
        taken_precision="minute", taken_source="gps",
        latitude=1.5, longitude=2.5, camera="C", lens="L", exposure_time=0.5, f_number=2.8,
        iso=100.0, focal_length=50.0,
        phash=b"p" * 32, damaged="somewhat",
        title="T", description="D", keywords=("k", "w"), rating=4.0,
        contents='{"parts":[],"complete":false}', quality=QualityMetrics(blur_radius=3.0).packed(),
        diagnostics=DIAGNOSTICS.packed(),
    )  # fmt: skip
    change = builder.library.catalog.change()
    quality_store.refresh_photo(builder.writer, one, photo)
    after = builder.library.catalog.photo(one)
    assert after is not None and builder.library.catalog.photo(two) == other
    for name in DECODED_COLUMNS:
        (stored,) = builder.writer.connection.execute(
            f"select {name} from photo where id = ?", (one,)
        ).fetchall()[0]
        assert stored == decoded_values(photo)[name], name
    assert {key for key in after if after[key] != before[key]} >= set(DECODED_COLUMNS) - {
        "phash",
        "contents",
        "metadata_version",
    }
    assert (after["hash"], after["bytes"], after["added_at"], after["path"]) == (
        before["hash"],
        before["bytes"],
        before["added_at"],
        before["path"],
    )
    assert quality_store.quality_table(builder.library.catalog).of("blur_radius").tolist() == [3.0]
    # Whoever follows the catalog hears of it.
    assert (
        builder.library.catalog.change()
        == change + 1
        == builder.writer.connection.execute(
            "select change from photo where id = ?", (one,)
        ).fetchall()[0][0]
    )


def test_every_column_that_decoding_fills_is_filled_and_refreshed(builder: LibraryBuilder) -> None:
    columns = {
        row[1] for row in builder.writer.connection.execute("pragma table_info(photo)").fetchall()
    }
    assert set(DECODED_COLUMNS) == columns - {
        "id",
        "favourite",
        "hash",
        "bytes",
        "added_at",
        "present",
        "change",
        "orphaned_at",
        "sidecars",
    }


def test_a_photo_with_unknown_contents_is_waiting(builder: LibraryBuilder) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2, contents=None)
    for photo_id in (one, two):
        judge(builder, photo_id)
    assert [
        photo_id for photo_id, _ in quality_store.photos_to_measure(builder.library.catalog)
    ] == [two]


def test_facts_read_by_an_older_version_are_replaced(builder: LibraryBuilder) -> None:
    one = builder.put("a.jpg", 1, taken_at="2020-01-01T00:00:00", taken_source="file", camera="X")
    two = builder.put("b.jpg", 2, taken_at="2020-01-01T00:00:00", taken_source="file")
    photo = decoded(
        taken_at="1987-06-05T00:00:00",
        taken_precision="day",
        taken_source="exif",
        latitude=1.5,
        longitude=2.5,
        width=7,
    )
    quality_store.refresh_photo(builder.writer, one, photo)
    row, other = builder.library.catalog.photo(one), builder.library.catalog.photo(two)
    assert (
        row is not None
        and other is not None
        and other["taken_at"] == "2020-01-01T00:00:00"
        and other["taken_precision"] is None
    )
    assert (row["taken_at"], row["taken_precision"], row["taken_source"]) == (
        "1987-06-05T00:00:00",
        "day",
        "exif",
    )
    assert (row["latitude"], row["longitude"], row["camera"], row["width"]) == (1.5, 2.5, None, 7)
    (subject, _) = quality_store.review_photos(builder.library.catalog)
    assert (subject.id, subject.taken_precision) == (one, "day")


def test_a_photo_reread_intact_is_no_longer_damaged(builder: LibraryBuilder) -> None:
    one, two = (
        builder.put("a.jpg", 1, damaged="part is missing"),
        builder.put("b.jpg", 2, damaged="part is missing"),
    )
    judge(builder, one)
    found = {
        subject.id: subject.damaged
        for subject in quality_store.review_photos(builder.library.catalog)
    }
    assert found == {one: None, two: "part is missing"}


def test_unreadable_metrics_are_ignored(builder: LibraryBuilder) -> None:
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    for photo in (one, two):
        judge(builder, photo, blur_radius=photo)
    builder.writer.connection.execute(
        "update quality set figures = x'00', look = x'00' where photo_id = ?", (one,)
    )
    found = quality_store.quality_table(builder.library.catalog)
    assert (
        found.ids.tolist() == [two]
        and found.of("blur_radius").tolist() == [two]
        and found.values.dtype == np.float32
    )
    assert (
        quality_store.diagnostics_of(builder.library.catalog, one) is None
        and quality_store.diagnostics_of(builder.library.catalog, 999) is None
    )
    assert quality_store.diagnostics_of(builder.library.catalog, two) is not None


def test_a_photo_deleted_meanwhile_has_no_metrics(builder: LibraryBuilder) -> None:
    judge(builder, 999, blur_radius=1.0)
    assert builder.writer.connection.execute("select count(*) from quality").fetchall()[0][0] == 0


def test_metrics_of_hidden_photos_are_not_shown(builder: LibraryBuilder) -> None:
    judge(builder, builder.put("a.jpg", 1), blur_radius=1.0)
    builder.lose("a.jpg")
    assert (
        not len(quality_store.quality_table(builder.library.catalog).ids)
        and quality_store.review_photos(builder.library.catalog) == []
    )


def test_a_photo_that_was_deleted_meanwhile_is_not_measured(builder: LibraryBuilder) -> None:
    quality_store.refresh_photo(builder.writer, 77, decoded())
    assert 77 not in quality_store.quality_table(builder.library.catalog).ids
