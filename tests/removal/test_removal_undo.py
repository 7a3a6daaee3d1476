"""What undo finds where others have changed things since."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from explorer.removal.remove import remove
from explorer.removal.undo import undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary


def test_a_taken_name_leads_to_a_new_name(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library))
    (small_library.photos / "b.jpg").write_text("a newcomer")
    (small_library.photos / "b (restored).jpg").write_text("another")
    _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "b (restored 2).jpg")
    assert "b (restored 2).jpg" in restored.note
    assert small_library.tree()["b (restored 2).jpg"] == before["b.jpg"]
    assert (small_library.photos / "b.jpg").read_text() == "a newcomer"


def test_a_deleted_folder_is_created_again(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("deep/er/b.jpg", "one")
    before = small_library.tree()
    remove(
        small_library.library,
        [small_library.removal("deep/er/b.jpg", "a.jpg")],
        where(small_library),
    )
    shutil.rmtree(small_library.photos / "deep")
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_drive_that_is_away_is_not_written_to(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    small_library.photos.rename(small_library.base / "unplugged")
    small_library.photos.mkdir()
    real = os.stat

    def other_drive(path: Any, *given: Any, **named: Any) -> Any:
        facts = real(path, *given, **named)
        return (
            os.stat_result((*facts[:2], facts.st_dev + 1, *facts[3:]))
            if path == str(small_library.photos)
            else facts
        )

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", other_drive)
        _, (restored,) = undo(small_library.library)
    assert restored.back is None and "seems not to be connected" in restored.note
    assert small_library.tree() == {}
    small_library.photos.rmdir()
    (small_library.base / "unplugged").rename(small_library.photos)
    undo(small_library.library)
    assert small_library.tree() == before


def test_files_restored_by_hand_or_deleted_for_good_are_reported(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).rename(small_library.photos / "b.jpg")
    _, (restored,) = undo(small_library.library)
    assert (restored.back, restored.note) == (
        str(small_library.photos / "b.jpg"),
        "it had been restored by hand",
    )
    assert small_library.tree() == before
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).unlink()
    for _ in range(2):
        _, (restored,) = undo(small_library.library)
        assert restored.back is None and "not in" in restored.note


def test_a_foreign_file_at_the_recorded_trash_path_is_left_alone(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).unlink()
    Path(at).write_text("a stranger")
    _, (restored,) = undo(small_library.library)
    assert restored.back is None
    assert Path(at).read_text() == "a stranger"
    assert set(small_library.tree()) == {"a.jpg"}


@pytest.mark.parametrize("year", [2300, 1650])
def test_a_file_of_any_time_is_restored(pair: SmallLibrary, year: int) -> None:
    """Damaged drives and clocks give files times that 64 bits of nanoseconds cannot hold."""
    photo = pair.photos / "sub/b.jpg"
    time = (year - 1970) * 31_556_952 * 10**9
    os.utime(photo, ns=(time, time))
    if photo.stat().st_mtime_ns != time:
        pytest.skip("the file system of the temporary folder has no such times")
    before = pair.tree()
    assert remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")]).removed
    undo(pair.library)
    assert pair.tree() == before
