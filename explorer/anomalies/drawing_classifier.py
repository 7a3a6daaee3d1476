"""Linear classifier that tells drawings from photos by their vectors. Trained for the `starter`
encoder (`data/README.md`); for other encoders, quality metrics alone decide."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
NOT_DRAWN = -99.0
"""Log-odds of what is certainly a photo; also used where nothing is known."""
_FOLDER = Path(__file__).parent / "data"


@functools.cache
def _learned(name: str, version: str) -> tuple[Floats, float] | None:
    """Weights (dim,) and bias for an encoder's vectors; None if the classifier was not trained for
    it, or for another version of it."""
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
    """Log-odds of each picture being a drawing, (n,): 0 if both are equally likely, `NOT_DRAWN`
    for unknown encoders.

    name, version: of the encoder. vectors: (n, dim), unit length.
    """
    learned = _learned(name, version)
    if learned is None:
        return np.full(len(vectors), NOT_DRAWN, np.float32)
    weights, bias = learned
    return np.asarray(vectors @ weights + bias, np.float32)
