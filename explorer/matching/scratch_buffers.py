"""Reusable arrays for intermediate results."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class ScratchBuffers(threading.local):
    """Arrays for intermediate results, one set per thread.

    Allocating arrays of this size each time costs more than the computations on them.
    """

    def __init__(self) -> None:
        self._buffers = dict[str, Floats]()

    def take(self, name: str, shape: tuple[int, ...]) -> Floats:
        """The array of that name in this shape, (height, width), with arbitrary content.

        It shares its memory with the array taken under that name before.
        """
        size = shape[0] * shape[1]
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = self._buffers[name] = np.empty(size, np.float32)
        return buffer[:size].reshape(shape)
