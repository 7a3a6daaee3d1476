"""A drive that stops answering while its files are read."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing import batch_reader
from explorer.scanning.drive_timeouts import UNRESPONSIVE
from tests.fixtures.indexing import IndexingSetup


def test_an_error_on_a_drive_that_stops_answering_is_not_the_files_fault(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good.jpg", "other.jpg"):
        desk.draw(name, len(name))
    desk.draw("bad.jpg").write_bytes(b"broken")
    real = desk.indexer._encoder.encode

    def drive_stops(batch: list[DecodeResult]) -> Any:
        desk.drives.unresponsive = {str(desk.photos)}
        return real(batch)

    monkeypatch.setattr(desk.indexer._encoder, "encode", drive_stops)
    # All three are in one batch, however busy the computer is.
    monkeypatch.setattr(batch_reader, "MAX_BATCH_AGE", 1e9)
    summary = desk.run()
    (root,) = desk.library.catalog.roots()
    assert (root["state"], root["problem"]) == ("offline", UNRESPONSIVE)
    assert summary.offline == {str(desk.photos)}
    assert summary.failed == 0 and desk.failed() == {}
    # Those that had been read by then are kept.
    assert set(desk.present()) == {"good.jpg", "other.jpg"}
    desk.drives.unresponsive = set()
    monkeypatch.undo()
    assert desk.run().failed == 1 and set(desk.failed()) == {"bad.jpg"}
