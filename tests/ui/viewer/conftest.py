"""The photos that the routes of the viewer are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui import resources


@pytest.fixture
def ids(photos: Path) -> list[int]:
    return [int(i) for i in resources.library().catalog.matching()]
