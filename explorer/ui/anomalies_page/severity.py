"""The severity of a finding, in a word."""

from __future__ import annotations

# Scores below these limits are severe and moderate.
_SEVERE, _MODERATE = 0.15, 0.35


def severity(score: float) -> str:
    """The severity for a score from 0 (worst) to 1: `severe`, `moderate` or `mild`."""
    if score < _SEVERE:
        return "severe"
    return "moderate" if score < _MODERATE else "mild"
