from __future__ import annotations

from explorer.indexing.throttle import LONGEST, REST, SETTING, Throttle, pace_of
from tests.fixtures.indexing import Desk


def test_at_a_gentle_pace_it_rests_longer_than_it_works_and_heeds_a_change_at_once(
    desk: Desk,
) -> None:
    now, rests = [0.0], list[float]()

    def wait(seconds: float) -> None:
        rests.append(seconds)
        now[0] += seconds

    catalog = desk.library.catalog
    throttle = Throttle(catalog, wait, lambda: now[0])
    assert pace_of(catalog) == "full"
    now[0] = 2.0
    throttle.rest()
    assert not rests
    catalog.set_setting(SETTING, "gentle")
    now[0] += 1.5
    throttle.rest()
    assert rests == [REST * 1.5]
    now[0] += 100
    throttle.rest()
    assert rests[-1] == LONGEST
    throttle.begin()
    catalog.set_setting(SETTING, "full")
    now[0] += 3
    throttle.rest()
    assert len(rests) == 2
