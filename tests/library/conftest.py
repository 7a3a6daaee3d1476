from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.library.library import Library
from tests.factory import Shelf
from tests.library.wreck import made, path  # noqa: F401  fixtures


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    photos = tmp_path / "photos"
    photos.mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(photos))
    yield shelf
    shelf.close()
