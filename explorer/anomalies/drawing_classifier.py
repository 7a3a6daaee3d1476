"""Whether a picture is drawn, by its vector: learned for the starter's vectors (`data/README.md`);
for others the figures alone decide."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
# The odds' logarithm of what is surely a photo, and of what nothing is known of.
NOT_DRAWN = -99.0
_FOLDER = Path(__file__).parent / "data"


@functools.cache
def _learned(name: str, version: str) -> tuple[Floats, float] | None:
    """Weights and bias for the vectors of that encoder; None where nothing was learned for it, or
    for other weights of it."""
    path = _FOLDER / f"drawn-{name}.npz"
    if not name.isalnum() or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        return (
            (stored["weights"], float(stored["bias"]))
            if str(stored["version"]) == version
            else None
        )


def drawing_log_odds(name: str, version: str, vectors: Floats) -> Floats:
    """How much more likely each picture is drawn than taken: the logarithm of the odds, 0 where
    both are as likely.

    vectors: (n, dim), unit length. Far below 0 where nothing is known of that encoder's vectors.
    """
    learned = _learned(name, version)
    if learned is None:
        return np.full(len(vectors), NOT_DRAWN, np.float32)
    weights, bias = learned
    return np.asarray(vectors @ weights + bias, np.float32)
