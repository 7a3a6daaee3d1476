"""`edit` and `albums`."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.library import Library
from tests.factory import LibraryBuilder
from tests.fixtures.command_line import Run


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    for number in (1, 2, 3):
        builder.put(f"{number}.jpg", number, keywords=("sea",))
    builder.close()
    return tmp_path / "library"


def test_photos_are_edited_and_the_edit_is_undone(run: Run, library: Path) -> None:
    edited = run(
        "edit", 1, 2, "--rating", 4, "--favourite", "--add-keyword", "hills", "--date", "1985-07",
        "--place", "48.85,2.35", "--json", "--library", library,
    )  # fmt: skip
    assert edited.code == 0 and edited.json["changed"] == 2
    opened = Library.open(library)
    row = opened.catalog.photo(1)
    opened.close()
    assert row is not None
    assert (row["rating"], row["favourite"], row["keywords"]) == (4.0, 1, ["sea", "hills"])
    assert (row["taken_at"], row["latitude"]) == ("1985-07-01T00:00:00", 48.85)
    (listed,) = run("edit", "--list", "--json", "--library", library).json
    assert listed["photos"] == 2 and listed["summary"].startswith("Marked as favorite")
    undone = run("edit", "--undo", "--library", library)
    assert undone.code == 0 and "2 photos" in undone.out
    again = run("edit", "--undo", "--library", library)
    assert again.code == 2 and "no such edit" in again.err
    assert "Nothing has been edited" in run("edit", "--list", "--library", library).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "ids of photos"),
        ((1,), "what to set"),
        ((1, "--rating", "7"), "0 to 5 stars"),
        ((1, "--date", "soon"), "not a date"),
        ((1, "--shift", "soon"), "move dates"),
        ((1, "--place", "Xyzzy"), "not a place"),
        ((1, "--date", "1985", "--shift", "1h"), "not both"),
        ((1, "--date", "", "--shift", "1h"), "not both"),
        ((1, 2, "--undo"), "one edit"),
    ],
)
def test_wrong_edits_are_refused_in_one_line(
    run: Run, library: Path, words: tuple[object, ...], says: str
) -> None:
    result = run("edit", *words, "--library", library)
    assert result.code == 2 and says in result.err and result.err.count("\n") == 1


def test_any_typed_text_is_stored_as_one_line(run: Run, library: Path) -> None:
    """A terminal that is not set to UTF-8 passes bytes that Python reads as lone surrogates."""
    typed = "caf\udce9 a\x1bb"
    edited = run(
        "edit", 1, "--title", typed, "--description", typed, "--add-keyword", typed,
        "--remove-keyword", typed + "z", "--json", "--library", library,
    )  # fmt: skip
    assert edited.code == 0 and edited.json["changed"] == 1
    opened = Library.open(library)
    row = opened.catalog.photo(1)
    opened.close()
    assert row is not None
    assert (row["title"], row["description"], row["keywords"]) == (
        "caf a b",
        "caf a b",
        ["sea", "caf a b"],
    )
    assert run("albums", "add", typed, 1, "--json", "--library", library).json["album"] == "caf a b"
    refused = run("albums", "add", "\udce9\x1b", 1, "--library", library)
    assert refused.code == 2 and "needs a name" in refused.err
    unknown = run("albums", "show", "\udce9" * 50, "--library", library)
    assert unknown.code == 2 and unknown.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("edit", 1, 99, 98, 99, "--favourite"),
        ("albums", "add", "A", 1, 99, 98),
        ("albums", "remove", "A", 99, 98),
        ("concepts", "make", "A", 99, 1, 98),
        ("explain", "sea", 99),
    ],
)
def test_unknown_photos_are_all_named_in_one_line(
    run: Run, library: Path, words: tuple[object, ...]
) -> None:
    result = run(*words, "--library", library)
    assert result.code == 1 and result.err.count("\n") == 1 and result.out == ""
    named = "is no photo 99 in" if words[0] == "explain" else "are no photos 99, 98 in"
    assert f"There {named} the library" in result.err
    assert run("albums", "--json", "--library", library).json == []
    assert run("edit", "--list", "--json", "--library", library).json == []


def test_many_unknown_photos_are_counted(run: Run, library: Path) -> None:
    result = run("edit", *range(100, 150), "--favourite", "--library", library)
    assert result.code == 1 and "100, 101" in result.err and "119 and 30 more in" in result.err


def test_an_empty_date_or_place_is_that_of_the_file(run: Run, library: Path) -> None:
    run("edit", 1, "--date", "1985", "--place", "48.85,2.35", "--library", library)
    assert run("edit", 1, "--date", "", "--place", "", "--json", "--library", library).json == {
        "changed": 1,
        "summary": "Date as in the file, place as in the file",
    }
    opened = Library.open(library)
    row = opened.catalog.photo(1)
    opened.close()
    assert row is not None and row["taken_source"] != "user" and row["latitude"] is None
    assert run("edit", 1, "--date", "", "--json", "--library", library).json["changed"] == 0
    assert len(run("edit", "--list", "--json", "--library", library).json) == 2


def test_an_earlier_edit_is_undone_after_the_later_one(run: Run, library: Path) -> None:
    for stars in (1, 2):
        run("edit", 1, "--rating", stars, "--library", library)
    refused = run("edit", "--undo", 1, "--library", library)
    assert refused.code == 2 and "undo “Rated 2 stars” first" in refused.err
    assert run("edit", "--undo", "--library", library).code == 0
    assert run("edit", "--undo", 1, "--library", library).code == 0


def test_a_deleted_album_comes_back_beside_a_new_one(run: Run, library: Path) -> None:
    run("albums", "add", "Best", 1, 2, "--library", library)
    run("albums", "delete", "Best", "--library", library)
    deleted = run("edit", "--list", "--json", "--library", library).json[0]["id"]
    run("albums", "add", "Best", 3, "--library", library)
    undone = run("edit", "--undo", deleted, "--library", library)
    assert undone.code == 0 and "the album “Best (2)” is back" in undone.out
    found = run("albums", "--json", "--library", library).json
    assert {album["name"]: album["photos"] for album in found} == {"Best": 1, "Best (2)": 2}


def test_albums_are_made_listed_and_searched(run: Run, library: Path) -> None:
    assert "no albums yet" in run("albums", "--library", library).out
    added = run("albums", "add", "Summer", 1, 3, "--json", "--library", library)
    assert added.json == {"album": "Summer", "changed": 2}
    assert run("albums", "remove", "summer", 3, "--json", "--library", library).json["changed"] == 1
    (album,) = run("albums", "--json", "--library", library).json
    assert (album["name"], album["photos"]) == ("Summer", 1)
    shown = run("albums", "show", "summer", "--json", "--library", library).json
    assert [photo["id"] for photo in shown["photos"]] == [1]
    renamed = run("albums", "rename", "Summer", "--to", "  Winter ", "--library", library)
    assert "now called “Winter”" in renamed.out
    assert run("albums", "delete", "Winter", "--library", library).code == 0
    unknown = run("albums", "show", "Winter", "--library", library)
    assert unknown.code == 2 and "no albums yet" in unknown.err


@pytest.mark.parametrize(
    "words", [("add",), ("add", "A"), ("rename", "A"), ("show",), ("delete", "A", "--to", "B")]
)
def test_incomplete_album_commands_are_refused(
    run: Run, library: Path, words: tuple[str, ...]
) -> None:
    result = run("albums", *words, "--library", library)
    assert result.code == 2 and result.err.count("\n") == 1
