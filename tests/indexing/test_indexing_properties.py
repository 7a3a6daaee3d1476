"""Whatever is done to a folder between runs: the catalog is the disk, the index is the catalog, and
no id changes its picture."""

from __future__ import annotations

import colorsys
import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.fixtures.indexing import IndexingSetup
from tests.thoroughness import times
from tests.tiny import Tiny

CONTENTS = st.integers(0, 5)
NAMES = st.sampled_from(["a.png", "b.png", "c.png", "x/a.png", "x/b.png", "x/y/a.png"])
BROKEN = b"no photo at all"


def colour(content: int) -> str:
    return "#" + "".join(
        f"{round(255 * part):02x}" for part in colorsys.hsv_to_rgb(content / 6, 1, 1)
    )


class Folder(RuleBasedStateMachine):
    """`disk` is what the folder should hold: content by name, None for a broken file."""

    @initialize()
    def start(self) -> None:
        self.dir = Path(tempfile.mkdtemp())
        self.setup = IndexingSetup(self.dir)
        # Never empty, which would be taken for a drive that is away.
        (self.setup.photos / "note.txt").write_text("here")
        self.disk: dict[str, int | None] = {}
        self.ids: dict[int, int] = {}
        self.indexed = False

    def teardown(self) -> None:
        if hasattr(self, "setup"):
            self.setup.close()
            shutil.rmtree(self.dir)

    def path(self, name: str) -> Path:
        path = self.setup.photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.indexed = False
        return path

    @rule(name=NAMES, content=CONTENTS)
    def write(self, name: str, content: int) -> None:
        self.path(name)
        self.setup.paint(name, colour(content))
        self.disk[name] = content

    @rule(name=NAMES)
    def spoil(self, name: str) -> None:
        self.path(name).write_bytes(BROKEN)
        self.disk[name] = None

    @rule(name=NAMES, new=NAMES, keep_time=st.booleans())
    def copy(self, name: str, new: str, keep_time: bool) -> None:
        if name in self.disk and name != new:
            (shutil.copy2 if keep_time else shutil.copy)(self.path(name), self.path(new))
            self.disk[new] = self.disk[name]

    @rule(name=NAMES, new=NAMES)
    def rename(self, name: str, new: str) -> None:
        if name in self.disk and name != new:
            self.path(name).replace(self.path(new))
            self.disk[new] = self.disk.pop(name)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if name in self.disk:
            self.path(name).unlink()
            del self.disk[name]

    @rule()
    def index(self) -> None:
        summary = self.setup.run()
        assert summary.indexed + summary.unchanged + summary.moved + summary.failed == len(
            self.disk
        )
        assert not summary.unsettled
        self.indexed = True
        for name, photo in self.setup.present().items():
            content = self.disk[name]
            assert content is not None
            assert self.ids.setdefault(photo, content) == content, "an id has changed its picture"

    @invariant()
    def all_agree(self) -> None:
        if not getattr(self, "indexed", False):
            return
        present = self.setup.present()
        assert set(present) == {name for name, content in self.disk.items() if content is not None}
        assert {file["path"] for file in self.setup.library.catalog.failures()} == {
            str(self.setup.photos / name) for name, content in self.disk.items() if content is None
        }
        by_content: dict[int, set[int]] = {}
        for name, photo in present.items():
            by_content.setdefault(self.disk[name], set()).add(photo)  # type: ignore[arg-type]
        assert all(len(photos) == 1 for photos in by_content.values()), "two photos of one content"
        self.setup.agrees()
        tiny = Tiny()
        for content, (photo,) in by_content.items():
            stored = self.setup.index().get(photo)
            assert (
                stored is not None
                and abs(float(stored @ tiny.encode_texts(["red"])[0]) - _similarity(content)) < 1e-3
            )

    @rule()
    def index_twice(self) -> None:
        self.index()
        before = self.setup.encoder.encoded
        summary = self.setup.run()
        assert (
            summary.unchanged + summary.failed == len(self.disk)
            and self.setup.encoder.encoded == before
        )


_similarities: dict[int, float] = {}


def _similarity(content: int) -> float:
    """How like red a content is: as first computed from a picture of it, in the catalog's
    precision."""
    if content not in _similarities:
        rgb = [int(colour(content)[i : i + 2], 16) for i in (1, 3, 5)]
        tiny = Tiny()
        pixels = np.full((1, 32, 32, 3), rgb, np.uint8)
        stored = tiny.encode_images(pixels)[0].astype(np.float16).astype(np.float32)
        _similarities[content] = float(stored @ tiny.encode_texts(["red"])[0])
    return _similarities[content]


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=times(15, 75),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
