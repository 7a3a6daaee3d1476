"""A scheduler whose clocks are set by hand, with a watcher that only listens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.library.rows import RootRow
from explorer.library.stores.root_store import add_root
from explorer.scanning import scheduler as module
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from explorer.scanning.watch import ChangedFolder
from explorer.systems.this_system import this_system
from tests.factory import LibraryBuilder
from tests.fixtures.drives import UnresponsiveDrives


class ListeningWatcher:
    """A watcher that writes down what it is told."""

    def __init__(self, excluded: str) -> None:
        self.excluded, self.answer = excluded, None
        self.watched, self.unwatched = dict[str, IgnoreRules](), list[str]()
        self.queued = list[tuple[ChangedFolder, float]]()
        self.stale, self.dead = set[str](), set[str]()

    def watch(self, root: str, rules: IgnoreRules) -> str | None:
        self.watched[root] = rules
        return self.answer

    def unwatch(self, root: str) -> None:
        self.unwatched.append(root)

    def requeue(self, changed: ChangedFolder, delay: float = 0.0) -> None:
        self.queued.append((changed, delay))

    def due(self) -> list[ChangedFolder]:
        return [changed for changed, _ in self.queued]

    def roots_with_changed_rules(self) -> set[str]:
        return self.stale

    def lost(self, root: str) -> bool:
        return root in self.dead

    def close(self) -> None:
        pass


class Scheduling:
    """A scheduler of two folders, `photos` and `other`, both of which are watched."""

    def __init__(self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.asleep = 1000.0, 0.0
        clocks = SimpleNamespace(
            monotonic=lambda: self.now, time=lambda: self.now + self.asleep + 1e9
        )
        monkeypatch.setattr(module, "time", clocks)
        monkeypatch.setattr(type(this_system()), "awake_seconds", lambda _: self.now)
        monkeypatch.setattr(module, "Watcher", ListeningWatcher)
        self.reasons = dict[str, str]()
        monkeypatch.setattr(module, "reason_to_poll", self.reasons.get)
        self.builder, self.photos = builder, builder.library.dir.parent / "photos"
        self.other = self.photos.with_name("other")
        self.other.mkdir()
        self.ids = {
            self.photos: builder.root,
            self.other: add_root(builder.writer, str(self.other)),
        }
        self.drives = UnresponsiveDrives()
        self.made = ScanScheduler(builder.library, builder.writer, self.drives)
        watcher = self.made._watcher
        assert isinstance(watcher, ListeningWatcher)
        self.watcher: ListeningWatcher = watcher

    def due(self) -> set[Path]:
        """The roots that are due."""
        targets = self.made.due_roots()
        assert all(target.folder == "" and target.recursive for target in targets)
        assert [target.root_id for target in targets] == [
            self.ids[Path(target.root)] for target in targets
        ]
        return {Path(target.root) for target in targets}

    def scan(self, *roots: Path, offline: Sequence[Path] = (), took: float = 1.0) -> None:
        """Report that these roots were scanned in full."""
        summary = IndexSummary()
        summary.offline.update(map(str, offline))
        summary.durations.update({self.ids[root]: took for root in roots})
        targets = [ScanTarget(self.ids[root], str(root)) for root in roots]
        self.made.scanned(targets, summary, full=True)

    def start(self) -> None:
        """Scan everything for the first time."""
        assert self.due() == {self.photos, self.other}
        self.scan(self.photos, self.other)
        assert self.due() == set()

    def go(self, seconds: float) -> set[Path]:
        """Wait, and return the roots that are due then."""
        self.now += seconds
        return self.due()

    def row(self, root: Path) -> RootRow:
        (found,) = [row for row in self.builder.library.catalog.roots() if row["path"] == str(root)]
        return found

    def changed(self, folder: str, *, below: bool, root: Path | None = None) -> ChangedFolder:
        root = root or self.photos
        return ChangedFolder(str(root), str(root / folder), below)

    def targets(self, *changed: ChangedFolder) -> set[tuple[str, bool]]:
        """The folders to be scanned, and whether recursively."""
        found = self.made.targets(changed)
        assert len(found) == len(set(found))
        return {(target.folder, target.recursive) for target in found}
