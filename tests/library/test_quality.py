from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.library import quality
from explorer.library.library import Library
from explorer.library.writer import FACTS
from explorer.photos.figures import VERSION, Look, Quality
from tests.factory import Shelf, decoded

LOOK = Look(np.arange(6, dtype=np.uint8).reshape(2, 3), np.arange(32, dtype=np.uint8))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield shelf
    shelf.close()


def judge(shelf: Shelf, photo_id: int, stated: str | None = None, **figures: float) -> None:
    photo = decoded(quality=Quality(**figures).packed(), look=LOOK.packed(), stated=stated)
    with shelf.writer.transaction():
        quality.put_quality(shelf.writer, photo_id, photo)


def test_figures_are_kept_and_replaced(shelf: Shelf) -> None:
    one, two = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2)
    judge(shelf, two, blur=2.0)
    judge(shelf, one, "2093-01-01T00:00:00", blur=0.5, noise=3)
    judge(shelf, two, blur=4.0)
    found = quality.figures(shelf.library.catalog)
    assert found.ids.tolist() == [one, two]
    assert found.of("blur").tolist() == [0.5, 4.0] and found.of("noise").tolist() == [3, 0]
    assert found.stated == {one: "2093-01-01T00:00:00"}
    look = quality.look_of(shelf.library.catalog, one)
    assert look is not None and (look.sharpness == LOOK.sharpness).all()


def test_what_is_not_judged_or_otherwise_is_waiting(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2), shelf.put("c.jpg", 3)
    judge(shelf, one)
    assert [photo_id for photo_id, _ in quality.unjudged(shelf.library.catalog)] == [two, three]
    shelf.lose("c.jpg")
    assert [photo_id for photo_id, _ in quality.unjudged(shelf.library.catalog)] == [two]
    monkeypatch.setattr(quality, "VERSION", VERSION + 1)
    assert [photo_id for photo_id, _ in quality.unjudged(shelf.library.catalog)] == [one, two]
    assert not len(quality.figures(shelf.library.catalog).ids)
    assert quality.look_of(shelf.library.catalog, one) is None


def test_photos_on_a_drive_that_is_away_are_not_waited_for(shelf: Shelf) -> None:
    shelf.put("a.jpg", 1)
    shelf.writer.set_root(shelf.root, state="offline")
    assert not quality.unjudged(shelf.library.catalog)


def test_what_was_not_measured_is_not_kept(shelf: Shelf) -> None:
    one = shelf.put("a.jpg", 1)
    quality.put_quality(shelf.writer, one, decoded())
    assert not len(quality.figures(shelf.library.catalog).ids)


def test_figures_go_with_their_photo(shelf: Shelf) -> None:
    one = shelf.put("a.jpg", 1)
    judge(shelf, one)
    shelf.writer.remove_root(str(shelf.library.dir.parent / "photos"))
    with shelf.library.catalog.reading() as db:
        assert db.execute("select count(*) from quality").fetchone()[0] == 0


def test_subjects_and_files(shelf: Shelf) -> None:
    one = shelf.put("a.jpg", 1, camera="X", taken_at="2015-01-01T00:00:00")
    shelf.put("sub/copy.png", 1)
    shelf.put("b.jpg", 2, width=10, height=20)
    shelf.lose("b.jpg")
    (subject,) = quality.subjects(shelf.library.catalog)
    assert (subject.id, subject.width, subject.camera, subject.offline) == (one, 640, "X", False)
    assert Path(subject.path).name == "a.jpg" and subject.hash
    assert [(photo_id, Path(path).name) for photo_id, _, path, _ in quality.named_files(shelf.library.catalog)] == [
        (one, "a.jpg"), (one, "copy.png"),
    ]  # fmt: skip


def test_a_photo_read_again_replaces_all_that_was_known_of_it(shelf: Shelf) -> None:
    one, two = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2)
    before, other = (shelf.library.catalog.photo(i) for i in (one, two))
    assert before is not None
    told = decoded(
        format="TIFF", width=1, height=2, frames=3, taken_at="2020-01-02T03:04:05", taken_precision="minute", taken_source="gps",
        latitude=1.5, longitude=2.5, camera="C", lens="L",
        exposure_time=0.5, f_number=2.8, iso=100.0, focal_length=50.0, phash=b"p" * 32, damaged="somewhat",
        contents='{"parts":[],"complete":false}', quality=Quality(blur=3.0).packed(), look=LOOK.packed(),
    )  # fmt: skip
    change = shelf.library.catalog.change()
    quality.refresh(shelf.writer, one, told)
    after = shelf.library.catalog.photo(one)
    assert after is not None and shelf.library.catalog.photo(two) == other
    for name in FACTS:
        (stored,) = shelf.writer.rows(f"select {name} from photo where id = ?", (one,))[0]
        assert stored == getattr(told, name), name
    assert {key for key in after if after[key] != before[key]} >= set(FACTS) - {"phash", "contents"}  # type: ignore[literal-required]
    assert (after["hash"], after["bytes"], after["added_at"], after["path"]) == (
        before["hash"],
        before["bytes"],
        before["added_at"],
        before["path"],
    )
    assert quality.figures(shelf.library.catalog).of("blur").tolist() == [3.0]
    # Whoever follows the catalog hears of it.
    assert shelf.library.catalog.change() == change + 1 == shelf.writer.rows("select change from photo where id = ?", (one,))[0][0]


def test_every_column_that_decoding_fills_is_filled_and_refreshed(shelf: Shelf) -> None:
    columns = {row[1] for row in shelf.writer.rows("pragma table_info(photo)")}
    assert set(FACTS) == columns - {"id", "hash", "bytes", "added_at", "present", "change", "orphaned_at"}


def test_a_photo_whose_contents_are_not_known_is_waiting(shelf: Shelf) -> None:
    one, two = shelf.put("a.jpg", 1), shelf.put("b.jpg", 2, contents=None)
    for photo_id in (one, two):
        judge(shelf, photo_id)
    assert [photo_id for photo_id, _ in quality.unjudged(shelf.library.catalog)] == [two]


def test_what_an_older_version_read_is_replaced(shelf: Shelf) -> None:
    one = shelf.put("a.jpg", 1, taken_at="2020-01-01T00:00:00", taken_source="file", camera="X")
    two = shelf.put("b.jpg", 2, taken_at="2020-01-01T00:00:00", taken_source="file")
    photo = decoded(taken_at="1987-06-05T00:00:00", taken_precision="day", taken_source="exif", latitude=1.5, longitude=2.5, width=7)
    quality.refresh(shelf.writer, one, photo)
    row, other = shelf.library.catalog.photo(one), shelf.library.catalog.photo(two)
    assert row is not None and other is not None and other["taken_at"] == "2020-01-01T00:00:00" and other["taken_precision"] is None
    assert (row["taken_at"], row["taken_precision"], row["taken_source"]) == ("1987-06-05T00:00:00", "day", "exif")
    assert (row["latitude"], row["longitude"], row["camera"], row["width"]) == (1.5, 2.5, None, 7)
    (subject, _) = quality.subjects(shelf.library.catalog)
    assert (subject.id, subject.taken_precision, subject.offline) == (one, "day", False)


def test_a_photo_that_was_called_damaged_and_is_read_whole_is_damaged_no_more(shelf: Shelf) -> None:
    one, two = shelf.put("a.jpg", 1, damaged="part is missing"), shelf.put("b.jpg", 2, damaged="part is missing")
    judge(shelf, one)
    found = {subject.id: subject.damaged for subject in quality.subjects(shelf.library.catalog)}
    assert found == {one: None, two: "part is missing"}
