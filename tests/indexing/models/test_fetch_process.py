"""The process that fetches a model, in this one."""

from __future__ import annotations

import pytest

from explorer.encoders import registry
from explorer.encoders.base import Progress
from explorer.encoders.downloads import fetch_state
from explorer.errors import WeightsMissing
from explorer.indexing.models import fetch_process
from tests.encoders.hub import Hub


@pytest.mark.parametrize("number", range(5))
def test_the_outcome_is_the_last_that_is_written(
    better_hub: Hub, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    # Reports all the time, so that one is always under way.
    monkeypatch.setattr(fetch_process, "_REPORT_INTERVAL", 0.0)
    better_hub.statuses = [503]
    assert fetch_process.fetch("better") == fetch_process.FAILED
    status = fetch_state.status()
    assert status.state == "failed" and "status 503" in status.problem and status.failures == 1
    assert fetch_process.fetch("better") == 0
    assert fetch_state.status().state == "fetched" and registry.ready("better")


def test_progress_is_reported_also_of_the_preparation(
    better_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[tuple[str, int, int]]()

    def fetch(name: str, progress: Progress) -> None:
        for done, total in ((0, None), (5, 10), (10, 10)):
            progress(done, total)
            while fetch_state.status().done != done:
                pass
            status = fetch_state.status()
            seen.append((status.state, status.done, status.total))
        raise WeightsMissing("It was not for us.")

    monkeypatch.setattr(fetch_process, "_REPORT_INTERVAL", 0.0)
    monkeypatch.setattr(registry, "fetch", fetch)
    assert fetch_process.fetch("better") == fetch_process.FAILED
    assert seen == [("fetching", 0, 0), ("fetching", 5, 10), ("preparing", 10, 10)]
    assert fetch_state.status().problem == "It was not for us."
