"""`albums export` and `albums import`."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.command_line import Run
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[SmallLibrary]:
    """A library with an album of three photos, of which two have one name."""
    made = SmallLibrary(tmp_path)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    for path in ("a.jpg", "2019/a.jpg", "b.jpg"):
        made.add_photo(path, path)
    run("albums", "add", "Summer", 1, 2, 3)
    yield made
    made.close()


def test_an_album_becomes_a_folder_of_links_or_copies(
    run: Run, photos: SmallLibrary, tmp_path: Path
) -> None:
    before = photos.tree()
    linked = run("albums", "export", "summer", "--to", tmp_path / "links")
    assert linked.code == 0 and "“Summer”: 3 links written" in linked.out
    names = sorted(os.listdir(tmp_path / "links"))
    assert len(names) == 3 and names[-1] == "b.jpg"
    assert all((tmp_path / "links" / name).is_symlink() for name in names)
    again = run("albums", "export", "Summer", "--to", tmp_path / "links", "--json").json
    assert (again["written"], again["already_there"], again["album"]) == (0, 3, "Summer")
    copied = run("albums", "export", "Summer", "--to", tmp_path / "copies", "--copy")
    assert copied.code == 0
    assert {path.read_text() for path in (tmp_path / "copies").iterdir()} == {
        "a.jpg", "2019/a.jpg", "b.jpg",
    }  # fmt: skip
    assert photos.tree() == before


def test_nothing_is_exported_into_a_watched_folder(run: Run, photos: SmallLibrary) -> None:
    before = photos.tree()
    refused = run("albums", "export", "Summer", "--to", photos.photos / "album")
    assert refused.code == 2 and "which is watched" in refused.err
    assert photos.tree() == before


def test_albums_are_printed_and_read_again(
    run: Run, photos: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = run("albums", "export", "--json")
    assert [album["name"] for album in everything.json["albums"]] == ["Summer"]
    one = run("albums", "export", "Summer", "--json").json
    assert [photo["path"] for photo in one["albums"][0]["photos"]]
    file = tmp_path / "albums.json"
    file.write_text(everything.out)
    run("albums", "delete", "Summer")
    read = run("albums", "import", file)
    assert read.code == 0 and "Summer: 3 photos added" in read.out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(everything.out.encode())))
    assert run("albums", "import", "-", "--json").json[0]["added"] == 0
    file.write_text(json.dumps({"format": "photo-explorer-albums", "version": 1, "albums": []}))
    assert "no albums in this file" in run("albums", "import", file).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("import",), "Give the file"),
        (("import", "gone.json"), "cannot be read"),
        (("export",), "albums export NAME --to FOLDER"),
        (("export", "--to", "/tmp/x"), "albums export NAME --to FOLDER"),
        (("export", "Summer", "--copy", "--json"), "albums export NAME --to FOLDER"),
        (("export", "None", "--json"), "no album"),
        (("show", "Summer", "--copy"), "--copy goes with"),
        (("rename", "Summer"), "--to NAME"),
        (("show", "Summer", "--to", "X"), "--to NAME"),
    ],
)
def test_wrong_words_are_refused_in_one_line(
    run: Run, photos: SmallLibrary, words: tuple[str, ...], says: str
) -> None:
    result = run("albums", *words)
    assert result.code == 2 and says in result.err and result.err.count("\n") == 1
