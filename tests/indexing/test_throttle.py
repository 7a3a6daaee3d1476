from __future__ import annotations

from explorer.indexing.throttle import MAX_PAUSE, PACE_SETTING, PAUSE_RATIO, Throttle, current_pace
from explorer.library.stores.setting_store import put_setting
from tests.fixtures.indexing import IndexingSetup


def test_at_a_gentle_pace_the_worker_rests_longer_than_it_works_and_follows_a_change_at_once(
    setup: IndexingSetup,
) -> None:
    now, pauses = [0.0], list[float]()

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    catalog = setup.library.catalog
    throttle = Throttle(catalog, wait, lambda: now[0])
    assert current_pace(catalog) == "full"
    now[0] = 2.0
    throttle.pause()
    assert not pauses
    put_setting(catalog, PACE_SETTING, "gentle")
    now[0] += 1.5
    throttle.pause()
    assert pauses == [PAUSE_RATIO * 1.5]
    now[0] += 100
    throttle.pause()
    assert pauses[-1] == MAX_PAUSE
    throttle.begin()
    put_setting(catalog, PACE_SETTING, "full")
    now[0] += 3
    throttle.pause()
    assert len(pauses) == 2
