"""Which files on disk are those that the library knows; without reading them."""

from __future__ import annotations

import os
from typing import Any

import pytest

from explorer.indexing import reconcile
from explorer.indexing.reconcile import IN_CLOUD, Reconciler
from explorer.library import missing_files
from explorer.library.file_rows import EXCLUDED, FileStat
from explorer.library.missing_files import put_vanished
from explorer.library.stores.file_store import files_below, put_failed, put_missing, put_present
from explorer.library.stores.root_store import update_root
from explorer.library.writer import Writer
from explorer.scanning import root_scan
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.path_probes import device_of
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector
from explorer.systems.this_system import this_system
from tests.factory import LibraryBuilder

_MTIME, _WHOLE = 1_500_000_000_123_456_789, 1_500_000_000_000_000_000


class Known:
    """The builder's folder with `a.jpg`, which the library knows as it is on disk."""

    def __init__(self, builder: LibraryBuilder) -> None:
        self.builder, self.photos = builder, builder.library.dir.parent / "photos"
        self.photo = builder.put("a.jpg", "one")
        self.path = self.photos / "a.jpg"
        self.path.write_bytes(b"one")
        os.utime(self.path, ns=(_MTIME, _MTIME))
        self.record()

    def record(self, *, ctime_off: int = 0, inode_off: int = 0, mtime_ns: int = _MTIME) -> None:
        facts = self.path.stat()
        seen = FileStat(
            "a.jpg", 3, mtime_ns, facts.st_ino + inode_off, facts.st_ctime_ns + ctime_off
        )
        put_present(self.builder.writer, self.builder.root, seen, self.photo)

    def scan(self) -> tuple[IndexSummary, list[str]]:
        """The summary, and the paths of the files to be read."""
        summary = IndexSummary()
        found = Reconciler(
            self.builder.library.catalog,
            self.builder.writer,
            WriteDetector(),
            summary,
            lambda: None,
            DriveTimeouts(),
        )
        found.scan([ScanTarget(self.builder.root, str(self.photos))])
        assert summary.durations.keys() == {self.builder.root}
        return summary, [task.seen.path for task in found.new]


@pytest.fixture
def known(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> Known:
    for name in ("has_stable_inodes", "has_reliable_ctimes"):
        monkeypatch.setattr(root_scan, name, lambda path: True)
    return Known(builder)


@pytest.mark.parametrize("device", ["same", "another"])
@pytest.mark.parametrize("ctime_off", [0, -1])
def test_a_new_ctime_means_new_bytes_unless_another_drive_is_there(
    known: Known, device: str, ctime_off: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of a drive has the files' times, but ctimes of its own."""
    known.record(ctime_off=ctime_off)
    here = device_of(str(known.photos))
    update_root(
        known.builder.writer, known.builder.root, device=here if device == "same" else "another"
    )
    summary, new = known.scan()
    changed = device == "same" and ctime_off != 0
    assert new == (["a.jpg"] if changed else []) and summary.unchanged == (not changed)
    if not changed:
        (file,) = files_below(known.builder.writer, known.builder.root).values()
        assert file.ctime_ns == known.path.stat().st_ctime_ns
        # What is known already is not written again.
        monkeypatch.setattr(
            missing_files, "put_change_times", lambda *_: pytest.fail("it was written again")
        )
        assert known.scan()[1] == []


def test_files_in_the_cloud_count_as_moved_or_failed(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(this_system()), "is_in_cloud", lambda _, facts: True)
    recorded, real = list[str](), put_failed

    def record(writer: Writer, root_id: int, seen: FileStat, *why: Any) -> None:
        recorded.append(seen.path)
        real(writer, root_id, seen, *why)

    monkeypatch.setattr(reconcile, "put_failed", record)
    summary, new = known.scan()
    assert (summary.unchanged, summary.moved, summary.failed, new) == (1, 0, 0, [])
    known.path.rename(known.photos / "b.jpg")
    (known.photos / "c.jpg").write_bytes(b"of the cloud")
    summary, new = known.scan()
    assert (summary.unchanged, summary.moved, summary.failed, new) == (0, 1, 1, [])
    files = files_below(known.builder.writer, known.builder.root)
    assert files["b.jpg"].photo_id == known.photo and files["b.jpg"].state == "present"
    assert [row["reason"] for row in known.builder.library.catalog.failures()] == [IN_CLOUD]
    # It is recorded once, and again only if it is another one.
    assert known.scan()[0].failed == 1 and recorded == ["c.jpg"]
    (known.photos / "c.jpg").write_bytes(b"another of the cloud")
    assert known.scan()[0].failed == 1 and recorded == ["c.jpg", "c.jpg"]


def test_a_file_that_is_not_read_yet_is_recorded_once(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, layers = list[str](), known.photos / "layers.psd"
    real = put_failed

    def record(writer: Writer, root_id: int, seen: FileStat, *why: Any) -> None:
        recorded.append(seen.path)
        real(writer, root_id, seen, *why)

    monkeypatch.setattr(reconcile, "put_failed", record)
    for content, number in ((b"8BPS", 1), (b"8BPS", 1), (b"8BPS again", 2), (b"8BPS again", 2)):
        if not layers.exists() or layers.read_bytes() != content:
            layers.write_bytes(content)
        summary, new = known.scan()
        assert (summary.failed, summary.unchanged, new) == (1, 1, [])
        assert recorded == ["layers.psd"] * number


def test_a_file_that_could_not_be_read_is_read_again_after_its_bytes_were_in_the_cloud(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = known.path.stat()
    seen = FileStat("a.jpg", 3, _MTIME, facts.st_ino, facts.st_ctime_ns)
    put_failed(known.builder.writer, known.builder.root, seen, "it is cut off", "damaged")
    assert known.scan()[1] == []
    with monkeypatch.context() as patch:
        patch.setattr(type(this_system()), "is_in_cloud", lambda _, facts: True)
        summary, new = known.scan()
    assert (summary.failed, new) == (1, [])
    assert [row["reason"] for row in known.builder.library.catalog.failures()] == [IN_CLOUD]
    assert known.scan()[1] == ["a.jpg"]


def test_moved_and_new_files_are_counted_apart(known: Known) -> None:
    known.path.rename(known.photos / "b.jpg")
    for name in ("c.jpg", "d.jpg"):
        (known.photos / name).write_bytes(name.encode())
        os.utime(known.photos / name, ns=(_MTIME + 1, _MTIME + 1))
    summary, new = known.scan()
    assert (summary.moved, summary.failed, new) == (1, 0, ["c.jpg", "d.jpg"])


@pytest.mark.parametrize("how", ["missing", "excluded", "vanished"])
def test_a_file_that_is_back_is_the_same_in_spite_of_its_new_ctime(known: Known, how: str) -> None:
    """Moving a file away and back changes its ctime."""
    known.record(ctime_off=-1)
    writer, files = known.builder.writer, files_below(known.builder.writer, known.builder.root)
    if how == "vanished":
        put_vanished(writer, files.values())
    else:
        put_missing(writer, files.values(), EXCLUDED if how == "excluded" else None)
    summary, new = known.scan()
    assert (summary.unchanged, new) == (1, [])
    (file,) = files_below(writer, known.builder.root).values()
    assert (file.state, file.gone_at, file.photo_id) == ("present", None, known.photo)


@pytest.mark.parametrize("stable", [False, True])
def test_another_inode_means_another_file_only_without_a_precise_time(
    known: Known, monkeypatch: pytest.MonkeyPatch, stable: bool
) -> None:
    monkeypatch.setattr(root_scan, "has_stable_inodes", lambda path: stable)
    known.record(inode_off=1)
    assert known.scan()[1] == []
    os.utime(known.path, ns=(_WHOLE, _WHOLE))
    known.record(inode_off=1, mtime_ns=_WHOLE)
    assert known.scan()[1] == (["a.jpg"] if stable else [])
