"""The queue through which the threads of a pool return their results."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

from explorer.decoding.decode_result import DecodeResult
from explorer.decoding.process import POLL_SECONDS


def put(results: queue.Queue[Any], item: object, stop: threading.Event) -> None:
    """Queue an item, unless the consumer has stopped."""
    while not stop.is_set():
        try:
            results.put(item, timeout=0.2)
            return
        except queue.Full:
            continue


def drain(
    results: queue.Queue[DecodeResult | BaseException | None],
    producers: int,
    idle: Callable[[], None],
) -> Iterator[DecodeResult]:
    """Yield queued results until each producer has put its None. Raises queued exceptions."""
    while producers:
        try:
            item = results.get(timeout=POLL_SECONDS)
        except queue.Empty:
            idle()
            continue
        if item is None:
            producers -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item
