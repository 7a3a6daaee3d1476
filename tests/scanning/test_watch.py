"""The system's own events, for real: something happens in a folder, and the watcher says where."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.scanning.watch import ChangedFolder, Watcher
from tests import pictures

# Events come within a fraction of a second; a machine that is busy may take long.
PATIENCE = 300.0


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    pictures.write(folder / "below" / "a.jpg", pictures.draw(0, (32, 32)))
    return folder


def until(watcher: Watcher, folder: Path) -> ChangedFolder:
    """Wait until that folder is due."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for spot in watcher.due():
            if Path(spot.folder) == folder:
                return spot
        time.sleep(0.05)
    return pytest.fail(f"nothing was heard of {folder}")


def test_a_new_photo_is_noticed_with_its_path(watcher: Watcher, photos: Path) -> None:
    assert watcher.watch(str(photos)) is None
    pictures.write(photos / "below" / "b.jpg", pictures.draw(1, (32, 32)))
    spot = until(watcher, photos / "below")
    assert spot.root == str(photos)


def test_deletions_and_renames_are_noticed(watcher: Watcher, photos: Path) -> None:
    watcher.watch(str(photos))
    (photos / "below" / "a.jpg").rename(photos / "b.jpg")
    until(watcher, photos / "below")
    (photos / "b.jpg").unlink()
    until(watcher, photos)


def test_a_new_folder_is_scanned(watcher: Watcher, photos: Path) -> None:
    watcher.watch(str(photos))
    (photos.parent / "aside").mkdir()
    pictures.write(photos.parent / "aside" / "deep" / "c.jpg", pictures.draw(2, (32, 32)))
    (photos.parent / "aside").rename(photos / "new")
    end, seen = time.monotonic() + PATIENCE, list[ChangedFolder]()
    while time.monotonic() < end and not any(
        spot.below and Path(spot.folder) == photos / "new" for spot in seen
    ):
        seen += watcher.due()
        time.sleep(0.05)
    assert any(spot.below and Path(spot.folder) == photos / "new" for spot in seen)


def test_a_forgotten_folder_causes_no_events(
    watcher: Watcher, photos: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    watcher.watch(str(photos))
    watcher.watch(str(other))
    watcher.unwatch(str(photos))
    pictures.write(photos / "b.jpg", pictures.draw(1, (32, 32)))
    pictures.write(other / "c.jpg", pictures.draw(1, (32, 32)))
    end, roots = time.monotonic() + PATIENCE, set[str]()
    while time.monotonic() < end and str(other) not in roots:
        roots.update(spot.root for spot in watcher.due())
        time.sleep(0.05)
    assert roots == {str(other)}


def test_watching_twice_is_harmless_and_an_absent_folder_gives_a_reason(
    watcher: Watcher, photos: Path, tmp_path: Path
) -> None:
    assert watcher.watch(str(photos)) is None
    assert watcher.watch(str(photos)) is None
    assert watcher.watch(str(tmp_path / "absent"))


def test_a_place_can_be_requested_again(watcher: Watcher, photos: Path) -> None:
    watcher.requeue(ChangedFolder(str(photos), str(photos / "below"), False))
    assert until(watcher, photos / "below") == ChangedFolder(
        str(photos), str(photos / "below"), False
    )
