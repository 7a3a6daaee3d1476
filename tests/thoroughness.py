"""How much is tried in tests whose cases are drawn at random: what takes CI a minute, or what a
release deserves (`python run.py test --hypothesis-profile=thorough`)."""

from __future__ import annotations

from hypothesis import settings

THOROUGH = "thorough"


def times(usual: int, thorough: int) -> int:
    """The number of examples, kills or rounds under the profile that is loaded. To be called by
    test modules, which are imported after it."""
    return thorough if settings.get_current_profile_name() == THOROUGH else usual
