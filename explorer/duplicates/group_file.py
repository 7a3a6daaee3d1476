"""The files of a group of duplicates, built from catalog rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.library.queries.duplicate_rows import DuplicateRow
from explorer.photos.containers.contents import FileContents
from explorer.photos.decoded_photo import Precision
from explorer.photos.metadata.partial_dates import known_part
from explorer.removal.companions import NO_COMPANIONS, CompanionFinder, Companions
from explorer.systems import file_calls


@dataclass(frozen=True)
class GroupFile:
    """One file of a group. Two files with the same bytes are two files of one photo."""

    file_id: int
    """Key of the file in the catalog."""
    photo_id: int
    """Key of its content in the catalog; the same for files with the same bytes."""
    path: str
    """Absolute path."""
    bytes: int
    """File size."""
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""
    format: str
    """Pillow's name of the file format, such as `JPEG`."""
    taken_at: str | None
    """The capture date in ISO 8601, padded to a full date and time; see `taken_precision`."""
    camera: str | None
    """Camera model from the metadata."""
    relation: str = ""
    """How it differs from the file to keep, in words; '' for the file to keep."""
    score: float = 1.0
    """Pixel similarity after registration, 0 to 1."""
    protected: bool = False
    """Whether it is in a folder from which nothing is ever removed."""
    linked: bool = False
    """Whether it is a symbolic link, or a hard link to the bytes of another file of the group, so
    that removing it frees nothing."""
    metadata: int = 0
    """Number of metadata fields, such as date, place and camera."""
    modified: float = 0.0
    """Modification time of the file, Unix seconds."""
    symlink: bool = False
    """Whether the file is a symbolic link, which is never kept while a regular file exists."""
    companions: Companions = NO_COMPANIONS
    """Companion files beside it: videos, sidecars, RAW files."""
    inode_key: str = ""
    """Inode and root, the same for all names of the same bytes on disk; '' if unknown."""
    bordered: bool = False
    """Whether it is another photo of its group with a border added."""
    contents: FileContents | None = None
    """What the file contains besides its first picture; None if not read yet."""
    taken_precision: Precision | None = None
    """Which part of `taken_at` is known."""
    original: str = ""
    """Name of the photo in the same folder of which this is a version, judging by the file names;
    such a file is not offered for removal. '' if there is none, or if it does not matter."""

    @property
    def holds(self) -> tuple[str, ...]:
        """What the file contains besides its first picture, in words (“3 pages”, “video inside”);
        () for a single picture."""
        if self.contents is None:
            return ("possibly more than one picture: the file has not been read again yet",)
        return tuple(self.contents.words())

    @property
    def taken(self) -> str | None:
        """The known part of the capture date, in ISO 8601; None without a date."""
        return known_part(self.taken_at, self.taken_precision) if self.taken_at else None


class RelatedRow(NamedTuple):
    """A catalog row with its relation to the file to keep, in words, and their similarity."""

    row: DuplicateRow
    relation: str = ""
    score: float = 1.0


class GroupFileBuilder:
    """Builds `GroupFile`s from catalog rows, and caches folder listings between calls."""

    def __init__(self, protected: Callable[[str], bool]) -> None:
        """protected: whether a path is in a protected folder."""
        self._protected, self._companions = protected, CompanionFinder()

    def build(self, rows: Iterable[RelatedRow]) -> list[GroupFile]:
        """The files of one group, in the order given. If several are names of the same bytes on
        disk, all but the first are `linked`."""
        seen = set[tuple[str, int]]()
        files = list[GroupFile]()
        for related in rows:
            inode = (related.row.root, related.row.inode)
            files.append(self._file(related, linked=related.row.inode != 0 and inode in seen))
            seen.add(inode)
        return files

    def _file(self, related: RelatedRow, *, linked: bool) -> GroupFile:
        row = related.row
        symlink = file_calls.islink(row.path)
        return GroupFile(
            file_id=row.file_id,
            photo_id=row.photo_id,
            path=row.path,
            bytes=row.bytes,
            width=row.width,
            height=row.height,
            format=row.format,
            taken_at=row.taken_at,
            camera=row.camera,
            relation=related.relation,
            score=related.score,
            protected=self._protected(row.path),
            linked=linked or symlink,
            metadata=row.metadata,
            modified=row.mtime_ns / 1e9,
            symlink=symlink,
            companions=self._companions.of(row.path),
            inode_key=f"{row.inode} {row.root}" if row.inode else "",
            contents=row.contents,
            taken_precision=row.taken_precision,
        )
