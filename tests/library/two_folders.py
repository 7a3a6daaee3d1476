"""A library with a second watched folder, and files that vanish."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library import missing_files
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import add_root
from tests.factory import LibraryBuilder


@pytest.fixture
def other(builder: LibraryBuilder, tmp_path: Path) -> int:
    """A second watched folder."""
    (tmp_path / "other").mkdir()
    return add_root(builder.writer, str(tmp_path / "other"))


def put(builder: LibraryBuilder, root: int, path: str, content: object) -> int:
    """A file in that root; gives the photo's id."""
    first, builder.root = builder.root, root
    try:
        return builder.put(path, content)
    finally:
        builder.root = first


def away(builder: LibraryBuilder, path: str) -> None:
    """That file of the first root has vanished, and may come back."""
    missing_files.put_vanished(builder.writer, [files_below(builder.writer, builder.root)[path]])


def shown(builder: LibraryBuilder, photo: int) -> tuple[str, bool]:
    """The name of the file that is shown of a photo, and whether it is away."""
    row = builder.library.catalog.photo(photo)
    assert row is not None
    return row["name"], row["away"]
