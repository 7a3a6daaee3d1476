"""How the app follows changes to many files at once in watched folders: files that are copied in,
moved within a folder, moved to another folder, copied again, and deleted.

    python run.py bench watching [--photos 10000] [--encoder NAME] [--keep DIR]

It generates small photos, starts the indexer like the app, and copies them into a watched folder
with the system's `cp -r` (on Windows: with Python). The whole tree is then moved within its folder,
moved to another watched folder and copied again, and the copy is deleted. For each step, it prints
the seconds from its end until the library matches the disk, how many photos were encoded, and the
maximum memory of the indexer and of its decoders. At the end, the library is verified. The exit
code is 1 if a file was lost or duplicated, a photo was encoded again, or verification fails.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from explorer.indexing.verification.verify import verify
from explorer.indexing.worker_client import start_worker, stop_worker
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.library.stores.worker_store import worker_status

# The number of photos in a folder.
_ALBUM = 500
# The seconds between two measurements of the memory, and the time limit of a step per photo.
_MEMORY_INTERVAL, _SECONDS_PER_PHOTO = 0.2, 0.5


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.watching", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--photos", type=int, default=10_000, metavar="N", help="number of photos (default: 10,000)"
    )
    parser.add_argument(
        "--encoder", default="starter", metavar="NAME", help="the model to use (default: starter)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="work in this new folder and keep it"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        return _Scenario(args.keep or Path(scratch), args.photos, args.encoder).run()


class _Scenario:
    def __init__(self, place: Path, number: int, encoder: str) -> None:
        self._number, self._encoder = number, encoder
        self._source, self._one, self._two = (place / name for name in ("source", "one", "two"))
        for folder in (self._source, self._one, self._two):
            folder.mkdir(parents=True)
        self._library = Library.open(place / "library")
        self._faults = list[str]()

    def run(self) -> int:
        make(self._source, self._number)
        for root in (self._one, self._two):
            send_command(self._library.catalog, "add", str(root))
        worker = start_worker(self._library.dir, encoder=self._encoder, offline=True)
        try:
            self._wait(lambda: len(self._library.catalog.roots()) == 2, "the folders")
            self._steps(worker.pid)
        finally:
            stop_worker(worker, timeout=60)
            report = verify(self._library)
            self._library.close()
        self._faults += [f"verify: {problem.text}" for problem in report.problems]
        print(f"verify: {len(report.problems)} problems; faults: {len(self._faults)}")
        for fault in self._faults[:50]:
            print(fault)
        return int(bool(self._faults))

    def _steps(self, pid: int) -> None:
        self._step(
            pid, "copied in", lambda: _copy(self._source, self._one / "copy"), encoded=self._number
        )
        self._step(pid, "moved inside", lambda: (self._one / "copy").rename(self._one / "moved"))
        self._step(
            pid, "moved to the other", lambda: (self._one / "moved").rename(self._two / "moved")
        )
        self._step(pid, "copied again", lambda: _copy(self._two / "moved", self._one / "again"))
        # These are half of all files, so their removal has to be confirmed.
        self._step(pid, "copy deleted", lambda: self._forget(self._one / "again"))

    def _forget(self, folder: Path) -> None:
        shutil.rmtree(folder)
        time.sleep(2)
        send_command(self._library.catalog, "forget", str(self._one))

    def _step(self, pid: int, what: str, action: Callable[[], object], encoded: int = 0) -> None:
        """Carry out a step, wait until the library matches the disk, and print the results."""
        before, change = self._ids(), self._library.catalog.encoders()
        known = sum(number for _, _, _, number in change)
        with _Memory(pid) as memory:
            began = time.monotonic()
            action()
            done = time.monotonic()
            self._wait(self._follows, what)
            seconds = time.monotonic() - done
        after = self._ids()
        new = len(set(after.values()) - set(before.values()))
        total = sum(number for _, _, _, number in self._library.catalog.encoders()) - known
        # A photo that keeps its id was not encoded again: with a single encoder, a vector is only
        # computed when its photo is added.
        kept = len(set(before.values()) & set(after.values()))
        print(
            f"{what:<20} {done - began:6.1f} s to do, followed {seconds:6.1f} s later; {new:,}"
            f" photos encoded, {kept:,} kept;"
            f" indexer {memory.worker / 1e6:,.0f} MB, decoders {memory.decoders / 1e6:,.0f} MB"
        )
        if (new, total) != (encoded, encoded):
            self._faults.append(f"{what}: {new:,} photos encoded, not {encoded:,}")
        on_disk = self._on_disk()
        if set(after) != on_disk:
            self._faults.append(
                f"{what}: {len(on_disk - set(after)):,} files lost, {len(set(after) - on_disk):,}"
                f" too many"
            )
        if len(set(after.values())) != self._number:
            self._faults.append(
                f"{what}: {len(set(after.values())):,} different photos, not {self._number:,}"
            )

    def _follows(self) -> bool:
        worker = worker_status(self._library.catalog)
        if (
            worker is None
            or worker["phase"] != "watching"
            or waiting_commands(self._library.catalog)
        ):
            return False
        return (
            self._library.catalog.counts().files == len(self._on_disk())
            and set(self._ids()) == self._on_disk()
        )

    def _ids(self) -> dict[str, int]:
        """The paths of all files that the library shows as present, with their photo ids."""
        with self._library.catalog.reading() as db:
            rows = db.execute(
                "select r.path || '/' || f.path, f.photo_id from file f join root r on r.id ="
                " f.root_id"
                " where f.state = 'present' and f.gone_at is null"
            ).fetchall()
        return {str(path): int(photo) for path, photo in rows}

    def _on_disk(self) -> set[str]:
        return {str(path) for root in (self._one, self._two) for path in root.rglob("*.jpg")}

    def _wait(self, until: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 60 + _SECONDS_PER_PHOTO * self._number
        while not until():
            if time.monotonic() > end:
                raise SystemExit(
                    f"timed out waiting for “{what}”: {self._library.catalog.counts()},"
                    f" {worker_status(self._library.catalog)}"
                )
            time.sleep(0.25)


class _Memory:
    """Measures the maximum resident memory, in bytes, of a process and of its children together
    during a `with` block."""

    def __init__(self, pid: int) -> None:
        self._process, self._stop = psutil.Process(pid), threading.Event()
        self.worker = self.decoders = 0
        self._thread = threading.Thread(target=self._measure, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._stop.wait(_MEMORY_INTERVAL):
            # A decoder may end while it is measured.
            with contextlib.suppress(psutil.Error):
                self.worker = max(self.worker, self._process.memory_info().rss)
                self.decoders = max(
                    self.decoders,
                    sum(child.memory_info().rss for child in self._process.children()),
                )


def make(folder: Path, number: int) -> None:
    """Generate small photos, all different, in albums."""
    for seed in range(number):
        album = folder / f"album {seed // _ALBUM:03}"
        album.mkdir(exist_ok=True)
        picture = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(picture).resize((320, 240), Image.Resampling.BICUBIC).save(
            album / f"{seed:06}.jpg", quality=85
        )


def _copy(source: Path, target: Path) -> None:
    if sys.platform == "win32":
        shutil.copytree(source, target)
    else:
        subprocess.run(["cp", "-r", str(source), str(target)], check=True)


if __name__ == "__main__":
    sys.exit(main())
