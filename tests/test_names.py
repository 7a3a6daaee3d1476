"""Names full of characters that mean something to SQL, to patterns or to shells: on the command
line each is just a character."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.library import Library
from explorer.scanning.ignore import IGNORE_FILE
from explorer.search.language.parse_query import parse
from explorer.search.photo_filter import PhotoFilter
from tests import pictures
from tests.fixtures.command_line import Run, _encoders, run

__all__ = ["_encoders", "run"]

# A folder, and one beside it that LIKE, GLOB or a pattern of file names would take for it.
TWINS = [
    ("100%", "100 euros"), ("a_b", "axb"), ("[ab]", "a"), ("what*", "whatever"), ("it's", "its"),
    ("é'; drop table file; --", "e"),
    ("say \"hi\"", "say hi"), ("back\\slash", "backslash"), ("!not", "not"), ("#1", "1"),
    ("{a,b}", "b"), ("trip ", "trip"),
    ("Trip", "tRIP"), ("two\nlines", "two lines"), ("~", "home"), ("-f", "f"), ("?", "q"),
    ("$HOME", "home2"),
]  # fmt: skip
pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="needs a file system that takes all of these names"
)


def _write_twins(photos: Path) -> int:
    """Write a photo of its own into each twin, and into a folder below it; returns the number."""
    seed = 0
    for pair in TWINS:
        for name in pair:
            for folder in (photos / name, photos / name / "below"):
                seed += 1
                pictures.write(
                    folder / f"{name.replace('/', '')}.png",
                    pictures.plain(f"#{seed:02x}40{255 - seed:02x}", (24, 16)),
                )
    return seed


def _index(run: Run, photos: Path, number: int) -> None:
    completed = run("index", photos, "--encoder", "tiny", "--json")
    assert completed.code == 0 and completed.json["failed"] == 0
    assert completed.json["indexed"] == number


@pytest.fixture(scope="module")
def _twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The folder of all twins, and their number of photos."""
    photos = tmp_path_factory.mktemp("twins") / "100%_[x]*'s" / "photos"
    return photos, _write_twins(photos)


@pytest.fixture(scope="module")
def _libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the library of the twins is kept from one test to the next."""
    return tmp_path_factory.mktemp("library-of-twins")


@pytest.fixture
def made(run: Run, _twins: tuple[Path, int], _libraries: Path) -> Iterator[Path]:
    """The indexed folder of all twins, whose photos no test may change, and a library for this test
    alone."""
    photos, kept = _twins[0], _libraries / "library"
    if not kept.exists():
        _index(run, *_twins)
        shutil.copytree(os.environ["EXPLORER_LIBRARY"], kept)
    elif not Path(os.environ["EXPLORER_LIBRARY"]).exists():
        shutil.copytree(kept, os.environ["EXPLORER_LIBRARY"])
    yield photos
    for excluded in photos.rglob(IGNORE_FILE):
        excluded.unlink()


@pytest.fixture
def own_twins(tmp_path: Path, run: Run) -> Path:
    """An indexed folder of all twins that the test may change."""
    photos = tmp_path / "100%_[x]*'s" / "photos"
    _index(run, photos, _write_twins(photos))
    return photos


def found(run: Run, *words: object) -> set[str]:
    return {row["path"] for row in run("search", "red", "--top", 1000, "--json", *words).json}


def found_by(library: Library, query: str) -> set[str]:
    ids = PhotoFilter(library).ids(parse(query).condition)
    return {file["path"] for photo in ids.tolist() for file in library.catalog.files_of(photo)}


def files(*folders: Path) -> set[str]:
    return {str(path) for folder in folders for path in folder.rglob("*.png")}


def test_unusual_folder_names_are_used_literally(run: Run, made: Path) -> None:
    for pair in TWINS:
        for name in pair:
            assert found(run, "--folder", made / name) == files(made / name), name
            assert found(run, "--folder", made / name / "below") == files(made / name / "below"), (
                name
            )
    assert found(run, "--folder", made) == files(made)
    assert found(run, "--folder", f"{made}%") == found(run, "--folder", f"{made.parent}_") == set()
    assert run("verify").code == 0


def test_folders_are_listed_with_queries_that_find_their_photos(run: Run, made: Path) -> None:
    (root,) = run("folders", "--json").json
    listed = {folder["path"]: folder for folder in root["folders"]}
    assert set(listed) == {str(made / name) for pair in TWINS for name in pair}
    library = Library.open(Path(os.environ["EXPLORER_LIBRARY"]))
    try:
        for path, folder in listed.items():
            assert (folder["photos"], folder["own"]) == (2, 1), path
            assert found_by(library, folder["query"]) == files(Path(path))
            (below,) = folder["folders"]
            assert found_by(library, below["query"]) == files(Path(path, "below"))
    finally:
        library.close()


def test_query_phrases_are_used_literally(run: Run, made: Path) -> None:
    for phrase in (
        "100%",
        "a_b",
        "'; drop table photo; --",
        '"100%"',
        """ "'; drop table photo; --" """,
        '"* NEAR("',
        "[",
        "%",
        "\\",
    ):
        completed = run("search", phrase, "--json")
        assert completed.code == 0 and isinstance(completed.json, list), phrase
    for phrase in ('" or 1=1 --', "* NEAR("):
        completed = run("search", phrase, "--json")
        assert (
            completed.code == 2 and completed.out == "" and len(completed.err.splitlines()) == 1
        ), phrase
    assert len(found(run)) == len(files(made))


@pytest.mark.parametrize(
    ("glob", "gone"),
    [
        ("/100%/", ["100%"]), ("/a_b/", ["a_b"]), (r"/\[ab\]/", ["[ab]"]), ("/[ab]/", ["a", "b"]),
        (r"/what\*/", ["what*"]),
        ("/what*/", ["what*", "whatever"]), ("/it's/", ["it's"]), (r"\!not/", ["!not"]),
        (r"\#1/", ["#1"]), ("/Trip/", ["Trip"]),
        ("/é'; drop table file; --/", ["é'; drop table file; --"]),
        ("/?/", ["a", "b", "e", "1", "~", "f", "?", "q"]),
    ],
)  # fmt: skip
def test_patterns_exclude_unusual_names(run: Run, made: Path, glob: str, gone: list[str]) -> None:
    completed = run("index", made, "--encoder", "tiny", "--exclude", glob, "--json")
    assert completed.code == 0 and completed.json["encoded"] == 0
    assert files(made) - found(run) == files(*(made / name for name in gone))
    assert run("exclude", made, "--json").json["exclude"] == [glob]
    assert run("exclude", made, glob, "--remove").code == 0
    back = run("index", made, "--encoder", "tiny", "--json")
    assert back.json["encoded"] == 0 and found(run) == files(made)


def test_a_pattern_for_a_subfolder_applies_to_it(run: Run, made: Path) -> None:
    """The root's own list names the folder, and none of its characters may mean anything there."""
    for name in ("[ab]", "what*", "!not", "#1", "100%", "back\\slash", "trip ", "?"):
        completed = run("index", made / name, "--encoder", "tiny", "--exclude", "below/", "--json")
        assert completed.code == 0, completed.err
        assert files(made) - found(run) == files(made / name / "below"), name
        globs: list[str] = run("exclude", made, "--json").json["exclude"]
        assert run("exclude", made, *globs, "--remove").code == 0
        run("index", made, "--encoder", "tiny", "--json")
        assert found(run) == files(made)


def test_files_move_between_unusual_names(run: Run, own_twins: Path) -> None:
    made = own_twins
    (made / "100%").rename(made / "%_%")
    moved: dict[str, Any] = run("index", made, "--encoder", "tiny", "--json").json
    assert (moved["moved"], moved["encoded"]) == (2, 0)
    shutil.rmtree(made / "a_b")
    gone: dict[str, Any] = run(
        "index", made, "--encoder", "tiny", "--forget-missing", "--json"
    ).json
    assert gone["missing"] == 2 and found(run) == files(made)
    (made / "it's" / "br%ken_[1]'.jpg").write_bytes(b"no photo")
    completed = run("index", made / "it's", "--encoder", "tiny", "--json")
    assert [Path(row["path"]).name for row in json.loads(completed.out)["failures"]] == [
        "br%ken_[1]'.jpg"
    ]
    assert run("verify", "--thorough").code == 0
