"""What the user chose about fetching in the background: pause, not now, offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from explorer.encoders.downloads import fetch_state
from explorer.indexing.models.model_fetcher import ModelFetcher, WantedModel, wanted_model
from explorer.library import model_settings
from explorer.library.library import Library
from tests.fixtures.better_model import weights_file
from tests.fixtures.fetching import CUT, Fetching, wait

SIZE = len(weights_file())


def test_a_pause_ends_it_at_once_and_resuming_goes_on(fetching: Fetching) -> None:
    hub = fetching.hub
    hub.held_at = CUT
    with fetching.fetcher():
        wait(lambda: fetch_state.status().done == CUT, "the first part")
        assert fetch_state.status().running and fetch_state.status().total == SIZE
        fetch_state.choose("paused")
        # The server still holds the connection: only the end of the process frees the lock.
        wait(_is_free, "the end of the process")
        asked = hub.asked
        fetching.step()
        assert hub.asked == asked and fetching.part.stat().st_size == CUT
        hub.held_at = None
        fetch_state.choose("automatic")
        wait(fetching.is_complete, "the rest")
    assert hub.requests[-1][1] == CUT and fetch_state.status().failures == 0


def _is_free() -> bool:
    try:
        with FileLock(fetch_state.lock_path(), timeout=0):
            return True
    except Timeout:
        return False


def test_the_process_ends_with_the_worker(fetching: Fetching) -> None:
    fetching.hub.held_at = CUT
    with fetching.fetcher():
        wait(lambda: fetch_state.status().done == CUT, "the first part")
    assert _is_free() and fetching.part.stat().st_size == CUT
    assert fetch_state.status().state == "fetching" and not fetch_state.status().problem


def test_two_libraries_fetch_once(fetching: Fetching, tmp_path: Path) -> None:
    other = Library.open(tmp_path / "other")
    fetching.hub.held_at = CUT
    try:
        with fetching.fetcher(), ModelFetcher(other.catalog, lambda _: None):
            wait(lambda: fetch_state.status().done == CUT, "the first part")
            fetching.hub.going_on.set()
            for library in (fetching.library, other):
                wait(
                    lambda library=library: (  # type: ignore[misc]
                        model_settings.next_encoder(library.catalog) == "better"
                    ),
                    "the switch of both",
                )
    finally:
        other.close()
    assert len(fetching.hub.requests) == 1


@pytest.mark.parametrize("choice", ["paused", "declined"])
def test_a_choice_outlives_the_program(fetching: Fetching, choice: fetch_state.Choice) -> None:
    fetch_state.choose(choice)
    fetching.step()
    assert not fetching.hub.asked and not fetching.told


@pytest.mark.parametrize(
    ("name", "value"),
    [("EXPLORER_OFFLINE", "1"), ("HF_HUB_OFFLINE", "1"), ("EXPLORER_AUTO_FETCH", "off")],
)
@pytest.mark.parametrize("asked_for", [False, True])
def test_offline_means_not_one_request(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch, name: str, value: str, asked_for: bool
) -> None:
    monkeypatch.setenv(name, value)
    if asked_for and name != "EXPLORER_AUTO_FETCH":
        model_settings.use_encoder(fetching.library.catalog, "better", version=None)
    fetching.step()
    assert not fetching.hub.asked


def test_what_the_user_asks_for_is_fetched_although_nothing_is_by_itself(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_AUTO_FETCH", "off")
    fetch_state.choose("declined")
    model_settings.use_encoder(fetching.library.catalog, "better", version=None)
    assert fetching.until_ended().state == "fetched" and fetching.is_complete()


def test_who_chose_the_starter_is_not_given_another(fetching: Fetching) -> None:
    catalog = fetching.library.catalog
    assert wanted_model(catalog) == WantedModel("better", False)
    model_settings.use_encoder(catalog, "starter", version="1")
    assert wanted_model(catalog) is None
    fetching.step()
    assert not fetching.hub.asked


def test_a_name_that_nothing_has_any_more_is_left_alone(fetching: Fetching) -> None:
    model_settings.begin_switch(fetching.library.catalog, "of-a-later-release")
    fetching.step()
    assert not fetching.hub.asked and not fetching.told
