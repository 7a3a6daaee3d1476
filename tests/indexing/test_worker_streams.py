"""What the worker process writes to standard error, and what the end of its input means."""

from __future__ import annotations

import logging
import os
import sys
import threading

import pytest

from explorer.indexing import worker as module


def test_messages_are_one_line_but_tracebacks_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers = list[logging.Handler]()
    monkeypatch.setattr(
        logging, "basicConfig", lambda level, **options: handlers.extend(options["handlers"])
    )
    module._log_to_stderr()
    (handler,) = handlers
    record = logging.LogRecord("explorer", logging.WARNING, "", 1, "one\ntwo", (), None)
    assert "\n" not in handler.format(record) and handler.format(record).startswith("explorer: one")
    try:
        raise ValueError("odd")
    except ValueError:
        record.exc_info = sys.exc_info()
    assert handler.format(record).count("\n") > 1


def test_the_end_of_the_input_stops_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()

    class Input:
        @staticmethod
        def fileno() -> int:
            return reading

    monkeypatch.setattr(sys, "stdin", Input)
    stop = threading.Event()
    thread = threading.Thread(target=module._stop_at_end_of_input, args=(stop,))
    thread.start()
    os.write(writing, b"x")
    assert not stop.is_set()
    os.close(writing)
    thread.join(30)
    os.close(reading)
    assert stop.is_set()
