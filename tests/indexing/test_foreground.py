from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.encoders import registry
from explorer.errors import FolderError, LibraryLocked, UnknownEncoder, WeightsMissing
from explorer.indexing import foreground
from explorer.indexing.foreground import index_folders
from explorer.indexing.models.encoder_fallback import load_encoder
from explorer.indexing.progress import Progress
from explorer.library.library import Library
from explorer.library.stores.setting_store import get_setting
from explorer.scanning.ignore import IGNORE_FILE
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.write_detection import WriteDetector
from tests import pictures
from tests.fixtures.indexing import CountingEncoder
from tests.fixtures.old_files import make_old


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library")
    yield opened
    opened.close()


def draw(path: Path, seed: int) -> Path:
    """A photo that was written an hour ago."""
    return make_old(pictures.write(path, pictures.draw(seed, (64, 48))))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, name in enumerate(("a.jpg", "x/b.jpg", "x/y/c.jpg")):
        draw(tmp_path / "photos" / name, number)
    return tmp_path / "photos"


def index(library: Library, *folders: Path, encoder: CountingEncoder | None = None) -> IndexSummary:
    return index_folders(
        library, [str(folder) for folder in folders], encoder or CountingEncoder(), lambda _: None
    )


def roots(library: Library) -> list[str]:
    return [root["path"] for root in library.catalog.roots()]


def test_a_first_run_indexes_everything_and_a_second_nothing(
    library: Library, photos: Path
) -> None:
    encoder = CountingEncoder()
    assert index(library, photos, encoder=encoder).indexed == 3
    again = index(library, photos, encoder=encoder)
    assert (again.indexed, again.unchanged, encoder.encoded) == (0, 3, 3)
    assert roots(library) == [str(photos)]


def test_the_index_is_on_disk_afterwards(library: Library, photos: Path, tmp_path: Path) -> None:
    index(library, photos)
    other = Library.open(tmp_path / "library")
    try:
        found = other.vectors(CountingEncoder.name, CountingEncoder.version, CountingEncoder.dim)
        assert not found.rebuilt and len(found) == 3
    finally:
        other.close()


def test_a_subfolder_of_a_known_folder_is_scanned_alone(library: Library, photos: Path) -> None:
    index(library, photos)
    draw(photos / "new.jpg", 8)
    draw(photos / "x" / "new.jpg", 9)
    summary = index(library, photos / "x")
    assert (summary.indexed, summary.unchanged, summary.missing) == (1, 2, 0)
    assert roots(library) == [str(photos)]


def test_adding_a_parent_folder_absorbs_the_known_one(library: Library, photos: Path) -> None:
    encoder = CountingEncoder()
    index(library, photos / "x", encoder=encoder)
    summary = index(library, photos, encoder=encoder)
    assert (summary.indexed, summary.unchanged, encoder.encoded) == (1, 2, 3)
    assert roots(library) == [str(photos)]


def test_duplicate_and_nested_folders_count_once(library: Library, photos: Path) -> None:
    summary = index(library, photos, photos / "x", photos)
    assert (summary.indexed, summary.unchanged) == (3, 0)


def test_two_folders_are_indexed_together(library: Library, photos: Path, tmp_path: Path) -> None:
    draw(tmp_path / "more" / "d.jpg", 7)
    assert index(library, photos, tmp_path / "more").indexed == 4
    assert sorted(roots(library)) == sorted([str(photos), str(tmp_path / "more")])


def test_an_absent_folder_and_a_file_are_rejected(library: Library, photos: Path) -> None:
    with pytest.raises(FolderError, match="does not exist"):
        index(library, photos / "nowhere")
    with pytest.raises(FolderError, match="is a file"):
        index(library, photos / "a.jpg")


def test_only_one_run_is_possible_at_a_time(library: Library, photos: Path, tmp_path: Path) -> None:
    other = Library.open(tmp_path / "library")
    try:
        with other.lock(), pytest.raises(LibraryLocked, match="Another run"):
            index(library, photos)
    finally:
        other.close()
    assert index(library, photos).indexed == 3


def test_a_file_still_being_written_is_awaited_and_counted_once(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "x" / "broken.jpg").write_bytes(b"broken")
    make_old(photos / "x" / "broken.jpg")
    real, late = DecodePool._run_job, [True, True]

    def still_written(pool: DecodePool, child: Any, job: Any, *rest: Any) -> DecodeResult:
        if job.path.endswith("b.jpg") and late:
            late.pop()
            return DecodeResult(job, bytes(16), 1, 1)
        return real(pool, child, job, *rest)

    monkeypatch.setattr(DecodePool, "_run_job", still_written)
    monkeypatch.setattr(foreground, "SETTLE_INTERVAL", 0.0)
    summary = index(library, photos)
    assert (summary.indexed, summary.failed, summary.unsettled) == (3, 1, set())


def test_a_file_that_is_never_finished_is_reported(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WriteDetector.is_settled
    monkeypatch.setattr(
        WriteDetector,
        "is_settled",
        lambda self, path, seen: not path.endswith("b.jpg") and real(self, path, seen),
    )
    monkeypatch.setattr(foreground, "SETTLE_INTERVAL", 0.1)
    monkeypatch.setattr(foreground, "SETTLE_TIMEOUT", 3.0)
    summary = index(library, photos)
    assert summary.indexed == 2 and [place.folder for place in summary.unsettled] == ["x"]


def test_a_file_that_changes_on_every_read_becomes_a_failure(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DecodePool._run_job

    def other(pool: DecodePool, child: Any, job: Any, *rest: Any) -> DecodeResult:
        return (
            DecodeResult(job, bytes(16), 1, 1)
            if job.path.endswith("b.jpg")
            else real(pool, child, job, *rest)
        )

    monkeypatch.setattr(DecodePool, "_run_job", other)
    monkeypatch.setattr(foreground, "SETTLE_INTERVAL", 0.0)
    summary = index(library, photos)
    assert (summary.indexed, summary.failed, summary.unsettled) == (2, 1, set())


def test_a_folder_excluded_by_default_is_indexed_if_it_is_named(
    library: Library, photos: Path
) -> None:
    index(library, photos)
    for name in ("#recycle", ".hidden", "own"):
        (photos / name).mkdir()
        draw(photos / name / "y.jpg", 99)
    summary = index(library, photos / "#recycle", photos / ".hidden", photos / "own")
    assert summary.indexed == 3 and not summary.problems


def test_a_folder_excluded_by_a_pattern_is_named(library: Library, photos: Path) -> None:
    (photos / IGNORE_FILE).write_text("own/\n")
    index(library, photos)
    (photos / "own").mkdir()
    draw(photos / "own" / "y.jpg", 99)
    summary = index(library, photos / "own")
    assert summary.indexed == 0
    assert summary.problems == {
        f"{photos / 'own'} was not scanned: it is left out of the watched folder {photos}, as a"
        " hidden or system folder or by a pattern."
    }
    assert not index(library, photos).problems


def test_a_bad_rule_is_reported_once(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "x" / IGNORE_FILE).write_text("[")
    (problem,) = index(library, photos).problems
    assert "not closed" in problem


def test_the_choice_of_encoder_is_remembered_if_it_has_text(library: Library, photos: Path) -> None:
    class DriveUnresponsive(CountingEncoder):
        name, has_text = "silent", False

    index(library, photos, encoder=DriveUnresponsive())
    assert get_setting(library.catalog, "encoder") is None
    index(library, photos)
    assert get_setting(library.catalog, "encoder") == "tiny"


def test_a_second_encoder_does_not_disturb_the_first(library: Library, photos: Path) -> None:
    class Second(CountingEncoder):
        name = "second"

    index(library, photos)
    second = Second()
    summary = index(library, photos, encoder=second)
    assert (summary.unchanged, summary.indexed, second.encoded) == (3, 0, 3)
    assert (
        len(library.vectors("tiny", "1", CountingEncoder.dim))
        == len(library.vectors("second", "1", CountingEncoder.dim))
        == 3
    )


def test_progress_is_reported(library: Library, photos: Path) -> None:
    said = list[Progress]()
    index_folders(library, [str(photos)], CountingEncoder(), said.append)
    assert any((progress.done, progress.total) == (3, 3) for progress in said)


def test_the_starter_replaces_an_unavailable_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> CountingEncoder:
        if name == "starter":
            return CountingEncoder()
        raise WeightsMissing(f"The weights of “{name}” are not here.")

    monkeypatch.setattr(registry, "get_encoder", missing)
    encoder, note = load_encoder("clip", offline=True)
    assert (
        encoder.name == "tiny"
        and note == "The weights of “clip” are not here. “starter” is used instead."
    )


def test_offline_downloads_nothing_and_online_downloads_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetched = list[str]()
    monkeypatch.setattr(registry, "available", lambda name: False)
    monkeypatch.setattr(registry, "fetch", lambda name, progress: fetched.append(name))
    monkeypatch.setattr(registry, "get_encoder", lambda name: CountingEncoder())
    load_encoder("clip", offline=True)
    assert fetched == []
    load_encoder("clip", offline=False)
    assert fetched == ["clip"]


def test_an_unknown_encoder_is_an_error() -> None:
    with pytest.raises(UnknownEncoder, match="nonsense"):
        load_encoder("nonsense", offline=True)
