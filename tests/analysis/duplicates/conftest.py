from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.analysis.duplicates.pair_library import PairLibrary


@pytest.fixture
def library(tmp_path: Path) -> Iterator[PairLibrary]:
    made = PairLibrary(tmp_path)
    yield made
    made.close()
