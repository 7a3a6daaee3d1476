"""Results pass from the threads of a pool to its caller, in order, until all threads are done."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from explorer.decoding import result_queue
from explorer.decoding.decode_result import DecodeResult
from explorer.decoding.result_queue import drain, put
from tests.decoding.scripted import JOB

RESULTS = [DecodeResult(JOB, error=text) for text in ("one", "two", "three")]


def filled(*items: Any) -> queue.Queue[Any]:
    results = queue.Queue[Any]()
    for item in items:
        results.put(item)
    return results


def test_results_are_yielded_until_every_thread_is_done() -> None:
    one, two, three = RESULTS
    results = filled(one, None, two, None, three)
    assert list(drain(results, 2, pytest.fail)) == [one, two]
    assert results.get_nowait() is three
    assert list(drain(results, 0, pytest.fail)) == []


def test_an_error_of_a_thread_is_the_callers() -> None:
    found = drain(filled(RESULTS[0], KeyError("odd"), None), 1, pytest.fail)
    assert next(found) is RESULTS[0]
    with pytest.raises(KeyError, match="odd"):
        next(found)


def test_the_caller_is_idle_while_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_queue, "POLL_SECONDS", 0.01)
    results = queue.Queue[Any]()
    asked = list[int]()

    def idle() -> None:
        asked.append(1)
        if len(asked) == 2:
            results.put(RESULTS[0])
            results.put(None)

    assert list(drain(results, 1, idle)) == [RESULTS[0]] and len(asked) == 2


class _FullOnce(queue.Queue[Any]):
    """A queue that has no room at first. stop: set when it is asked."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        super().__init__()
        self._stop, self.asked = stop, list[float | None]()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        self.asked.append(timeout)
        if len(self.asked) == 1:
            if self._stop is not None:
                self._stop.set()
            raise queue.Full
        super().put(item, block, timeout)


def test_an_item_waits_for_room_unless_the_caller_has_stopped() -> None:
    results = _FullOnce()
    put(results, "one", threading.Event())
    assert results.get_nowait() == "one" and results.empty()
    # Without a limit, the thread would never see that the caller has stopped.
    assert all(timeout is not None and timeout < 1 for timeout in results.asked)
    stop = threading.Event()
    stopped = _FullOnce(stop)
    put(stopped, "one", stop)
    assert stopped.empty() and len(stopped.asked) == 1
    put(stopped, "two", stop)
    assert stopped.empty()
