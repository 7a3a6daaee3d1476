"""For how long an answer about a large library is good enough, though photos have come since."""

from __future__ import annotations

# Of what took this many seconds or less, a new answer is no trouble; and no answer is kept for
# longer than that.
_AT_ONCE, _LONGEST = 0.4, 20.0


def patience(took: float) -> float:
    """Seconds for which an answer that took so many seconds is kept: while a large library is being
    indexed, it changes all the time, and whoever leafs through its pages must not wait for each of
    them."""
    return min(_LONGEST, 5 * max(0.0, took - _AT_ONCE))
