from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.field import Field


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    made = Field(tmp_path)
    yield made
    made.close()
