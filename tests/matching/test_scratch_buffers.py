from __future__ import annotations

import threading

import numpy as np

from explorer.matching.scratch_buffers import ScratchBuffers


def test_the_memory_of_an_array_is_reused_if_it_is_large_enough() -> None:
    buffers = ScratchBuffers()
    first = buffers.take("a", (3, 4))
    assert first.shape == (3, 4) and first.dtype == np.float32
    smaller, same = buffers.take("a", (2, 3)), buffers.take("a", (4, 3))
    assert smaller.shape == (2, 3) and same.shape == (4, 3)
    assert np.shares_memory(first, smaller) and np.shares_memory(first, same)
    larger = buffers.take("a", (4, 4))
    assert larger.shape == (4, 4) and not np.shares_memory(first, larger)
    assert np.shares_memory(larger, buffers.take("a", (1, 1)))
    assert not np.shares_memory(larger, buffers.take("b", (4, 4)))


def test_each_thread_has_its_own() -> None:
    buffers, found = ScratchBuffers(), list[np.ndarray]()
    mine = buffers.take("a", (3, 4))
    thread = threading.Thread(target=lambda: found.append(buffers.take("a", (3, 4))))
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, found[0])
