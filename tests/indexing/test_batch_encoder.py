"""How a batch is encoded, and when the encoder is loaded ahead."""

from __future__ import annotations

import threading

import pytest

from explorer.indexing import photo_updates
from explorer.indexing.batch_encoder import BatchEncoder
from explorer.library.stores import file_store
from tests.fixtures.indexing import IndexingSetup

# The most files for which the encoder is not loaded ahead.
FEW = 4


@pytest.mark.parametrize(("files", "loads"), [(FEW, 0), (FEW + 1, 1)])
def test_the_encoder_is_loaded_ahead_once_and_only_for_more_than_a_few_files(
    setup: IndexingSetup, files: int, loads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = list[int]()

    def warm_up() -> None:
        loaded.append(1)
        raise OSError("the model is not there")

    monkeypatch.setattr(setup.encoder, "warm_up", warm_up, raising=False)
    encoder = BatchEncoder(setup.encoder, setup.library.previews)
    for _ in range(2):
        with encoder.warmed_up(files):
            pass
        assert len(loaded) == loads
    assert not any(thread.name == "encoder-warm-up" for thread in threading.enumerate())


def test_a_run_does_not_end_before_the_encoder_is_loaded(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If nothing has to be encoded, the encoder may still be loading: a process that ended then
    would crash."""
    for number in range(FEW + 1):
        (setup.photos / f"{number}.jpg").write_bytes(b"broken %d" % number)
    started, all_read, loaded = threading.Event(), threading.Event(), list[bool]()

    def warm_up() -> None:
        started.set()
        # As long as the run would otherwise take to end.
        loaded.append(all_read.wait(30))

    real = file_store.put_failed

    def put_failed(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        assert started.wait(30)
        all_read.set()

    monkeypatch.setattr(setup.encoder, "warm_up", warm_up)
    monkeypatch.setattr(photo_updates, "put_failed", put_failed)
    assert setup.run().failed == FEW + 1
    assert loaded == [True]
    assert not any(thread.name == "encoder-warm-up" for thread in threading.enumerate())
