"""How long an answer about a large library may be shown while indexing continues."""

from __future__ import annotations

# Answers that take no longer than this are computed again each time, in seconds.
_QUICK = 0.4
# No answer is kept longer than this, in seconds.
_MAX_AGE = 20.0


def acceptable_age(took: float) -> float:
    """Seconds for which to keep an answer that took this many seconds to compute.

    A library that is being indexed changes all the time; paging through it must not wait for a new
    answer each time.
    """
    return min(_MAX_AGE, 5 * max(0.0, took - _QUICK))
