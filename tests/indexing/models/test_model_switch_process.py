"""A switch in the worker process, which may be killed at any moment."""

from __future__ import annotations

import random
import time

import pytest

from explorer.indexing.worker_client import stop_worker
from explorer.library import model_settings
from explorer.library.stores.command_store import send_command
from explorer.library.stores.worker_store import worker_status
from tests.fixtures import better_model
from tests.fixtures.better_model import Better, Starter
from tests.fixtures.switching import PHOTOS, Switching
from tests.fixtures.waiting import PATIENCE, wait


@pytest.mark.parametrize("seed", range(3))
def test_random_kills_lose_and_double_nothing(
    switching: Switching, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("BETTER_SECONDS", "0.2")
    monkeypatch.setenv("EXPLORER_AUTO_FETCH", "off")
    switching.index()
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    chance, kills = random.Random(seed), 0
    while switching.in_use != "better":
        worker = better_model.start_worker(switching.dir)
        try:
            # Somewhere between two batches of this run, or before the first, or after the last.
            wanted = min(PHOTOS, switching.encoded("better") + chance.choice([1, 4, 9]))
            wait(
                lambda wanted=wanted, worker=worker: (  # type: ignore[misc]
                    switching.encoded("better") >= wanted or worker.poll() is not None
                ),
                "more vectors",
            )
            if kills < 4:
                time.sleep(chance.random() * 0.2)
                worker.kill()
                worker.wait()
                kills += 1
            else:
                wait(lambda: switching.in_use == "better", "the switch")
        finally:
            stop_worker(worker, PATIENCE)
    monkeypatch.setenv("BETTER_SECONDS", "0")
    switching.is_exact(Better())
    assert len(switching.vectors(Starter())) == PHOTOS


def test_the_worker_process_goes_on_with_the_new_model(switching: Switching) -> None:
    switching.index()
    model_settings.use_encoder(switching.library.catalog, "better", version="b1")
    worker = better_model.start_worker(switching.dir, offline=True)
    try:
        wait(lambda: switching.in_use == "better", "the switch")

        def used() -> str:
            status = worker_status(switching.library.catalog)
            return status["encoder"] if status else ""

        wait(lambda: used() == "better" and switching.phase() == "watching", "the next worker")
        switching.draw(PHOTOS)
        send_command(switching.library.catalog, "rescan")
        wait(lambda: switching.encoded("better") == PHOTOS + 1, "a new photo")
        assert switching.encoded("starter") == PHOTOS
        # Back: at once for searches, and the worker follows and makes up for the new photo.
        model_settings.use_encoder(switching.library.catalog, "starter", version="1")
        wait(lambda: switching.encoded("starter") == PHOTOS + 1, "the new photo by the starter")
        wait(lambda: switching.in_use == "starter", "the way back")
    finally:
        stop_worker(worker, PATIENCE)
