"""Several programs that use one trash at the same time."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.trash import TrashEntry
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, hash_of
from tests.removal.test_trash import all_of, note


def test_two_concurrent_writers_lose_nothing(
    home_trash: Path, trashed_photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both choose the same name, at the same moment: the one whose note comes second is told so,
    chooses again, and loses nothing."""
    monkeypatch.setattr(secrets, "token_hex", lambda _: "same")
    others = [trashed_photo.with_name(f"{number}") / "a.jpg" for number in range(2)]
    for number, path in enumerate(others):
        path.parent.mkdir()
        path.write_text(f"photo {number}")
    slots = [trash.free_slot(str(path)) for path in others]
    assert slots[0] == slots[1]
    meet, taken = threading.Barrier(2), list[Path]()

    def write(path: Path, to: TrashEntry) -> None:
        meet.wait()
        try:
            trash.send(str(path), hash_of(path.read_bytes()), to)
        except FileExistsError:
            taken.append(path)

    threads = [
        threading.Thread(target=write, args=each) for each in zip(others, slots, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1 and taken[0].exists()
    (left,) = [path for path in others if path not in taken]
    assert Path(slots[0].path).read_text() == f"photo {left.parent.name}" and note(slots[0].info)[
        "Path"
    ] == str(left)


def test_another_name_is_chosen_if_the_first_is_taken(
    small_library: SmallLibrary, home_trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the choice of a name and the move: by another library, or by a program that reserves
    nothing."""
    for number in range(3):
        small_library.add_photo(f"{number}/a.jpg", f"photo {number}")
        small_library.add_photo(f"{number}/b.jpg", f"photo {number}")
        small_library.add_file(f"{number}/b.thm", "words")
    before, real, struck = small_library.tree(), safe_move.move, list[str]()

    def taken(source: str, target: str, *given: Any) -> list[str]:
        if (
            source not in struck
            and source.startswith(str(small_library.photos))
            and source.endswith(".jpg")
        ):
            struck.append(source)
            Path(target).write_text("a stranger's")
        return real(source, target, *given)

    monkeypatch.setattr(safe_move, "move", taken)
    outcome = remove(
        small_library.library,
        [small_library.removal(f"{number}/b.jpg", f"{number}/a.jpg") for number in range(3)],
    )
    assert [result.state for result in outcome.results] == ["removed"] * 3 and len(struck) == 3
    held = sorted(path.read_text() for path in (home_trash / "files").iterdir())
    assert held == sorted(
        [*(f"photo {number}" for number in range(3)), *["a stranger's"] * 3, *["words"] * 3]
    )
    undo(small_library.library)
    assert small_library.tree() == before
    assert [path.read_text() for path in (home_trash / "files").iterdir()] == ["a stranger's"] * 3
    # The strangers have no notes, as they reserved nothing; of ours none is left.
    assert all_of(home_trash / "info") == []


def test_a_name_that_is_always_taken_is_reported(
    small_library: SmallLibrary, home_trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before, real, calls = small_library.tree(), safe_move.move, 0

    def taken(source: str, target: str, *given: Any) -> list[str]:
        nonlocal calls
        calls += 1
        Path(target).write_text("a stranger's")
        return real(source, target, *given)

    monkeypatch.setattr(safe_move, "move", taken)
    (result,) = remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert (result.state, calls) == ("failed", 5) and "other programs" in result.reason
    assert small_library.tree() == before and all_of(home_trash / "info") == []


def test_a_trash_that_cannot_be_created_is_reported(
    small_library: SmallLibrary, home_trash: Path
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    home_trash.parent.mkdir()
    home_trash.write_text("no folder")
    (result,) = remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert result.state == "refused" and "trash cannot be used" in result.reason
