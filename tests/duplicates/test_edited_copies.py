"""Copies of a camera's photo, from indexing to the plan: plain ones are suggested, edited ones are
not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from tests.fixtures.old_files import make_old
from tests.matching.copies_and_edits import EDITS, PLAIN, photo, reopened, scaled
from tests.pictures import encoded, exif
from tests.tiny import Tiny

HEADER = exif(camera=("Acme", "Z1"), taken="2021:05:06 10:11:12")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "photos").mkdir()
    library = Library.open(tmp_path / "library")
    yield library
    library.close()


ORIGINAL = encoded(reopened(photo(0)), "JPEG", quality=93, exif=HEADER)


def removed(library: Library, tmp_path: Path, copy: bytes) -> list[str]:
    """The files that *Accept all* would remove, if there is a camera's photo and this copy."""
    for name, data in (("camera.jpg", ORIGINAL), ("copy.jpg", copy)):
        path = tmp_path / "photos" / name
        path.write_bytes(data)
        make_old(path)
    index_folders(library, [str(tmp_path / "photos")], Tiny(), lambda progress: None)
    groups = find_groups(library, ["identical", "pixels", "picture"])
    removals = removals_of_groups(library.catalog, groups)
    return [Path(removal.path).name for removal in removals]


@pytest.mark.parametrize("kind", ["half", "messenger", "saved again"])
def test_plain_copies_are_suggested(library: Library, tmp_path: Path, kind: str) -> None:
    assert removed(library, tmp_path, PLAIN[kind](reopened(ORIGINAL))) == ["copy.jpg"]


@pytest.mark.parametrize("factor", [0.5, 1.0])
@pytest.mark.parametrize("kind", ["closed eyes", "half of it blurred", "2% brighter"])
def test_edited_copies_are_not(library: Library, tmp_path: Path, kind: str, factor: float) -> None:
    edited = EDITS[kind](reopened(ORIGINAL))
    copy = encoded(edited if factor == 1 else scaled(edited, factor), "JPEG", quality=85)
    assert removed(library, tmp_path, copy) == []
