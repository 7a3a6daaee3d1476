"""The app's parts in this process, on a library of the tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.analysis import photo_map
from explorer.analysis.stages import stages
from explorer.config import library_dir
from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.library import connection
from explorer.library.library import Library
from explorer.library.writer import Writer
from explorer.ui import resources
from explorer.ui.web_server import server
from explorer.ui.web_server.access_token import access
from tests import pictures
from tests.fixtures.waiting import PATIENCE
from tests.tiny import Tiny


@pytest.fixture(scope="package")
def _indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(photos, library), made once for all tests here."""
    folder = tmp_path_factory.mktemp("ui")
    photos = folder / "My photos"
    for number, colour in enumerate(["red", "green", "blue"]):
        pictures.write(
            photos / f"{colour}.jpg",
            pictures.plain(colour),
            exif=pictures.exif(taken=f"2021:0{number + 1}:15 12:00:00"),
        )
    pictures.write(photos / "Sub" / "drawn.png", pictures.draw(1))
    library = Library.open(folder / "library")
    index_folders(library, [str(photos)], Tiny(), lambda _: None)
    # As the app's worker does, which draws the map as well.
    writer = Writer(library.catalog)
    with pytest.MonkeyPatch.context() as patch:
        # On a busy computer, too, the map is drawn in one round.
        patch.setattr(photo_map, "SECONDS_AT_ONCE", PATIENCE)
        for stage in stages(library, writer, Tiny()):
            stage.run(lambda done, total: None)
    writer.close()
    library.close()
    return photos, folder / "library"


@pytest.fixture
def photos(_indexed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of a few photos, which no test may leave changed, and a library of it for the app to
    use."""
    monkeypatch.setitem(registry._loaders, "tiny", Tiny)
    shutil.copytree(_indexed[1], library_dir())
    yield _indexed[0]
    resources.close()
    registry._loaded.pop("tiny", None)


@pytest.fixture
def read_only(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library of `photos` can be read, but not written to by the app."""
    monkeypatch.setattr(connection, "connect", partial(connection.connect, read_only=True))


def id_of(name: str) -> int:
    """The id of the photo with that file name."""
    catalog = resources.library().catalog
    return next(i for i, row in catalog.photos(catalog.matching()).items() if row["name"] == name)


@pytest.fixture
def client(photos: Path) -> Iterator[TestClient]:
    """Asks as a page of the app does; without the worker, which is not needed for this."""
    options = server.app_options()
    app, known = (
        Starlette(routes=options["routes"], middleware=options["middleware"]),
        access(library_dir()),
    )
    with TestClient(
        app, base_url="http://localhost:8501", cookies={known.cookie: known.token}
    ) as asking:
        yield asking
