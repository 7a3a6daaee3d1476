"""File system numbers as SQLite's integers, which are signed and of 64 bits."""

from __future__ import annotations

from hashlib import blake2b

MOST = (1 << 63) - 1


def time_ns(nanoseconds: int) -> int:
    """A file's time, Unix nanoseconds; one before 1677 or after 2262 becomes the nearest that fits.
    File systems keep times far beyond."""
    return max(-MOST - 1, min(MOST, nanoseconds))


def file_id(number: int) -> int:
    """An inode or file id; 0 stands for “not known”. Ids of up to 64 bits are kept bit by bit;
    longer ones (ReFS has 128) by a hash."""
    if number >> 64 not in (0, -1):
        number = int.from_bytes(
            blake2b(number.to_bytes(32, "little", signed=True), digest_size=8).digest(), "little"
        )
    found = number % (1 << 64)
    if found > MOST:
        found -= 1 << 64
    # All bits set is how Windows says that there is no id.
    return 0 if found == -1 else found
