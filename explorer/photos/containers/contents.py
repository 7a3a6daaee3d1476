"""The contents of a file besides its first picture: pages, frames, further pictures, a video, maps.

They are stored in the catalog, and compared before a file is removed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

ContentKind = Literal[
    "page",
    "frame",
    "picture",
    "film",
    "audio",
    "gain map",
    "depth map",
    "auxiliary image",
    "layers",
    "data",
    "sensor data",
]
"""As the catalog stores it. film: a video."""
KINDS: tuple[ContentKind, ...] = get_args(ContentKind)

# The number of parts listed individually. A file with more, such as a scanned book, has one digest
# for the rest.
MAX_PARTS = 1000
_DIGEST_LENGTH = 32


class ContentPart(NamedTuple):
    """One part of a file."""

    kind: ContentKind
    digest: str
    """32 hexadecimal digits, equal for parts with the same content: a hash of the pixels for pages
    and frames that can be decoded, of the bytes for everything else."""
    number: int = 1
    """The number of items that it stands for, at least 1; an animation is one part."""


@dataclass(frozen=True)
class FileContents:
    """The contents of a file besides its first picture."""

    parts: tuple[ContentPart, ...] = ()
    """In the order of the file."""
    complete: bool = True
    """False if part of the file could not be read."""

    @property
    def is_raw(self) -> bool:
        """Whether the file is a camera's RAW file, whose content is a single part of its own."""
        return any(part.kind == "sensor data" for part in self.parts)

    @property
    def weight(self) -> int:
        """The number of parts, plus one if part of the file could not be read. For choosing among
        files."""
        return len(self.parts) + (not self.complete)

    def packed(self) -> str:
        """JSON, for the catalog and for messages between processes."""
        return json.dumps({"parts": self.parts, "complete": self.complete}, separators=(",", ":"))

    @classmethod
    def unpacked(cls, text: str) -> FileContents:
        """The inverse of `packed`. Raises ValueError for anything else."""
        if text == NOTHING_PACKED:
            return NOTHING
        stored = json.loads(text)
        try:
            parts, complete = (
                tuple(ContentPart(*part) for part in stored["parts"]),
                stored["complete"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not the contents of a file") from error
        if not isinstance(complete, bool) or not all(_is_sound(part) for part in parts):
            raise ValueError("not the contents of a file")
        return cls(parts, complete)

    def parts_missing_from(self, other: FileContents) -> list[ContentPart]:
        """The parts that the other file lacks, each as many times as it is missing."""
        return list((Counter(self.parts) - Counter(other.parts)).elements())

    def words(self) -> list[str]:
        """A description for the user: “3 pages” (including the first), “video inside”, “gain map”.
        Empty for a file with nothing but one picture."""
        found = Counter[ContentKind]()
        for part in self.parts:
            found[part.kind] += part.number
        words = [_phrase(kind, found[kind]) for kind in KINDS if found[kind]]
        return words if self.complete else [*words, "more, unreadable"]


def _is_sound(part: ContentPart) -> bool:
    digits = (
        isinstance(part.digest, str)
        and len(part.digest) == _DIGEST_LENGTH
        and set(part.digest) <= set("0123456789abcdef")
    )
    return digits and part.kind in KINDS and type(part.number) is int and part.number > 0


def _phrase(kind: ContentKind, number: int) -> str:
    if kind in ("page", "frame", "picture"):
        return f"{number + 1:,} {kind}s"
    if kind == "film":
        return "video inside" if number == 1 else f"{number:,} videos inside"
    uncounted = {
        "audio": "audio",
        "layers": "layers",
        "data": "other data",
        "sensor data": "RAW data",
    }
    if kind in uncounted:
        return uncounted[kind]
    return kind if number == 1 else f"{number:,} {kind}s"


def collect_contents(parts: Iterable[ContentPart], *, complete: bool = True) -> FileContents:
    """The contents with these parts. Those after the first MAX_PARTS are merged, one part per
    kind."""
    listed = list(parts)
    head, tail = listed[:MAX_PARTS], listed[MAX_PARTS:]
    for kind in KINDS:
        if some := [part for part in tail if part.kind == kind]:
            head.append(
                ContentPart(
                    kind,
                    digest_pieces(*(part.digest.encode() for part in some)),
                    sum(part.number for part in some),
                )
            )
    return FileContents(tuple(head), complete) if head or not complete else NOTHING


def digest_pieces(*pieces: bytes | memoryview) -> str:
    """The BLAKE2b hash of these pieces and their lengths, as 32 hexadecimal digits."""
    whole = hashlib.blake2b(digest_size=_DIGEST_LENGTH // 2)
    for piece in pieces:
        whole.update(len(piece).to_bytes(8, "little"))
        whole.update(piece)
    return whole.hexdigest()


def reason_to_keep(item: FileContents | None, kept: FileContents | None) -> str:
    """Why a file must not be removed in favor of the kept one; '' if the kept file has all of its
    contents.

    item, kept: None if unknown, because the file was indexed by an earlier release and has not been
    read again. Files with identical bytes need no such check.
    """
    if item is None:
        return "its contents besides the picture are not known until it has been read again"
    if not item.complete:
        return "it contains more than one picture, and not all of it can be read and compared"
    if item.is_raw or (kept is not None and kept.is_raw):
        return "a RAW file is replaced only by an identical file, and replaces nothing else"
    missing = item.parts_missing_from(kept or NOTHING)
    if not missing:
        return ""
    if kept is None:
        return (
            "the contents of the kept file besides the picture are not known until it has been read"
            " again"
        )
    return f"not all of its contents ({', '.join(item.words())}) are in the kept file"


NOTHING = FileContents()
NOTHING_PACKED = NOTHING.packed()
