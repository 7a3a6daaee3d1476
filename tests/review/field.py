"""A library over a real folder of small files, for tests of what removes them: contents are a few bytes, no picture need be drawn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from explorer.errors import Fault
from explorer.library.library import Library
from explorer.library.pairs import PAIRS_VERSION, Kind, Pair, put_pairs
from explorer.library.writer import Seen, Writer
from explorer.photos.decode import content_hash
from explorer.review.outcome import Removal
from tests.factory import decoded

# A file: its bytes (or where a link leads), its times and what kind of thing it is.
Tree = dict[str, tuple[str, bytes, int]]


class Field:
    """base: holds everything. photos: the watched folder."""

    def __init__(self, base: Path) -> None:
        self.base, self.photos = base, base / "photos"
        self.photos.mkdir(parents=True)
        self.library = Library.open(base / "library")
        writer = Writer(self.library.catalog)
        self.root = writer.add_root(str(self.photos))
        writer.close()
        self._clock = 1_500_000_000_000_000_000

    def close(self) -> None:
        self.library.close()

    def put(self, path: str, content: str) -> str:
        """A file with that content, with times of its own; gives its absolute path."""
        self.beside(path, content)
        return self.know(path)

    def link(self, path: str, to: str, *, hard: bool) -> str:
        """Another name of a file: a hard link, or a symbolic one that leads there relatively."""
        target = self.photos / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if hard:
            os.link(self.photos / to, target)
        else:
            target.symlink_to(os.path.relpath(self.photos / to, target.parent))
        return self.know(path)

    def know(self, path: str) -> str:
        """Have the library know the file as it is now."""
        target = self.photos / path
        data, facts = target.read_bytes(), target.stat()
        writer = Writer(self.library.catalog)
        try:
            with writer.transaction():
                digest = content_hash(data)
                photo_id = writer.photo_of(digest)
                if photo_id is None:
                    photo_id = writer.add_photo(digest, len(data), decoded())
                writer.put_present(self.root, Seen(path, facts.st_size, facts.st_mtime_ns, facts.st_ino), photo_id)
        finally:
            writer.close()
        return str(target)

    def fail(self, path: str, content: str, reason: str = "it is no photo", fault: Fault | None = "foreign") -> str:
        """A file that the library could not read as a photo, through its own fault unless said otherwise."""
        target = self.photos / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        facts = target.stat()
        writer = Writer(self.library.catalog)
        writer.put_failed(self.root, Seen(path, facts.st_size, facts.st_mtime_ns, facts.st_ino), reason, fault)
        writer.close()
        return str(target)

    def beside(self, path: str, content: str) -> None:
        """A file that is no photo, with that content and times of its own: the library does not know it."""
        target = self.photos / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        self._clock += 1_234_567_891
        os.utime(target, ns=(self._clock, self._clock + 7))

    def pair(self, one: str, other: str, kind: Kind = "picture") -> None:
        """Have the library have compared two files, with that result."""
        ids = [self.library.catalog.photo_id(bytes.fromhex(digest(self.photos / path))) for path in (one, other)]
        a, b = sorted(number for number in ids if number is not None)
        writer = Writer(self.library.catalog)
        put_pairs(writer, [Pair(a, b, kind, 0.98, {})], PAIRS_VERSION)
        writer.close()

    def hold(self, path: str, contents: str | None) -> None:
        """Have the library know that of what the file holds beside its picture (packed), or nothing."""
        writer = Writer(self.library.catalog)
        writer.run("update photo set contents = ? where hash = ?", (contents, bytes.fromhex(digest(self.photos / path))))
        writer.close()

    def removal(self, path: str, keeper: str | None, **other: Any) -> Removal:
        """The removal of that file for the sake of that other, by the contents they have now."""
        return Removal(
            str(self.photos / path),
            digest(self.photos / path),
            None if keeper is None else str(self.photos / keeper),
            None if keeper is None else digest(self.photos / keeper),
            **other,
        )

    def tree(self) -> Tree:
        return tree(self.photos)


def digest(path: Path) -> str:
    return content_hash(path.read_bytes()).hex()


def tree(folder: Path) -> Tree:
    """Everything below a folder, by its relative path."""
    found: Tree = {}
    for here, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(here, name)
            facts = os.lstat(path)
            relative = os.path.relpath(path, folder)
            if path.is_symlink():
                found[relative] = ("link", os.fsencode(path.readlink()), facts.st_mtime_ns)
            elif path.is_dir():
                found[relative] = ("folder", b"", 0)
            else:
                found[relative] = ("file", path.read_bytes(), facts.st_mtime_ns)
    return found
