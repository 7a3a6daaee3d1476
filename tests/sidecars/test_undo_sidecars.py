"""Which of the written sidecars are undone, and which are left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from explorer.errors import LibraryLocked, UsageError
from explorer.library.edits.edit_operations import set_rating
from explorer.library.removals import removal_journal
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal.sidecar_restore import restore_written
from explorer.sidecars import undo_sidecars as module
from explorer.sidecars import write_sidecars as write_module
from explorer.sidecars.undo_sidecars import UndoneSidecar, shown, sidecar_history, undo_sidecars
from explorer.sidecars.write_sidecars import write_sidecars
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import xmp
from tests.sidecars.test_write_sidecars import edit

pytestmark = pytest.mark.usefixtures("in_process")


def written(small: SmallLibrary, *paths: str, rating: int = 3) -> str:
    """Write one run of sidecars for photos that are added where they are missing; gives its id."""
    numbers = list[int]()
    for path in paths:
        if not (small.photos / path).exists():
            small.add_photo(path, path)
        numbers.append(edit(small, path, set_rating(rating)))
    run = write_sidecars(small.library, numbers).run
    assert run is not None
    return run


def there(small: SmallLibrary) -> set[str]:
    return {path for path in small.tree() if path.endswith(".xmp")}


def test_the_last_run_that_can_be_undone_is_undone_first(small_library: SmallLibrary) -> None:
    first, second = written(small_library, "a.jpg"), written(small_library, "b.jpg", "c.jpg")
    assert [run.id for run in sidecar_history(small_library.library)] == [second, first]
    run, undone = undo_sidecars(small_library.library)
    assert run.id == second and there(small_library) == {"a.jpg.xmp"}
    assert [os.path.basename(each.path) for each in undone] == ["b.jpg.xmp", "c.jpg.xmp"]
    run, undone = undo_sidecars(small_library.library)
    assert run.id == first and there(small_library) == set()
    assert [(each.undone, each.note) for each in undone] == [(True, "")]
    for chosen in (None, first):
        with pytest.raises(UsageError, match="undo --list"):
            undo_sidecars(small_library.library, chosen)


def test_a_chosen_run_is_undone_alone(small_library: SmallLibrary) -> None:
    first = written(small_library, "a.jpg")
    written(small_library, "b.jpg")
    with pytest.raises(UsageError):
        undo_sidecars(small_library.library, "another")
    assert there(small_library) == {"a.jpg.xmp", "b.jpg.xmp"}
    assert undo_sidecars(small_library.library, first)[0].id == first
    assert there(small_library) == {"b.jpg.xmp"}


def test_a_sidecar_written_twice_is_undone_step_by_step(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.jpg.xmp", xmp("xmp:CreatorTool='T'"))
    original = small_library.tree()
    written(small_library, "a.jpg", rating=3)
    between = small_library.tree()
    written(small_library, "a.jpg", rating=5)
    undo_sidecars(small_library.library)
    assert small_library.tree() == between
    undo_sidecars(small_library.library)
    assert small_library.tree() == original


def test_what_was_written_is_kept_in_the_library(small_library: SmallLibrary) -> None:
    run = written(small_library, "a.jpg")
    data = (small_library.photos / "a.jpg.xmp").read_bytes()
    undo_sidecars(small_library.library)
    (copy,) = (small_library.library.dir / "removed" / "sidecars").iterdir()
    assert copy.name == f"{run}-0.xmp" and copy.read_bytes() == data


def test_a_sidecar_that_somebody_changed_is_neither_undone_nor_kept(
    small_library: SmallLibrary,
) -> None:
    written(small_library, "a.jpg", "b.jpg")
    changed = small_library.photos / "a.jpg.xmp"
    data = changed.read_bytes()
    changed.write_text("mine now")
    _, undone = undo_sidecars(small_library.library)
    assert [each.undone for each in undone] == [False, True]
    assert shown(undone[0]) == "a.jpg.xmp: it has changed since, and was left as it is"
    assert changed.read_text() == "mine now" and there(small_library) == {"a.jpg.xmp"}
    assert len(list((small_library.library.dir / "removed" / "sidecars").iterdir())) == 1
    # It can be undone once that change is taken back.
    assert undo_sidecars(small_library.library)[1] == [undone[0]]
    changed.write_bytes(data)
    assert undo_sidecars(small_library.library)[1] == [UndoneSidecar(str(changed), True)]
    assert there(small_library) == set()


def test_a_run_whose_sidecars_have_changed_does_not_keep_earlier_ones_from_being_undone(
    small_library: SmallLibrary,
) -> None:
    first, second = written(small_library, "a.jpg"), written(small_library, "b.jpg")
    (small_library.photos / "b.jpg.xmp").write_text("mine now")
    assert undo_sidecars(small_library.library)[0].id == first
    # By its id, the reason is said again.
    _, (left,) = undo_sidecars(small_library.library, second)
    assert left.note == "it has changed since, and was left as it is"


@pytest.mark.parametrize("existed", [False, True])
def test_a_sidecar_written_again_is_undone_in_reverse_order(
    small_library: SmallLibrary, existed: bool
) -> None:
    small_library.add_photo("a.jpg", "one")
    if existed:
        small_library.add_file("a.jpg.xmp", xmp("xmp:CreatorTool='T'"))
    original = small_library.tree()
    first = written(small_library, "a.jpg", rating=3)
    second = written(small_library, "a.jpg", rating=5)
    third = written(small_library, "a.jpg", rating=1)
    before = small_library.tree()
    for run, blocking in ((first, third), (second, third)):
        _, (left,) = undo_sidecars(small_library.library, run)
        assert (left.undone, left.note) == (
            False,
            f"it was written again since: undo {blocking} first",
        )
    assert small_library.tree() == before
    assert [undo_sidecars(small_library.library)[0].id for _ in range(3)] == [third, second, first]
    assert small_library.tree() == original


@pytest.mark.parametrize("photo", [False, True])
@pytest.mark.parametrize("sidecar", [False, True])
def test_nothing_is_settled_while_both_photo_and_sidecar_are_away(
    small_library: SmallLibrary, photo: bool, sidecar: bool
) -> None:
    written(small_library, "a.jpg")
    path = small_library.photos / "a.jpg"
    if not photo:
        path.unlink()
    if not sidecar:
        Path(f"{path}.xmp").unlink()
    _, (undone,) = undo_sidecars(small_library.library)
    assert undone.undone is (photo or sidecar)
    assert ("connect the drive" in undone.note) is not undone.undone
    (run,) = sidecar_history(small_library.library)
    assert len(run.pending) == (0 if undone.undone else 1)
    assert there(small_library) == set()


def test_a_sidecar_that_could_not_be_restored_can_be_undone_later(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(small_library, "a.jpg", "b.jpg")

    def restore(note: dict[str, object]) -> None:
        if str(note["path"]).endswith("b.jpg.xmp"):
            raise OSError(5, "Input/output error")
        restore_written(note)

    with monkeypatch.context() as patched:
        patched.setattr(module, "restore_written", restore)
        _, undone = undo_sidecars(small_library.library)
    assert [each.undone for each in undone] == [True, False]
    assert undone[1].note == "it could not be restored: Input/output error"
    assert undo_sidecars(small_library.library)[1][0].undone and there(small_library) == set()


@pytest.mark.parametrize("fails", [False, True])
def test_sidecars_and_removals_take_turns(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    written(small_library, "a.jpg")
    small_library.add_photo("b.jpg", "b")
    edit(small_library, "b.jpg", set_rating(3))
    monkeypatch.setattr(removal_journal, "LOCK_TIMEOUT", 0.0)
    held, real = list[FileLock](), RemovalJournal.lock
    for act in (undo_sidecars, write_sidecars):
        before = small_library.tree()
        with RemovalJournal(small_library.library.dir).lock(), pytest.raises(LibraryLocked):
            act(small_library.library)
        assert small_library.tree() == before

    def lock(self: RemovalJournal) -> FileLock:
        held.append(real(self))
        return held[-1]

    monkeypatch.setattr(RemovalJournal, "lock", lock)
    for act, where in ((undo_sidecars, module), (write_sidecars, write_module)):
        with monkeypatch.context() as patched:
            if fails:
                patched.setattr(where, "finish_interrupted", lambda journal: journal.missing)
                with pytest.raises(AttributeError):
                    act(small_library.library)
            else:
                act(small_library.library)
    # Neither keeps others waiting, also after an error.
    assert [each.is_locked for each in held] == [False, False]


def test_what_an_interruption_left_is_deleted_first(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(small_library, "a.jpg")
    done = list[object]()
    monkeypatch.setattr(module, "finish_interrupted", done.append)
    undo_sidecars(small_library.library)
    assert len(done) == 1


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("a.jpg.xmp", True), ("a.xmp", True), ("A.JPG.XMP", True), ("a.jpg", False),
        ("b.jpg.xmp", False), ("b.xmp", False), ("a.jpg.pp3", False), ("below/a.jpg.xmp", False),
        ("../other/a.jpg.xmp", False),
    ],
)  # fmt: skip
def test_only_the_photos_own_sidecar_is_touched(
    small_library: SmallLibrary, name: str, ours: bool
) -> None:
    written(small_library, "a.jpg")
    # What the journal names has the content that was written.
    data = (small_library.photos / "a.jpg.xmp").read_bytes()
    target = Path(os.path.normpath(small_library.photos / name))
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    _name_in_journal(small_library, target)
    _, (undone,) = undo_sidecars(small_library.library)
    assert undone.undone is ours and target.exists() is not ours
    assert ("in a folder of this library" in undone.note) is not ours


def test_a_sidecar_in_no_folder_of_the_library_is_left(
    small_library: SmallLibrary, tmp_path: Path
) -> None:
    written(small_library, "a.jpg")
    data = (small_library.photos / "a.jpg.xmp").read_bytes()
    (tmp_path / "other").mkdir()
    journal = RemovalJournal(small_library.library.dir)
    text = journal.path.read_text()
    journal.path.write_text(text.replace(str(small_library.photos), str(tmp_path / "other")))
    (tmp_path / "other" / "a.jpg").write_text("a.jpg")
    (tmp_path / "other" / "a.jpg.xmp").write_bytes(data)
    _, (undone,) = undo_sidecars(small_library.library)
    assert not undone.undone and (tmp_path / "other" / "a.jpg.xmp").exists()


def _name_in_journal(small: SmallLibrary, sidecar: Path) -> None:
    journal = RemovalJournal(small.library.dir)
    text = journal.path.read_text()
    journal.path.write_text(text.replace(str(small.photos / "a.jpg.xmp"), str(sidecar)))


def test_a_name_that_cannot_be_printed_is_shown() -> None:
    assert shown(UndoneSidecar("/photos/a\udcff.jpg.xmp", False, "why")).endswith(".jpg.xmp: why")
