from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from explorer.scanning.debounce import Debouncer

QUIET, LIMIT = 1.0, 5.0


def test_a_key_is_due_once_after_a_quiet_period() -> None:
    debouncer = Debouncer[str](QUIET, LIMIT)
    debouncer.add("a", 0.0)
    assert debouncer.due(0.5) == [] and len(debouncer) == 1
    debouncer.add("a", 0.9)
    assert debouncer.due(1.5) == []
    assert debouncer.due(2.0) == ["a"]
    assert debouncer.due(9.0) == [] and len(debouncer) == 0


def test_a_key_that_never_rests_is_due_at_the_limit() -> None:
    debouncer = Debouncer[str](QUIET, LIMIT)
    given_at = []
    for tenth in range(120):
        debouncer.add("a", tenth / 10)
        given_at += [tenth / 10 for _ in debouncer.due(tenth / 10)]
    assert given_at == [5.0, 10.1]


def test_keys_are_debounced_separately() -> None:
    debouncer = Debouncer[str](QUIET, LIMIT)
    debouncer.add("a", 0.0)
    debouncer.add("b", 0.8)
    assert debouncer.due(1.0) == ["a"]
    assert debouncer.due(1.8) == ["b"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=40))
def test_no_key_is_lost_or_waits_beyond_the_limit(events: list[tuple[str, float]]) -> None:
    debouncer, now = Debouncer[str](QUIET, LIMIT), 0.0
    since: dict[str, float] = {}
    last: dict[str, float] = {}
    for key, pause in events:
        now += pause
        for ready in debouncer.due(now):
            assert now - last[ready] >= QUIET or now - since[ready] >= LIMIT
            del since[ready]
        assert all(now - first < LIMIT for first in since.values())
        debouncer.add(key, now)
        since.setdefault(key, now)
        last[key] = now
    assert sorted(debouncer.due(now + LIMIT)) == sorted(since)


def test_keys_may_come_from_many_threads() -> None:
    debouncer = Debouncer[int](QUIET, LIMIT)
    threads = [
        threading.Thread(target=lambda n=n: [debouncer.add(n * 100 + i, 0.0) for i in range(100)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(debouncer.due(QUIET)) == sorted(n * 100 + i for n in range(8) for i in range(100))
