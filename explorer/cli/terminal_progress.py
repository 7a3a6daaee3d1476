"""Show progress on standard error: a tqdm bar in a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tqdm import tqdm

# Seconds between lines if standard error is not a terminal.
_LINE_EVERY = 5.0


class TerminalProgress:
    """Shows the progress of a command. `clear` removes the bar, so that other output starts on a
    new line.

    clock: returns monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._last = clock, -_LINE_EVERY
        self._terminal = sys.stderr.isatty()
        self._bar: tqdm[None] | None = None

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(
        self, text: str, done: int = 0, total: int | None = None, *, unit: str = "photo"
    ) -> None:
        """Show progress. text: the current activity. total: None or 0 while unknown. unit: the noun
        for what is counted; `B` for bytes."""
        if self._terminal:
            self._draw(text, done, total, unit)
        elif self._clock() - self._last >= _LINE_EVERY:
            self._last = self._clock()
            amount = f": {_amount(done, unit)} of {_amount(total, unit)}" if total else "…"
            sys.stderr.write(f"{text}{amount}\n")
            sys.stderr.flush()

    def bytes(self, text: str, then: str = "") -> Callable[[int, int | None], None]:
        """A callback for downloads, which takes the bytes downloaded so far and the total, if
        known. then: the activity to show once the download is complete."""

        def show(done: int, total: int | None) -> None:
            if then and total and done >= total:
                self.show(then)
            else:
                self.show(text, done, total, unit="B")

        return show

    def _draw(self, text: str, done: int, total: int | None, unit: str) -> None:
        if self._bar is None or self._bar.desc != text or self._bar.total != (total or None):
            self.clear()
            # Disables tqdm's monitor thread: every bar here is updated often enough.
            tqdm.monitor_interval = 0
            self._bar = tqdm(
                desc=text,
                total=total or None,
                file=sys.stderr,
                leave=False,
                unit=unit if unit == "B" else f" {unit}s",
                unit_scale=unit == "B",
                dynamic_ncols=True,
                mininterval=0.2,
                bar_format=None if total else "{desc}…",
            )
        self._bar.update(done - self._bar.n)

    def clear(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _amount(number: int, unit: str) -> str:
    return f"{number / 1e6:,.0f} MB" if unit == "B" else f"{number:,}"
