"""How one photo differs from another, in words."""

from __future__ import annotations

from explorer.library.pairs import CopyRow


def in_words(relation: dict[str, object], keep: CopyRow, other: CopyRow, *, forwards: bool) -> str:
    """“half the size, turned by 90°”: what `other` is, seen from `keep`. forwards: the relation was written from `keep` to `other`."""
    words = list[str]()
    if (keep.width, keep.height) != (other.width, other.height):
        words.append(f"{other.width:,} × {other.height:,} pixels")
    return ", ".join(words) or "the same size"
