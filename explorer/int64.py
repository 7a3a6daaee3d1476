"""Fit numbers from file systems into SQLite's integers, which are signed 64-bit numbers."""

from __future__ import annotations

from hashlib import blake2b

MAX = (1 << 63) - 1


def time_ns(nanoseconds: int) -> int:
    """Clamp a file's time in Unix nanoseconds to the years 1677 to 2262. File systems have a wider
    range."""
    return max(-MAX - 1, min(MAX, nanoseconds))


def file_id(number: int) -> int:
    """Convert an inode number or file id; 0 means unknown.

    Ids of up to 64 bits keep their bits; longer ones (ReFS has 128 bits) are hashed.
    """
    if number >> 64 not in (0, -1):
        number = int.from_bytes(
            blake2b(number.to_bytes(32, "little", signed=True), digest_size=8).digest(), "little"
        )
    found = number % (1 << 64)
    if found > MAX:
        found -= 1 << 64
    # Windows sets all bits if there is no id.
    return 0 if found == -1 else found
