from __future__ import annotations

import pytest

from explorer.indexing import foreground
from explorer.indexing.verification import verify_files, verify_previews
from tests.faults.worker_forks import InProcessDecoder


@pytest.fixture
def decode_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and checks decode in this process, which saves starting others: for tests of what
    happens to the library, not to decoders."""
    for module in (foreground, verify_files, verify_previews):
        monkeypatch.setattr(module, "DecodePool", InProcessDecoder)
    monkeypatch.setattr(foreground, "SETTLE_INTERVAL", 0.01)
