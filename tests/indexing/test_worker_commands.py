"""A running worker is paused, resumed, stopped, slowed, and told to scan again."""

from __future__ import annotations

import json
import threading
import time

import pytest

from explorer.indexing.throttle import PACE_SETTING
from explorer.library.stores.command_store import send_command
from explorer.library.stores.setting_store import put_setting
from explorer.library.stores.worker_store import worker_status
from explorer.scanning.watch import Watcher
from tests.fixtures.waiting import wait
from tests.indexing.test_living import draw, obeyed, present, root, settled, watched
from tests.indexing.test_worker import WatchedLibrary

__all__ = ["watched"]


def test_a_worker_can_be_paused_resumed_stopped_and_slowed_and_a_pause_persists(
    watched: WatchedLibrary,
) -> None:
    catalog = watched.reader.catalog
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        send_command(catalog, "pause")
        obeyed(watched, lambda: watched.phase() == "paused", "the pause")
        draw(watched.photos / "new.png", 5)
    with watched.running():
        wait(lambda: watched.phase() == "paused", "the pause after a restart")
        time.sleep(1.5)
        assert len(present(watched)) == 1
        put_setting(catalog, PACE_SETTING, "gentle")
        send_command(catalog, "resume")
        settled(watched, watched.photos, what="what came meanwhile")
    with watched.running() as worker:
        wait(lambda: watched.phase() == "watching", "the third start")
        send_command(catalog, "stop")
        wait(lambda: worker.dismissed, "the stop")
        assert worker.dismissed


def test_one_folder_or_all_can_be_rescanned(
    watched: WatchedLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watcher, "watch", lambda self, root, rules=None: None)
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        draw(watched.photos / "below" / "new.png", 5)
        draw(watched.photos / "other" / "new.png", 6)
        send_command(watched.reader.catalog, "rescan", str(watched.photos / "below"))
        wait(lambda: str(watched.photos / "below" / "new.png") in present(watched), "the folder")
        assert str(watched.photos / "other" / "new.png") not in present(watched)
        send_command(watched.reader.catalog, "rescan")
        settled(watched, watched.photos, what="all")


def test_changes_noticed_before_a_pause_survive_the_run_it_interrupts(
    watched: WatchedLibrary,
) -> None:
    """Events are told once: a run that is cut off has to give them back."""
    with watched.running() as worker:
        settled(watched, watched.photos, what="the first scan")
        real, struck = worker._indexer.run, threading.Event()

        def cut_short(places: object, **options: object) -> object:
            if not struck.is_set():
                struck.set()
                send_command(watched.reader.catalog, "rescan", str(watched.photos / "nothing"))
                worker._obey(interrupt=True)
            return real(places, **options)  # type: ignore[arg-type]

        worker._indexer.run = cut_short  # type: ignore[method-assign, assignment]
        draw(watched.photos / "new.png", 5)
        settled(watched, watched.photos, what="the photo")
        assert struck.is_set()


def test_an_invalid_rule_changes_nothing(watched: WatchedLibrary) -> None:
    with watched.running():
        settled(watched, watched.photos, what="the first scan")
        send_command(
            watched.reader.catalog,
            "exclude",
            json.dumps({"folder": str(watched.photos), "globs": ["a\nb"]}),
        )
        obeyed(
            watched,
            lambda: (
                (status := worker_status(watched.reader.catalog)) is not None
                and status["message"] != ""
            ),
            "the refusal",
        )
        assert root(watched, watched.photos)["exclude"] == []
