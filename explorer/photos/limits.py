"""Limit the size of files and pictures to what fits into free memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from explorer.errors import OversizedPhoto

# A picture may use a quarter of the free memory, at about 12 bytes per pixel (decoded, converted
# and resized).
_MEMORY_DIVISOR, _BYTES_PER_PIXEL = 4, 12
# Pictures and files up to this size are always accepted, because asking the system is slow.
_SMALL_PIXELS, _SMALL_BYTES = 4_000_000, 16 << 20
# Assumed if the system does not report its free memory.
_ASSUMED_FREE = 2 << 30
# Where Linux reports the limits of a container.
_CGROUP = Path("/sys/fs/cgroup")


# Why a file could not be read if memory ran out while it was decoded.
OUT_OF_MEMORY = "it needs more memory than this computer has free"
_LOW_MEMORY = (OUT_OF_MEMORY, "free memory: it has", "this computer has memory for")


def is_low_memory(reason: str) -> bool:
    """Whether a file could not be read for this reason because too little memory was free."""
    return any(words in reason for words in _LOW_MEMORY)


def free_memory() -> int:
    """The memory available without swapping, in bytes, within the limit of this process's
    container."""
    return min(_free_on_machine(), _free_in_cgroup())


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
    """For Windows and macOS."""
    import psutil

    try:
        return int(psutil.virtual_memory().available)
    except (psutil.Error, OSError, RuntimeError, AttributeError, ValueError):
        return _ASSUMED_FREE


def _free_in_cgroup() -> int:
    """The memory left within a container's limit (control groups, version 2); sys.maxsize if there
    is no limit. Cached file pages count as free."""
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        if limit == "max":
            return sys.maxsize
        figures = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        used = int((_CGROUP / "memory.current").read_text()) - int(figures.get("file", 0))
        return max(0, int(limit) - max(0, used))
    except (OSError, ValueError):
        return sys.maxsize


def check_size(size: int) -> None:
    """Raise OversizedPhoto for a file larger than a quarter of the free memory."""
    if size > _SMALL_BYTES and size > free_memory() // _MEMORY_DIVISOR:
        raise OversizedPhoto(
            f"the file is too large for this computer's free memory: it has {size / 1e9:.1f} GB"
        )


def check_pixels(width: int, height: int) -> None:
    """Raise OversizedPhoto for a picture that does not fit into a quarter of the free memory."""
    if width * height <= _SMALL_PIXELS:
        return
    limit = free_memory() // _MEMORY_DIVISOR // _BYTES_PER_PIXEL
    if width * height > limit:
        megapixels, allowed = width * height / 1e6, limit / 1e6
        raise OversizedPhoto(
            f"it has {megapixels:,.0f} megapixels ({width} × {height}); this computer has memory "
            f"for {allowed:,.0f} at the moment"
        )
