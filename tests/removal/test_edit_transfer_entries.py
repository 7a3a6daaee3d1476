"""Whose edits are carried over, by what the journal says of each file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalEntry, RemovalRun
from explorer.library.stores.edit_store import edit_photos, edited_fields
from explorer.library.stores.pair_store import PairKind
from explorer.removal import edit_transfer
from explorer.removal.edit_transfer import carry_over, take_back
from tests.fixtures.small_library import SmallLibrary, hash_of

KEPT, GONE = hash_of(b"a.jpg"), hash_of(b"b.jpg")


@pytest.fixture
def copies(small_library: SmallLibrary) -> SmallLibrary:
    """A photo that is kept, and a copy with five stars of which the file is gone."""
    for name in ("a.jpg", "b.jpg"):
        small_library.add_photo(name, name)
    small_library.add_pair("a.jpg", "b.jpg")
    catalog = small_library.library.catalog
    edit_photos(catalog, [photo(small_library, GONE)], "Rated", lambda _: {"rating": [5.0]})
    (small_library.photos / "b.jpg").unlink()
    return small_library


def photo(library: SmallLibrary, digest: str) -> int:
    number = library.library.catalog.photo_id(bytes.fromhex(digest))
    assert number is not None
    return number


def entry(library: SmallLibrary, **facts: Any) -> RemovalEntry:
    photos = library.photos
    usual: dict[str, Any] = {
        "run": "one", "number": 0, "state": "moved", "path": str(photos / "b.jpg"), "hash": GONE,
        "keeper": str(photos / "a.jpg"), "keeper_hash": KEPT, "where": "trash",
        "root": str(photos),
    }  # fmt: skip
    return RemovalEntry(**(usual | facts))


def run(*entries: RemovalEntry, name: str = "one") -> RemovalRun:
    return RemovalRun(name, 0.0, "trash", len(entries), list(entries))


def carried(library: SmallLibrary, *runs: RemovalRun) -> bool:
    count = carry_over(library.library, runs, "one")
    fields = edited_fields(library.library.catalog, photo(library, KEPT))
    assert (count, fields) in ((0, set()), (1, {"rating"}))
    return bool(count)


def test_edits_of_a_photo_that_was_moved_are_carried_over(copies: SmallLibrary) -> None:
    assert carried(copies, run(entry(copies), entry(copies)))


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "undone"},
        {"state": "intended"},
        # A companion, a photo without a keeper, one with the same bytes.
        {"of": 1},
        {"keeper_hash": None},
        {"keeper_hash": GONE},
    ],
)
def test_no_other_edits_are(
    copies: SmallLibrary, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the file is away, as another removal says. Nor does it wait for the catalog."""
    monkeypatch.setattr(edit_transfer, "carry_from_removed", pytest.fail)
    other = run(entry(copies), name="two")
    assert not carried(copies, run(entry(copies, **facts)), other)


def test_the_files_of_other_removals_count_as_gone(copies: SmallLibrary) -> None:
    copies.add_photo("c.jpg", "b.jpg")
    (copies.photos / "c.jpg").unlink()
    assert not carried(copies, run(entry(copies)))
    other = entry(copies, path=str(copies.photos / "c.jpg"), run="two")
    assert carried(copies, run(entry(copies)), run(other, name="two"))


def test_a_file_that_somebody_put_back_keeps_its_edits(copies: SmallLibrary) -> None:
    (copies.photos / "b.jpg").write_text("b.jpg")
    assert not carried(copies, run(entry(copies)))


@pytest.mark.parametrize(
    ("kind", "is_carried"),
    [("pixels", True), ("picture", True), ("scene", False), ("different", False)],
)
def test_only_copies_give_edits(
    small_library: SmallLibrary, kind: PairKind, is_carried: bool
) -> None:
    for name in ("a.jpg", "b.jpg"):
        small_library.add_photo(name, name)
    small_library.add_pair("a.jpg", "b.jpg", kind)
    catalog = small_library.library.catalog
    edit_photos(catalog, [photo(small_library, GONE)], "Rated", lambda _: {"rating": [5.0]})
    Path(small_library.photos / "b.jpg").unlink()
    assert carried(small_library, run(entry(small_library))) is is_carried


def test_edits_are_taken_back_once_no_copy_is_away(copies: SmallLibrary) -> None:
    library, kept = copies.library, photo(copies, KEPT)
    assert carried(copies, run(entry(copies)))

    def fields(*states: str) -> frozenset[str]:
        take_back(library, [run(*(entry(copies, state=state) for state in states))])
        return edited_fields(library.catalog, kept)

    assert (
        fields("moved") == fields("undone", "moved") == fields("intended", "undone") == {"rating"}
    )
    take_back(library, [run(entry(copies, state="undone"), name="two")])
    take_back(library, [run(entry(copies, state="undone", of=1))])
    assert fields() == {"rating"}
    assert fields("undone", "undone") == frozenset()
