"""A client of the app's routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import library_dir
from explorer.ui import resources, server
from explorer.ui.access_token import access


@pytest.fixture
def client(photos: Path) -> Iterator[TestClient]:
    """Asks as a page of the app does."""
    options = server.app_options()
    app, known = (
        Starlette(routes=options["routes"], middleware=options["middleware"]),
        access(library_dir()),
    )
    with TestClient(
        app, base_url="http://localhost:8501", cookies={known.cookie: known.token}
    ) as asking:
        yield asking


@pytest.fixture
def ids(photos: Path) -> list[int]:
    return [int(i) for i in resources.library().catalog.matching()]
