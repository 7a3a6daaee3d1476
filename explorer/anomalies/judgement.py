"""Scores of photos for one kind of finding, and the curves that turn measurements into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.floating[Any]]


class Judgement(NamedTuple):
    """The scores of many photos for one kind of finding."""

    score: Floats
    """0 (worst) to 1 (fine) for each photo; below 0.5, a person would see the fault."""
    reason: Callable[[int], str]
    """Row → why, in a sentence."""
    brief: Callable[[int], str] = lambda row: ""
    """Row → why, in a few words for little space; '' if the sentence is short."""
    related: Callable[[int], tuple[int, ...]] = lambda row: ()
    """Row → ids of photos that explain it, the most similar first."""


def falling(values: Numbers, middle: Numbers | float, steepness: float) -> Floats:
    """Log-logistic curve: 1 for small values, 0.5 at the middle, 0 for large ones:
    1 / (1 + (value / middle)^steepness)."""
    ratio = np.maximum(values, 1e-6) / np.maximum(middle, 1e-6)
    return (1 / (1 + np.clip(ratio, 1e-4, 1e4) ** steepness)).astype(np.float32)


def rising(values: Numbers, middle: Numbers | float, steepness: float) -> Floats:
    """The opposite curve: 0 for small values, 0.5 at the middle, 1 for large ones."""
    return (1 - falling(values, middle, steepness)).astype(np.float32)
