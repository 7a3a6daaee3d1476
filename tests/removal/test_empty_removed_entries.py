"""Which files emptying our own folders may delete, by what the journal says of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal, RemovalRun
from explorer.removal import empty_removed, trash
from explorer.removal.results import TRASH
from tests.fixtures.small_library import SmallLibrary, hash_of


class _Journal(RemovalJournal):
    """A journal with one run of these entries."""

    def __init__(self, folder: Path, *entries: RemovalEntry) -> None:
        super().__init__(folder)
        self._run = RemovalRun("run", 0.0, "", len(entries), list(entries), ended=True)

    def runs(self) -> list[RemovalRun]:
        return [self._run]


@pytest.fixture
def own(small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of our own, the only one."""
    folder = small_library.base / trash.HOME_FOLDER
    (folder / "run").mkdir(parents=True)
    monkeypatch.setattr(trash, "own_folders", lambda path, library: iter([str(folder)]))
    return folder


def entry(small_library: SmallLibrary, own: Path, number: int, **facts: Any) -> RemovalEntry:
    target = own / "run" / f"{number}.jpg"
    target.write_text("one")
    usual: dict[str, Any] = {
        "run": "run", "number": number, "state": "moved",
        "path": str(small_library.photos / f"{number}.jpg"), "hash": hash_of(b"one"),
        "keeper": None, "where": str(own / "run"), "root": str(small_library.photos),
        "target": str(target),
    }  # fmt: skip
    return RemovalEntry(**(usual | facts))


def numbers(small_library: SmallLibrary, *entries: RemovalEntry) -> list[list[int]]:
    found = empty_removed._own_families(
        small_library.library, _Journal(small_library.library.dir, *entries)
    )
    return [[each.number for each in family] for family, _ in found]


def test_a_photo_goes_with_its_companions(small_library: SmallLibrary, own: Path) -> None:
    photo = entry(small_library, own, 2)
    companions = [entry(small_library, own, number, of=2) for number in (0, 1)]
    assert numbers(small_library, *companions, photo) == [[0, 1, 2]]


def test_a_companion_without_its_photo_stays(small_library: SmallLibrary, own: Path) -> None:
    """The photo may be in use."""
    assert numbers(small_library, entry(small_library, own, 0, of=2)) == []
    companion = entry(small_library, own, 0, of=2)
    for state in ("undone", "intended"):
        photo = entry(small_library, own, 2, state=state)
        assert numbers(small_library, companion, photo) == []


@pytest.mark.parametrize(
    "facts",
    [{"state": "undone"}, {"state": "intended"}, {"target": None}, {"target": "/elsewhere/a.jpg"},
     {"where": "/elsewhere"}],
)  # fmt: skip
def test_only_what_was_moved_to_a_folder_of_our_own_is_deleted(
    small_library: SmallLibrary, own: Path, facts: dict[str, Any]
) -> None:
    photo = entry(small_library, own, 2)
    assert numbers(small_library, entry(small_library, own, 0, of=2, **facts), photo) == [[2]]


def test_of_files_in_the_trash_no_path_is_examined(
    small_library: SmallLibrary, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "own_folders", pytest.fail)
    library = small_library.library.dir
    for facts in ({"where": TRASH}, {"state": "undone"}, {"target": None}):
        made = entry(small_library, own, 0, **facts)
        assert empty_removed._own_folder(made, library, [str(own)]) is None


def test_empty_folders_are_deleted_up_to_the_folder_of_our_own(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    empty_removed._delete_empty(str(top / "a" / "b"), str(top))
    assert top.is_dir() and not (top / "a").exists()
    (tmp_path / "beside" / "empty").mkdir(parents=True)
    empty_removed._delete_empty(str(tmp_path / "beside" / "empty"), str(top))
    assert (tmp_path / "beside" / "empty").is_dir()
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "mine.jpg").touch()
    with pytest.raises(OSError):
        empty_removed._delete_empty(str(top / "a" / "b"), str(top))
    assert (top / "a" / "mine.jpg").exists() and not (top / "a" / "b").exists()


@pytest.mark.parametrize(("to", "is_there"), [("b.jpg", True), ("c.jpg", False), (None, False)])
def test_a_removed_link_is_known_by_where_it_leads(
    small_library: SmallLibrary, own: Path, to: str | None, is_there: bool
) -> None:
    made = entry(small_library, own, 0, facts={"link": "b.jpg"})
    target = Path(made.target or "")
    if to is not None:
        target.unlink()
        target.symlink_to(to)
    assert empty_removed._is_there(made) is is_there
