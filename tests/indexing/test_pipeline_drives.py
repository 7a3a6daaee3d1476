"""A drive that stops answering while its files are read."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing import batch_reader
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from tests.fixtures.indexing import IndexingSetup


def test_an_error_on_a_drive_that_stops_responding_is_not_blamed_on_the_file(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good.jpg", "other.jpg"):
        setup.draw(name, len(name))
    setup.draw("bad.jpg").write_bytes(b"broken")
    real = setup.indexer._encoder.encode

    def drive_stops(batch: list[DecodeResult]) -> Any:
        setup.drives.unresponsive = {str(setup.photos)}
        return real(batch)

    monkeypatch.setattr(setup.indexer._encoder, "encode", drive_stops)
    # All three are in one batch, however busy the computer is.
    monkeypatch.setattr(batch_reader, "MAX_BATCH_AGE", 1e9)
    summary = setup.run()
    (root,) = setup.library.catalog.roots()
    assert (root["state"], root["problem"]) == ("offline", UNRESPONSIVE)
    assert summary.offline == {str(setup.photos)}
    assert summary.failed == 0 and setup.failed() == {}
    # Those that had been read by then are kept.
    assert set(setup.present()) == {"good.jpg", "other.jpg"}
    setup.drives.unresponsive = set()
    monkeypatch.undo()
    assert setup.run().failed == 1 and set(setup.failed()) == {"bad.jpg"}
