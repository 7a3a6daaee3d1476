"""A photo and its companions come back together, under names that match."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import trash
from explorer.removal.remove import remove
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree
from tests.removal.test_companion_removal import live, one
from tests.removal.test_undo import entries


def test_losing_the_kept_film_during_the_move_restores_all_files(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(small_library)
    before = small_library.tree()
    real = trash.send

    def lose(*given: Any) -> list[str]:
        lost: list[str] = real(*given)
        (small_library.photos / "kept/IMG_1.MOV").unlink(missing_ok=True)
        return lost

    monkeypatch.setattr(trash, "send", lose)
    result = one(small_library)
    assert (result.state, result.reason) == ("failed", "the photo to keep no longer exists")
    assert small_library.tree() == {
        path: what for path, what in before.items() if path != "kept/IMG_1.MOV"
    }
    # Only a file that was never moved is said to be one.
    assert {entry.reason for entry in entries(small_library)} == {""}


def test_losing_the_kept_film_later_in_the_run_restores_all_files(
    small_library: SmallLibrary,
) -> None:
    live(small_library)
    small_library.add_photo("x.jpg", "x")
    small_library.add_photo("y.jpg", "x")
    before = small_library.tree()

    def lose(done: int, total: int) -> None:
        if done == 1:
            (small_library.photos / "kept/IMG_1.MOV").unlink()

    wanted = [
        small_library.removal("gone/IMG_1.HEIC", "kept/IMG_1.HEIC"),
        small_library.removal("y.jpg", "x.jpg"),
    ]
    assert [
        result.state for result in remove(small_library.library, wanted, tick=lose).results
    ] == ["failed", "removed"]
    undo(small_library.library)
    assert small_library.tree() == {
        path: what for path, what in before.items() if path != "kept/IMG_1.MOV"
    }


def test_files_are_restored_under_matching_new_names_if_the_name_is_taken(
    small_library: SmallLibrary, where: Where
) -> None:
    live(small_library)
    before = small_library.tree()
    one(small_library, to=where(small_library))
    small_library.add_file("gone/IMG_1.HEIC", "a newcomer")
    # With this name the still would come back without its film beside it.
    small_library.add_file("gone/IMG_1 (restored).MOV", "a stranger")
    undo(small_library.library)
    now = small_library.tree()
    for old, new in (("HEIC", "HEIC"), ("MOV", "MOV"), ("AAE", "AAE"), ("HEIC.xmp", "HEIC.xmp")):
        assert now[f"gone/IMG_1 (restored 2).{new}"] == before[f"gone/IMG_1.{old}"]
    assert now["gone/IMG_1.HEIC"][1] == b"a newcomer"


def test_a_photo_keeps_its_name_if_only_the_sidecar_name_is_taken(
    small_library: SmallLibrary,
) -> None:
    live(small_library)
    before = small_library.tree()
    one(small_library)
    small_library.add_file("gone/IMG_1.HEIC.xmp", "new words")
    _, restored = undo(small_library.library)
    now = small_library.tree()
    assert (
        now["gone/IMG_1.HEIC"] == before["gone/IMG_1.HEIC"]
        and now["gone/IMG_1.HEIC.xmp"][1] == b"new words"
    )
    assert now["gone/IMG_1.HEIC (restored).xmp"] == before["gone/IMG_1.HEIC.xmp"]
    assert [each.note for each in restored if each.note] == [
        "its name was taken, so it is now IMG_1.HEIC (restored).xmp"
    ]


def test_files_in_a_destination_folder_have_matching_names(small_library: SmallLibrary) -> None:
    aside = small_library.base / "aside"
    live(small_library)
    one(small_library, to=str(aside))
    live(small_library)
    one(small_library, to=str(aside))
    names = {Path(path).name for path, what in tree(aside).items() if what[0] == "file"}
    assert {
        "IMG_1.HEIC",
        "IMG_1.MOV",
        "IMG_1 (2).HEIC",
        "IMG_1 (2).MOV",
        "IMG_1 (2).HEIC.xmp",
        "IMG_1 (2).AAE",
    } <= names


def test_all_files_are_restored_if_interrupted_before_the_photo_moved(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(small_library)
    before = small_library.tree()
    real, calls = trash.send, 0

    def cut(*given: Any) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(trash, "send", cut)
        # As the power does it: nothing of the run is ended.
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            one(small_library)
    assert small_library.tree() != before
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    assert small_library.tree() == before and not history(small_library.library)[0].away
