from __future__ import annotations

import pytest

from explorer.analysis import text_stage
from explorer.analysis.text_stage import TextStage
from explorer.library.text.text_index import TextIndex
from tests.factory import LibraryBuilder


def test_names_of_an_earlier_release_are_filled_in_and_a_stopped_run_continues(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_stage, "BATCH_SIZE", 2)
    photos = [builder.put(f"summer {number}.jpg", number) for number in range(5)]
    builder.lose("summer 4.jpg")
    builder.writer.connection.execute("delete from photo_text")
    index, ticks = TextIndex(builder.library.catalog), list[tuple[int, int]]()

    def stop(done: int, total: int) -> None:
        ticks.append((done, total))
        raise InterruptedError

    stage = TextStage(builder.library, builder.writer)
    with pytest.raises(InterruptedError):
        stage.run(stop)
    assert index.ids_containing("summer").tolist() == photos[:2]
    stage.run(lambda done, total: ticks.append((done, total)))
    assert index.ids_containing("summer").tolist() == photos[:4]
    assert ticks == [(2, 4), (2, 2)]
    change = builder.library.catalog.change()
    stage.run(stop)
    assert builder.library.catalog.change() == change
