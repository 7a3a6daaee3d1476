"""Carrying out one removal: what is proven of a moved file, and what is reported where it fails."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import file_identity, removal_executor, safe_move
from explorer.removal.remove import remove
from explorer.removal.sidecar_writer import PreparedSidecar
from explorer.removal.undo import history, undo
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int | str]:
    """What moved files were given by, each time that one was compared with what is kept."""
    found, real = list[int | str](), file_identity.proven_distinct
    monkeypatch.setattr(
        file_identity,
        "proven_distinct",
        lambda moved, kept: found.append(moved) or real(moved, kept),
    )
    return found


def remove_b(two_copies: SmallLibrary) -> Any:
    aside = str(two_copies.base / "aside")
    (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], aside).results
    return result


def test_a_moved_file_is_compared_with_the_file_checked(
    two_copies: SmallLibrary, asked: list[int | str]
) -> None:
    assert remove_b(two_copies).done
    assert [type(each) for each in asked] == [int]


@pytest.mark.usefixtures("across_drives")
def test_after_a_copy_the_original_is_compared_and_not_the_copy(
    two_copies: SmallLibrary, asked: list[int | str]
) -> None:
    """The copy is another file than the keeper even where the original was the keeper itself."""
    assert remove_b(two_copies).done
    assert [type(each) for each in asked] == [int]


def test_where_open_files_cannot_move_the_new_path_is_compared(
    two_copies: SmallLibrary, asked: list[int | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal_executor, "open_checked", lambda *_: None)
    result = remove_b(two_copies)
    assert result.done and asked == [result.at]


@pytest.mark.usefixtures("across_drives")
def test_where_open_files_cannot_move_a_copy_is_not_compared(
    two_copies: SmallLibrary, asked: list[int | str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would prove nothing of the original."""
    monkeypatch.setattr(removal_executor, "open_checked", lambda *_: None)
    assert remove_b(two_copies).done and asked == []


def test_a_moved_link_is_not_compared(two_copies: SmallLibrary, asked: list[int | str]) -> None:
    """That would change times of the file that it leads to."""
    (two_copies.photos / "soft.jpg").symlink_to(two_copies.photos / "b.jpg")
    two_copies.index("soft.jpg")
    (result,) = remove(two_copies.library, [two_copies.removal("soft.jpg", "a.jpg")]).results
    assert result.done and asked == []


def test_a_file_that_could_not_be_put_back_is_reported(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_copies.add_file("b.jpg.thm", "words")
    before, real, calls = two_copies.tree(), safe_move.move, list[str]()

    def move(source: str, target: str, *given: Any) -> list[str]:
        calls.append(source)
        if len(calls) == 2:
            raise FileExistsError(errno.EEXIST, "File exists", target)
        if len(calls) > 2:
            raise OSError(errno.EIO, "Input/output error", target)
        return real(source, target, *given)

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", move)
        result = remove_b(two_copies)
    assert (result.state, result.reason) == (
        "failed",
        "it cannot be moved: file exists;"
        " b.jpg.thm could not be put back at once: undo this removal",
    )
    assert len(calls) == 3
    undo(two_copies.library)
    assert two_copies.tree() == before


@pytest.mark.parametrize("taken", [4, 5])
def test_a_removal_fails_after_five_taken_names(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    before, tries, real = two_copies.tree(), list[str](), safe_move.move

    def move(source: str, target: str, *given: Any) -> list[str]:
        if len(tries) < taken:
            tries.append(target)
            raise FileExistsError(errno.EEXIST, "a file of that name already exists", target)
        return real(source, target, *given)

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", move)
        result = remove_b(two_copies)
    assert len(tries) == taken
    if taken < 5:
        assert result.state == "removed"
        undo(two_copies.library)
    else:
        assert result.state == "failed"
        assert result.reason.startswith("other programs keep taking its name")
        with pytest.raises(UsageError, match="nothing to undo"):
            undo(two_copies.library)
    assert two_copies.tree() == before


def test_what_one_photo_loses_on_its_way_is_not_said_of_the_next(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        small_library.add_photo(f"a{number}.jpg", str(number))
        small_library.add_photo(f"b{number}.jpg", str(number))
    real = safe_move.move

    def move(source: str, *given: Any) -> list[str]:
        return real(source, *given) + (["its tags"] if source.endswith("b1.jpg") else [])

    monkeypatch.setattr(safe_move, "move", move)
    wanted = [small_library.removal(f"b{n}.jpg", f"a{n}.jpg") for n in (1, 2)]
    one, two = remove(small_library.library, wanted, str(small_library.base / "aside")).results
    assert (one.reason, two.reason) == ("the drive that it is on now cannot store its tags", "")


def test_the_journal_numbers_files_and_has_one_beginning_and_end(
    small_library: SmallLibrary,
) -> None:
    for number in (1, 2):
        small_library.add_photo(f"a{number}.jpg", str(number))
        small_library.add_photo(f"b{number}.jpg", str(number))
        small_library.add_file(f"b{number}.jpg.thm", "words")
    wanted = [small_library.removal(f"b{n}.jpg", f"a{n}.jpg") for n in (1, 2)]
    remove(small_library.library, wanted)
    lines = [
        json.loads(line) for line in RemovalJournal(small_library.library.dir).read().splitlines()
    ]
    steps = ["intended", "moved", "moved"]
    assert [line["step"] for line in lines] == ["begin", *steps, *steps, "end"]
    (run,) = history(small_library.library)
    assert [(entry.number, entry.of) for entry in run.entries] == [
        (0, 1), (1, None), (2, 3), (3, None),
    ]  # fmt: skip


def test_the_catalog_is_told_only_of_what_moved(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        small_library.add_photo(name, "one")
    real, told = safe_move.move, list[tuple[list[str], list[str]]]()

    def move(source: str, *given: Any) -> list[str]:
        if source.endswith("c.jpg"):
            raise OSError(errno.EIO, "Input/output error", source)
        return real(source, *given)

    monkeypatch.setattr(safe_move, "move", move)
    monkeypatch.setattr(
        removal_executor, "update_catalog", lambda _, *, gone, back: told.append((gone, back))
    )
    wanted = [small_library.removal(name, "a.jpg") for name in ("b.jpg", "c.jpg", "d.jpg")]
    (small_library.photos / "d.jpg").write_text("changed")
    results = remove(small_library.library, wanted, str(small_library.base / "aside")).results
    assert [result.state for result in results] == ["removed", "failed", "refused"]
    assert told == [([wanted[0].path], [wanted[1].path])]


def test_one_process_merges_the_metadata_of_all_photos(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of those that have a keeper, and only if it is asked for. It ends with the removal."""
    made = list[Any]()

    class Merger:
        def __init__(self) -> None:
            self.asked, self.closed = list[tuple[str, str, bool]](), 0
            made.append(self)

        def __call__(
            self, gone: str, keeper: str, *, same: bool, edits: tuple[str, ...]
        ) -> PreparedSidecar:
            assert not edits
            self.asked.append((Path(gone).name, Path(keeper).name, same))
            return PreparedSidecar(keeper + ".xmp", None, None)

        def close(self) -> None:
            self.closed += 1

    monkeypatch.setattr(removal_executor, "MetadataMerger", Merger)
    for name, text in (("a", "one"), ("b", "one"), ("c", "two"), ("d", "three"), ("e", "one")):
        small_library.add_photo(f"{name}.jpg", text)
    small_library.add_pair("a.jpg", "c.jpg")
    wanted = [
        small_library.removal(f"{name}.jpg", keeper)
        for name, keeper in (("b", "a.jpg"), ("c", "a.jpg"), ("d", None))
    ]
    aside, library = str(small_library.base / "aside"), small_library.library
    outcome = remove(library, wanted, aside, without_keeper=True, sidecars=True)
    assert len(outcome.removed) == 3
    (merger,) = made
    assert merger.asked == [("b.jpg", "a.jpg", True), ("c.jpg", "a.jpg", False)]
    assert merger.closed == 1
    assert not list(small_library.photos.glob("*.xmp"))
    assert remove(library, [small_library.removal("e.jpg", "a.jpg")], aside).removed
    assert made == [merger] and len(merger.asked) == 2
