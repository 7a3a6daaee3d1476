from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.pool import DecodePool
from explorer.photos.metadata import sidecar_values
from tests.fixtures.small_library import SmallLibrary


@pytest.fixture
def small_library(tmp_path: Path) -> Iterator[SmallLibrary]:
    made = SmallLibrary(tmp_path)
    yield made
    made.close()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sidecars are parsed in this process: a process for each of many tests takes long."""

    def answer(pool: DecodePool, task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        return sidecar_values.answer_request(task["sidecar"])

    monkeypatch.setattr(DecodePool, "sidecar", answer)
