"""What the user set for a removed copy goes to the photo that is kept, and back with an undo."""

from __future__ import annotations

import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_keywords,
    combined,
    set_date,
    set_favourite,
    set_place,
    set_rating,
    set_text,
)
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.library import Library
from explorer.library.removals.removal_journal import RemovalJournal, RemovalRun
from explorer.library.stores.album_store import (
    add_to_album,
    album_photos,
    albums_of,
    favourites,
    find_album,
)
from explorer.library.stores.edit_store import edit_photos
from explorer.library.stores.pair_store import PairKind
from explorer.removal import removal_executor
from explorer.removal import undo as undo_module
from explorer.removal.edit_transfer import carry_over, take_back
from explorer.removal.remove import remove
from explorer.removal.results import RemovalOutcome
from explorer.removal.undo import recover_interrupted, undo
from tests.fixtures.small_library import SmallLibrary, digest
from tests.thoroughness import times


@pytest.fixture
def copies(small_library: SmallLibrary) -> SmallLibrary:
    """A photo and two copies of its picture, with other bytes."""
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        small_library.add_photo(name, name)
    for name in ("b.jpg", "c.jpg"):
        small_library.add_pair("a.jpg", name)
    return small_library


def id_of(library: SmallLibrary, name: str) -> int:
    path = library.photos / name
    number = library.library.catalog.photo_id(bytes.fromhex(digest(path)))
    assert number is not None
    return number


def edit(library: SmallLibrary, name: str, *operations: EditOperation, album: str = "") -> None:
    catalog, photo = library.library.catalog, id_of(library, name)
    if operations:
        edit_photos(catalog, [photo], *combined(operations))
    if album:
        add_to_album(catalog, album, [photo])


def shown(library: SmallLibrary, name: str) -> dict[str, Any]:
    catalog = library.library.catalog
    row = catalog.photo(id_of(library, name))
    assert row is not None
    fields = ("rating", "title", "description", "taken_at", "latitude")
    return {field: row[field] for field in fields} | {
        "favourite": bool(row["favourite"]),
        "keywords": list(row["keywords"]),
        "albums": albums_of(catalog, row["id"]),
    }


def remove_copies(
    library: SmallLibrary, *names: str, keep: str = "a.jpg", **other: Any
) -> RemovalOutcome:
    outcome = remove(library.library, [library.removal(name, keep, **other) for name in names])
    assert not outcome.kept
    return outcome


EVERYTHING = (
    set_favourite(True), set_rating(4), set_text("title", "Anna"),
    set_text("description", "At sea"), change_keywords(["sea"]), set_date("1985-07"),
    set_place(0.0, 0.0),
)  # fmt: skip


def test_the_kept_photo_gets_what_was_set_for_the_removed_one(copies: SmallLibrary) -> None:
    catalog = copies.library.catalog
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", *EVERYTHING, album="Anna")
    wanted = shown(copies, "b.jpg")
    outcome = remove_copies(copies, "b.jpg")
    assert outcome.carried == 8 and shown(copies, "a.jpg") == wanted
    assert favourites(catalog) == [id_of(copies, "a.jpg")]
    assert album_photos(catalog, find_album(catalog, "Anna").id).tolist() == favourites(catalog)
    assert past_edits(catalog)[0].photos == 1
    undo(copies.library)
    assert (shown(copies, "a.jpg"), shown(copies, "b.jpg")) == (before, wanted)
    assert len(past_edits(catalog)) == 2


def test_what_the_kept_photo_has_stays(copies: SmallLibrary) -> None:
    edit(copies, "b.jpg", *EVERYTHING, album="Anna")
    own = set_rating(2), set_text("title", "Own"), set_date("2001"), change_keywords(["Hills"])
    edit(copies, "a.jpg", *own, set_favourite(True), album="Anna")
    edit(copies, "a.jpg", set_favourite(False))
    outcome = remove_copies(copies, "b.jpg")
    found = shown(copies, "a.jpg")
    assert outcome.carried == 3
    assert (found["rating"], found["title"], found["taken_at"][:4]) == (2, "Own", "2001")
    assert found["keywords"] == ["Hills", "sea"] and not found["favourite"]
    assert found["description"] == "At sea" and found["latitude"] == 0.0


def test_several_copies_give_what_they_have(copies: SmallLibrary) -> None:
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", change_keywords(["sea"]), set_rating(3))
    edit(copies, "c.jpg", change_keywords(["hills"]), album="Anna")
    assert remove_copies(copies, "b.jpg", "c.jpg").carried == 4
    found = shown(copies, "a.jpg")
    assert (found["keywords"], found["rating"], found["albums"]) == (["sea", "hills"], 3, ["Anna"])
    undo(copies.library)
    assert shown(copies, "a.jpg") == before


def test_a_kept_photo_keeps_its_edits_while_one_of_its_copies_is_away(copies: SmallLibrary) -> None:
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", set_rating(3))
    outcome = remove_copies(copies, "b.jpg", "c.jpg")
    lost = Path(outcome.results[1].at or "")
    lost.rename(copies.base / "elsewhere")
    undo(copies.library)
    assert shown(copies, "a.jpg")["rating"] == 3
    (copies.base / "elsewhere").rename(lost)
    undo(copies.library)
    assert shown(copies, "a.jpg") == before


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_other_pictures_get_nothing(small_library: SmallLibrary, tier: str) -> None:
    small_library.add_photo("a.jpg", "a")
    small_library.add_photo("b.jpg", "b")
    kind: PairKind = "scene"
    small_library.add_pair("a.jpg", "b.jpg", kind)
    before = shown(small_library, "a.jpg")
    edit(small_library, "b.jpg", *EVERYTHING, album="Anna")
    assert remove_copies(small_library, "b.jpg", tier=tier).carried == 0
    assert shown(small_library, "a.jpg") == before


def test_a_photo_that_is_still_there_keeps_its_edits_to_itself(copies: SmallLibrary) -> None:
    """Until its last file is removed."""
    copies.add_photo("b2.jpg", "b.jpg")
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", set_rating(3), album="Anna")
    assert remove_copies(copies, "b.jpg").carried == 0 and shown(copies, "a.jpg") == before
    assert remove_copies(copies, "b2.jpg").carried == 2 and shown(copies, "a.jpg")["rating"] == 3


def test_both_files_of_a_photo_removed_at_once(copies: SmallLibrary) -> None:
    copies.add_photo("b2.jpg", "b.jpg")
    edit(copies, "b.jpg", set_rating(3), album="Anna")
    assert remove_copies(copies, "b.jpg", "b2.jpg").carried == 2


def test_what_the_user_changed_again_stays_after_an_undo(copies: SmallLibrary) -> None:
    edit(copies, "b.jpg", set_rating(3), set_text("title", "Anna"))
    remove_copies(copies, "b.jpg")
    edit(copies, "a.jpg", set_rating(5))
    undo(copies.library)
    found = shown(copies, "a.jpg")
    assert (found["rating"], found["title"]) == (5, None)


def test_edits_that_the_user_took_back_are_not_carried_over_again(copies: SmallLibrary) -> None:
    catalog, before = copies.library.catalog, shown(copies, "a.jpg")
    edit(copies, "b.jpg", set_rating(3))
    remove_copies(copies, "b.jpg")
    assert undo_edit(catalog, past_edits(catalog)[0].id) is not None
    recover_interrupted(copies.library, RemovalJournal(copies.library.dir))
    undo(copies.library)
    assert shown(copies, "a.jpg") == before


class _PowerCut(BaseException):
    pass


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_power_cut_around_carrying_over(
    copies: SmallLibrary, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", set_rating(3), change_keywords(["sea"]), album="Anna")
    wanted, real = shown(copies, "b.jpg"), carry_over

    def cut(*arguments: Any) -> int:
        if moment == "after":
            real(*arguments)
        raise _PowerCut

    with monkeypatch.context() as patch, suppress(_PowerCut):
        patch.setattr(removal_executor, "carry_over", cut)
        remove_copies(copies, "b.jpg")
    for _ in range(2):
        recover_interrupted(copies.library, RemovalJournal(copies.library.dir))
        assert shown(copies, "a.jpg") == wanted
        assert len(past_edits(copies.library.catalog)) == 3
    undo(copies.library)
    assert shown(copies, "a.jpg") == before


def test_a_power_cut_before_edits_are_taken_back(
    copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(copies, "a.jpg")
    edit(copies, "b.jpg", set_rating(3), album="Anna")
    remove_copies(copies, "b.jpg")

    real = take_back

    def cut(library: Library, runs: list[RemovalRun]) -> None:
        if not all(entry.away for run in runs for entry in run.entries):
            raise _PowerCut
        real(library, runs)

    with monkeypatch.context() as patch, suppress(_PowerCut):
        patch.setattr(undo_module, "take_back", cut)
        undo(copies.library)
    assert shown(copies, "a.jpg") != before
    recover_interrupted(copies.library, RemovalJournal(copies.library.dir))
    assert shown(copies, "a.jpg") == before


_OPERATIONS = st.lists(
    st.sampled_from([
        *EVERYTHING, set_favourite(False), set_rating(0), set_text("title", ""),
        change_keywords(["hills"], ["sea"]), set_date("2001"),
    ]),
    max_size=5,
)  # fmt: skip


@settings(max_examples=times(15, 150))
@given(st.tuples(_OPERATIONS, _OPERATIONS, _OPERATIONS), st.sets(st.sampled_from("abc")))
def test_an_undone_removal_leaves_all_photos_as_they_were(
    operations: tuple[list[EditOperation], ...], members: set[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(SmallLibrary(Path(folder))) as library:
        for name in "abc":
            library.add_photo(f"{name}.jpg", name)
        for name in "bc":
            library.add_pair("a.jpg", f"{name}.jpg")
        for name, some in zip("abc", operations, strict=True):
            for operation in some:
                edit(library, f"{name}.jpg", operation)
            if name in members:
                edit(library, f"{name}.jpg", album="Anna")
        before = [shown(library, f"{name}.jpg") for name in "abc"]
        outcome = remove(
            library.library,
            [library.removal(f"{name}.jpg", "a.jpg") for name in "bc"],
            str(library.base / "aside"),
        )
        kept = shown(library, "a.jpg")
        assert len(outcome.removed) == 2
        assert (kept != before[0]) == (outcome.carried > 0)
        assert kept["albums"] == (["Anna"] if members else [])
        assert set(before[0]["keywords"]) <= set(kept["keywords"])
        undo(library.library)
        assert [shown(library, f"{name}.jpg") for name in "abc"] == before
