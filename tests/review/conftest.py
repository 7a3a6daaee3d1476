from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.library.library import Library
from explorer.photos.exif_header import ExifHeader
from explorer.review import duplicates, trash
from explorer.review.checking import TRASH
from tests.factory import Shelf
from tests.review.field import Field

Where = Callable[[Field], str]


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    made = Field(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield shelf
    shelf.close()


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos that were never files: as if each had a header as a camera writes it."""
    monkeypatch.setattr(duplicates, "read_header", lambda path: ExifHeader())


@pytest.fixture(params=["trash", "folder", "aside"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Where:
    """Where removed files go: the trash, a folder, or, where the trash cannot be read, a folder of our own."""
    if request.param == "aside":
        monkeypatch.setattr(trash, "readable", lambda: False)
    return lambda field: str(field.base / "kept aside") if request.param == "folder" else TRASH
