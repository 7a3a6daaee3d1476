"""The app's parts in this process, on a library of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.config import library_dir
from explorer.encoders import registry
from explorer.indexing.once import index_folders
from explorer.library.library import Library
from explorer.ui import resources
from tests import pictures
from tests.tiny import Tiny


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of a few photos, indexed into the library that the app uses."""
    monkeypatch.setitem(registry._loaders, "tiny", Tiny)
    folder = tmp_path / "My photos"
    for number, colour in enumerate(["red", "green", "blue"]):
        pictures.write(folder / f"{colour}.jpg", pictures.plain(colour), exif=pictures.exif(taken=f"2021:0{number + 1}:15 12:00:00"))
    pictures.write(folder / "Sub" / "drawn.png", pictures.draw(1))
    library = Library.open(library_dir())
    index_folders(library, [str(folder)], registry.get_encoder("tiny"), lambda _: None)
    library.close()
    yield folder
    resources.close()
    registry._loaded.pop("tiny", None)


def id_of(name: str) -> int:
    """The id of the photo with that file name."""
    catalog = resources.library().catalog
    return next(i for i, row in catalog.photos(catalog.matching()).items() if row["name"] == name)
