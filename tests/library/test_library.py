"""A library's folder: opening it, and the one writer's lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import LibraryError, LibraryLocked
from explorer.library.library import Library
from tests.factory import LibraryBuilder


def test_only_one_writer_is_allowed_at_a_time(builder: LibraryBuilder) -> None:
    with builder.library.lock():
        second = Library.open(builder.library.dir)
        with pytest.raises(LibraryLocked, match="Another run"):
            second.lock()
        second.close()


def test_reading_does_not_create_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
