"""Photo folders that keep changing, and the question that all fault tests end with: does the
library say what is on the disk?"""

from __future__ import annotations

import functools
import os
import random
from pathlib import Path

import numpy as np

from explorer.indexing.foreground import index_folders
from explorer.indexing.verification.verify import verify
from explorer.library.library import Library
from explorer.photos.decode import content_hash, decode
from tests import pictures
from tests.fixtures.old_files import make_old
from tests.tiny import Tiny

TINY = Tiny()
_NO_PHOTO = b"no photo at all, whatever its name says"


@functools.cache
def picture(seed: int) -> bytes:
    """A small photo; every seventh is cut off, and so indexed as damaged."""
    data = pictures.encoded(pictures.draw(seed, (96, 72)))
    return data[: len(data) * 3 // 4] if seed % 7 == 6 else data


class RandomFolders:
    """Two roots with photos in them, changed at random from a seed. All files look an hour old, so
    that no run waits for them to settle."""

    def __init__(self, place: Path, seed: int, start: int) -> None:
        self.roots = [place / "one", place / "two"]
        for root in self.roots:
            (root / "trip").mkdir(parents=True)
        self.random, self._next = random.Random(seed), 0
        for _ in range(start):
            self.create()
        # Contents that were never away since they were last looked for.
        self.steady: dict[bytes, int] = {}

    def files(self) -> list[Path]:
        return sorted(path for root in self.roots for path in root.rglob("*") if path.is_file())

    def _folder(self) -> Path:
        return self.random.choice(
            [
                folder
                for root in self.roots
                for folder in [root, *(p for p in root.rglob("*") if p.is_dir())]
            ]
        )

    def _new(self, suffix: str = ".jpg") -> Path:
        self._next += 1
        return self._folder() / f"{self._next}{suffix}"

    def _write(self, path: Path, data: bytes) -> None:
        if path.exists():
            self._away(path)
        path.write_bytes(data)
        make_old(path)

    def _away(self, path: Path) -> None:
        self.steady.pop(content_hash(path.read_bytes()), None)

    def create(self) -> None:
        path = self._new()
        self._write(path, _NO_PHOTO if self._next % 11 == 0 else picture(self._next))

    def copy(self) -> None:
        copy = self._new()
        copy.write_bytes(self.random.choice(self.files()).read_bytes())
        make_old(copy)

    def move(self) -> None:
        self.random.choice(self.files()).rename(self._new())

    def move_folder(self) -> None:
        folder = self._folder()
        if folder not in self.roots:
            self._next += 1
            folder.rename(self.random.choice(self.roots) / f"folder {self._next}")

    def edit(self) -> None:
        self._next += 1
        self._write(self.random.choice(self.files()), picture(self._next))

    def replace(self) -> None:
        """As editors save: write beside, then rename over."""
        self._next += 1
        path = self.random.choice(self.files())
        self._away(path)
        beside = path.with_name(f".{self._next}.tmp")
        beside.write_bytes(picture(self._next))
        make_old(beside)
        beside.replace(path)

    def delete(self) -> None:
        path = self.random.choice(self.files())
        self._away(path)
        path.unlink()

    def change(self) -> None:
        """One thing happens."""
        happens = [
            self.create,
            self.create,
            self.copy,
            self.move,
            self.move,
            self.move_folder,
            self.edit,
            self.replace,
        ]
        self.random.choice([*happens, self.delete] if len(self.files()) > 20 else [self.create])()


def index(library: Library, folders: RandomFolders) -> None:
    """One run to the end. That so many files vanish is not to be wondered at here."""
    index_folders(
        library, [str(root) for root in folders.roots], TINY, lambda _: None, forget_missing=True
    )


def check(library: Library, folders: RandomFolders) -> None:
    """After a whole run: every file is accounted for once, vectors are those of the pixels, ids
    have stayed, and `verify` agrees."""
    on_disk = {str(path): path.read_bytes() for path in folders.files()}
    with library.catalog.reading() as db:
        rows = db.execute(
            "select r.path || '/' || f.path path, f.state, f.reason, p.id, p.hash, p.present,"
            " p.damaged, e.vector from file f"
            " join root r on r.id = f.root_id left join photo p on p.id = f.photo_id left join"
            " embedding e on e.photo_id = p.id"
            " where f.state <> 'missing'"
        ).fetchall()
        (double,) = db.execute("select count(*) - count(distinct hash) from photo").fetchone()
    assert double == 0
    held = [row["path"] for row in rows]
    assert len(held) == len(set(held))
    assert set(held) == set(on_disk), (set(held) - set(on_disk), set(on_disk) - set(held))
    for row in rows:
        data = on_disk[row["path"]]
        if data == _NO_PHOTO:
            assert (row["state"], row["id"]) == ("failed", None)
            assert row["reason"]
            continue
        assert (row["state"], row["reason"], row["hash"]) == (
            "present",
            None,
            content_hash(data),
        ), row["path"]
        photo = decode(data, TINY.spec)
        assert photo.input is not None
        assert row["damaged"] == photo.damaged
        assert (
            row["vector"] == TINY.encode_images(photo.input[None])[0].astype(np.float16).tobytes()
        ), row["path"]
    ids = {row["hash"]: row["id"] for row in rows if row["id"]}
    assert {digest: ids.get(digest) for digest in folders.steady} == folders.steady
    folders.steady = ids
    sound(library, thorough=True, settled=True)


def sound(library: Library, *, thorough: bool = False, settled: bool = False) -> None:
    """`verify` finds nothing wrong. settled: and nothing that the next run would change."""
    report = verify(library, thorough=thorough)
    assert not report.problems, report.problems
    assert not (settled and report.notes), report.notes


def size_of(folder: Path) -> int:
    return sum(os.stat(path).st_size for path in folder.rglob("*") if path.is_file())
