"""What this computer remembers about fetching by itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.encoders.downloads import fetch_state
from explorer.encoders.downloads.fetch_state import FetchStatus


def test_a_choice_is_remembered(models: Path) -> None:
    assert fetch_state.choice() == "automatic"
    for wanted in ("paused", "declined", "automatic"):
        fetch_state.choose(wanted)
        assert fetch_state.choice() == wanted
    assert [path.name for path in (models / "fetch").iterdir()] == ["choice"]


@pytest.mark.parametrize("text", ["", "nonsense", "\N{SNOWMAN}"])
def test_a_choice_that_cannot_be_read_is_none(models: Path, text: str) -> None:
    fetch_state.choose("paused")
    (models / "fetch" / "choice").write_text(text, encoding="utf-8")
    assert fetch_state.choice() == "automatic"


def test_a_status_is_kept_and_grows_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch_state.status() == FetchStatus() and not fetch_state.status().running
    fetch_state.put_status(FetchStatus("clip", "fetching", 5, 10))
    found = fetch_state.status()
    assert (found.name, found.state, found.done, found.total) == ("clip", "fetching", 5, 10)
    assert found.running
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + fetch_state.STALE + 1)
    assert not fetch_state.status().running


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": 1, "what": 2}', '{"done": "x"}'])
def test_a_status_that_cannot_be_read_is_none(models: Path, text: str) -> None:
    fetch_state.put_status(FetchStatus("clip", "failed"))
    (models / "fetch" / "status.json").write_text(text)
    assert fetch_state.status() == FetchStatus()


def test_each_failure_waits_longer_up_to_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    waits = []
    for number in range(1, 8):
        failed = fetch_state.failed("clip", "No network.")
        assert failed.failures == number and failed.problem == "No network."
        waits.append(failed.retry_at - now)
        fetch_state.put_status(failed)
    assert waits == [*fetch_state.RETRY_AFTER, 86_400, 86_400]
    assert fetch_state.failed("siglip2", "x").failures == 1
    fetch_state.try_again()
    assert (fetch_state.status().state, fetch_state.status().retry_at) == ("none", 0)
    assert fetch_state.failed("clip", "x").failures == 1


@pytest.mark.parametrize("value", ["off", "0", "no", "FALSE"])
def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.delenv("EXPLORER_AUTO_FETCH")
    assert fetch_state.allowed()
    monkeypatch.setenv("EXPLORER_AUTO_FETCH", value)
    assert not fetch_state.allowed()
    monkeypatch.setenv("EXPLORER_AUTO_FETCH", "on")
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    assert not fetch_state.allowed()
