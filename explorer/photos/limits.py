"""How large a file may be before reading it would endanger the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from explorer.errors import OversizedPhoto

# A quarter of the free memory may go into one picture, at about 12 bytes a pixel (decoded,
# converted, scaled).
_SHARE, _BYTES_PER_PIXEL = 4, 12
# A picture of so many pixels, or a file of so many bytes, takes what the program has anyway; asking
# the system takes longer.
_ALWAYS_PIXELS, _ALWAYS_BYTES = 4_000_000, 16 << 20
# Where the system does not say how much is free.
_ASSUMED_FREE = 2 << 30
# Where Linux says what a container may have.
_GROUP = Path("/sys/fs/cgroup")


def free_memory() -> int:
    """Bytes of memory that can be had without swapping, as far as the system says, and within what
    this process's group may have."""
    return min(_free_on_machine(), _free_in_group())


def _free_on_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _free_by_psutil()


def _free_by_psutil() -> int:
    """On Windows and macOS, whose systems are asked in ways of their own."""
    import psutil

    try:
        return int(psutil.virtual_memory().available)
    except (psutil.Error, OSError, RuntimeError, AttributeError, ValueError):
        return _ASSUMED_FREE


def _free_in_group() -> int:
    """What a container leaves (control groups, version 2); without one, as good as endless. Cached
    file pages count as free."""
    try:
        limit = (_GROUP / "memory.max").read_text().strip()
        if limit == "max":
            return sys.maxsize
        figures = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        used = int((_GROUP / "memory.current").read_text()) - int(figures.get("file", 0))
        return max(0, int(limit) - max(0, used))
    except (OSError, ValueError):
        return sys.maxsize


def check_size(size: int) -> None:
    """Raises OversizedPhoto for a file of more bytes than a quarter of the free memory."""
    if size > _ALWAYS_BYTES and size > free_memory() // _SHARE:
        raise OversizedPhoto(
            f"the file has {size / 1e9:.1f} GB, more than can be read into this computer's free memory"
        )


def check_pixels(width: int, height: int) -> None:
    """Raises OversizedPhoto for a picture that would not fit into a quarter of the free memory."""
    if width * height <= _ALWAYS_PIXELS:
        return
    limit = free_memory() // _SHARE // _BYTES_PER_PIXEL
    if width * height > limit:
        megapixels, allowed = width * height / 1e6, limit / 1e6
        raise OversizedPhoto(
            f"it has {megapixels:,.0f} megapixels ({width} × {height}); this computer has memory for {allowed:,.0f} at the moment"
        )
