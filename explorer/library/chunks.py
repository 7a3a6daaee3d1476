"""Split long lists, so that no transaction takes long and no statement has too many values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Consecutive slices of a sequence, of `size` items each; the last may be shorter."""
    return (items[start : start + size] for start in range(0, len(items), size))
