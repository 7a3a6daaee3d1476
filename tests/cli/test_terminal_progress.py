"""Bars in terminals, lines elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from explorer.cli.terminal_progress import TerminalProgress


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def test_without_a_terminal_there_is_a_line_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream, now = Stream(terminal=False), [100.0]
    monkeypatch.setattr(sys, "stderr", stream)
    with TerminalProgress(lambda: now[0]) as progress:
        for step in range(11):
            now[0] = 100.0 + step
            progress.show("Indexing", step, 2000)
        now[0] += 5
        progress.show("Looking for photos")
        now[0] += 5
        progress.bytes("Fetching clip")(3_000_000, 605_000_000)
        now[0] += 5
        progress.bytes("Fetching clip", then="Preparing clip")(605_000_000, 605_000_000)
    assert stream.getvalue().splitlines() == [
        "Indexing: 0 of 2,000",
        "Indexing: 5 of 2,000",
        "Indexing: 10 of 2,000",
        "Looking for photos…",
        "Fetching clip: 3 MB of 605 MB",
        "Preparing clip…",
    ]


def test_a_terminal_shows_a_bar_that_is_cleared_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    with TerminalProgress() as progress:
        progress.show("Looking for photos")
        progress.show("Indexing", 1, 4)
        progress.show("Indexing", 4, 4)
    drawn = stream.getvalue()
    assert "Looking for photos…" in drawn and "Indexing:" in drawn and "/4" in drawn
    assert "\n" not in drawn and drawn.endswith("\r")
    assert drawn.rsplit("\r", 2)[1].strip() == ""
