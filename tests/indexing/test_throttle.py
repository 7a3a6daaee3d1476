from __future__ import annotations

from explorer.indexing.throttle import LONGEST, REST, SETTING, Throttle, current_pace
from explorer.library.setting_store import put_setting
from tests.fixtures.indexing import IndexingSetup


def test_at_a_gentle_pace_it_rests_longer_than_it_works_and_heeds_a_change_at_once(
    desk: IndexingSetup,
) -> None:
    now, is_settled = [0.0], list[float]()

    def wait(seconds: float) -> None:
        is_settled.append(seconds)
        now[0] += seconds

    catalog = desk.library.catalog
    throttle = Throttle(catalog, wait, lambda: now[0])
    assert current_pace(catalog) == "full"
    now[0] = 2.0
    throttle.rest()
    assert not is_settled
    put_setting(catalog, SETTING, "gentle")
    now[0] += 1.5
    throttle.rest()
    assert is_settled == [REST * 1.5]
    now[0] += 100
    throttle.rest()
    assert is_settled[-1] == LONGEST
    throttle.begin()
    put_setting(catalog, SETTING, "full")
    now[0] += 3
    throttle.rest()
    assert len(is_settled) == 2
