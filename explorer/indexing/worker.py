"""The one process that writes: it scans, watches and indexes until it is told to stop.

    python -m explorer.indexing.worker --library DIR [--encoder NAME] [--offline]

The server starts it and holds the other end of its standard input: when that closes, for whatever reason, the worker ends.
Everything it has to say goes into the catalog's `worker` row, everything it is told comes as `command` rows.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from explorer.encoders.base import Encoder
from explorer.errors import ExplorerError, FolderError, LibraryLocked
from explorer.indexing.compare import Place, Tally
from explorer.indexing.decode_pool import DecodePool
from explorer.indexing.once import load_encoder
from explorer.indexing.pipeline import Indexer, Progress
from explorer.indexing.rules import ignored
from explorer.indexing.stages import stages
from explorer.indexing.watch import Spot, Watcher
from explorer.library.library import Library
from explorer.library.paths import to_text
from explorer.library.rows import Phase
from explorer.library.writer import Writer

log = logging.getLogger("explorer.worker")

# Seconds between two looks at commands and events, between two scans of roots that are watched, and of those that cannot be.
STEP = 0.3
RESCAN_WATCHED = 30 * 60.0
RESCAN_UNWATCHED = 60.0
# The index file is written when this share of it has changed; until then a start catches up from the catalog.
SAVE_SHARE, SAVE_LEAST = 0.02, 500


class Stopped(Exception):
    """Told to stop; unwinds whatever was going on."""


class Worker:
    """Owns the writer, the decode processes and the watcher for the length of its life."""

    def __init__(self, library: Library, encoder: Encoder, note: str = "", *, decoders: int | None = None) -> None:
        self._library, self._encoder, self._note = library, encoder, note
        self._writer = Writer(library.catalog)
        self._pool = DecodePool(decoders or max(1, os.cpu_count() or 1), encoder.spec)
        self._watcher = Watcher()
        self._indexer = Indexer(library, self._writer, encoder, self._pool, self._tick)
        self._stages = stages(library, self._writer, encoder)
        self._stop = threading.Event()
        self._paused = library.catalog.setting("paused") == "1"
        self._scanning: list[Place] = []
        self._due: dict[int, float] = {}
        self._last_report = 0.0
        self._changed = 0

    def stop(self) -> None:
        """Ask it to end; safe from any thread and from a signal handler."""
        self._stop.set()

    def close(self) -> None:
        self._watcher.close()
        self._pool.close()
        self._report("stopped")
        self._writer.close()

    def run(self) -> None:
        """Index, then watch, until `stop`. A run cut short by it leaves nothing half done."""
        try:
            while not self._stop.is_set():
                try:
                    self._step()
                except _Interrupted:
                    continue
                self._stop.wait(STEP)
        except Stopped:
            pass
        finally:
            self._save(always=True)

    # --- one round

    def _step(self) -> None:
        self._obey()
        if self._paused:
            self._report("paused")
            return
        places = self._overdue()
        if places:
            self._index(places, thorough=True)
        spots = self._watcher.due()
        if spots:
            self._index(self._places(spots), thorough=False)
        for stage in self._stages:
            stage.run(lambda done, total, what=stage.what: self._tick(Progress(done, total, 0.0, None, what)))  # type: ignore[misc]
        self._save()
        self._report("watching")

    def _index(self, places: Sequence[Place], *, thorough: bool) -> None:
        self._report("scanning", always=True)
        tally = self._indexer.run(places, thorough=thorough)
        for place in tally.unsettled:
            self._watcher.again(Spot(place.root, _absolute(place), below=False))
        self._changed += tally.encoded + tally.moved + tally.missing
        if thorough:
            now = time.monotonic()
            for place in places:
                self._due[place.root_id] = now + (RESCAN_WATCHED if self._watch(place) else RESCAN_UNWATCHED)
            if self._encoder.has_text:
                self._library.catalog.set_setting("encoder", self._encoder.name)
        if tally != Tally():
            log.info("%s", tally)

    def _overdue(self) -> list[Place]:
        """Roots whose time for a full scan has come; at the start that is every root."""
        now = time.monotonic()
        roots = self._library.catalog.roots()
        places = [Place(root["id"], root["path"]) for root in roots if self._due.get(root["id"], 0.0) <= now]
        for place in places:
            # Watched before it is scanned, so that nothing falls between the two.
            self._watch(place)
        return places

    def _watch(self, place: Place) -> bool:
        problem = self._watcher.watch(place.root) if os.path.isdir(place.root) else "the drive is away"  # noqa: PTH112
        how = f"looked at every minute ({problem})" if problem else "watched"
        self._writer.set_root(place.root_id, watching=how)
        return problem is None

    def _places(self, spots: Sequence[Spot]) -> list[Place]:
        """Spots where something happened → places to scan, each once, none inside another."""
        roots = {root["path"]: root["id"] for root in self._library.catalog.roots()}
        places = {place for spot in spots if spot.root in roots and (place := _place(spot, roots[spot.root]))}
        return [inner for inner in places if not any(_covers(outer, inner) for outer in places if outer != inner)]

    # --- words in and out

    def _tick(self, progress: Progress) -> None:
        if self._stop.is_set():
            raise Stopped
        self._obey(interrupt=True)
        self._report("comparing" if progress.stage else "indexing" if progress.total else "scanning", progress)

    def _obey(self, *, interrupt: bool = False) -> None:
        """Carry out what was asked. With `interrupt`, whatever makes the present run pointless ends it."""
        commands = self._writer.take_commands()
        for command, argument in commands:
            self._carry_out(command, argument)
        if self._stop.is_set():
            raise Stopped
        if interrupt and any(command in {"pause", "remove", "add", "rescan"} for command, _ in commands):
            raise _Interrupted

    def _carry_out(self, command: str, argument: str | None) -> None:
        if command == "add" and argument:
            try:
                self._due.pop(self._writer.add_root(argument), None)
            except FolderError as error:
                self._note = str(error)
        elif command == "remove" and argument:
            self._watcher.forget(argument)
            self._writer.remove_root(argument)
            for digest in self._writer.take_purged():
                self._library.previews.remove(digest)
        elif command == "rescan":
            roots = self._library.catalog.roots()
            for root in roots:
                if argument in (None, root["path"]):
                    self._due.pop(root["id"], None)
        elif command in {"pause", "resume"}:
            self._paused = command == "pause"
            self._library.catalog.set_setting("paused", str(int(self._paused)))
        elif command == "stop":
            self._stop.set()

    def _report(self, phase: Phase, progress: Progress | None = None, *, always: bool = False) -> None:
        now = time.monotonic()
        if not always and phase != "stopped" and now - self._last_report < 0.5:
            return
        self._last_report = now
        done, total, rate, eta, _ = progress or Progress(0, 0, 0.0, None)
        self._writer.report(phase=phase, encoder=self._encoder.name, done=done, total=total, rate=rate, eta=eta, message=self._note)

    def _save(self, *, always: bool = False) -> None:
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        if self._changed >= max(SAVE_LEAST, SAVE_SHARE * len(index)) or (always and (self._changed or index.rebuilt)):
            index.save()
            self._changed = 0


class _Interrupted(Exception):
    """A command came that the present run has to make room for; the next round starts afresh from the catalog."""


def _place(spot: Spot, root_id: int) -> Place | None:
    """The place of a spot, or None where it lies in a folder that is not looked at."""
    relative = os.path.relpath(spot.folder, spot.root)
    parts = Path(relative).parts
    if any(ignored(part) for part in parts):
        return None
    return Place(root_id, spot.root, to_text("/".join(parts)), spot.below)


def _covers(outer: Place, inner: Place) -> bool:
    """Whether scanning `outer` scans `inner` too."""
    if not outer.recursive or outer.root_id != inner.root_id:
        return False
    return not outer.folder or inner.folder == outer.folder or inner.folder.startswith(outer.folder + "/")


def _absolute(place: Place) -> str:
    return os.path.join(place.root, *place.folder.split("/")) if place.folder else place.root  # noqa: PTH118


def _take_lock(library: Library, stop: threading.Event) -> FileLock | None:
    """The writer's place, waiting while another run (an `index` on the command line) has it."""
    while not stop.is_set():
        try:
            return library.lock()
        except LibraryLocked:
            stop.wait(1.0)
    return None


def _prepare(library: Library, wanted: str | None, stop: threading.Event, *, offline: bool) -> tuple[Encoder, str]:
    """The encoder to index with and, where it is not the one that was wanted, why."""
    name = wanted or library.catalog.setting("encoder") or "starter"
    starting = Writer(library.catalog)
    said = 0.0

    def tell(done: int, total: int | None) -> None:
        nonlocal said
        if stop.is_set():
            raise Stopped
        if time.monotonic() - said > 0.5:
            said = time.monotonic()
            starting.report(phase="starting", encoder=name, done=done, total=total or 0, message=f"Fetching “{name}”…")

    try:
        starting.report(phase="starting", encoder=name, message="Getting ready…")
        # Only an encoder that was asked for by name is fetched; a start never loads hundreds of megabytes on its own.
        return load_encoder(name, offline=offline or wanted is None, progress=tell)
    finally:
        starting.close()


def main(argv: list[str] | None = None) -> int:
    """The worker process."""
    parser = argparse.ArgumentParser(prog="explorer.indexing.worker")
    parser.add_argument("--library", required=True)
    parser.add_argument("--encoder")
    parser.add_argument("--offline", action="store_true")
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    if hasattr(os, "nice"):
        os.nice(10)
    stop = threading.Event()
    # The server decides when to stop: a Ctrl-C in the terminal reaches both, and is the server's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_until_closed, args=(stop,), daemon=True, name="parent-watch").start()
    library = Library.open(args.library)
    try:
        lock = _take_lock(library, stop)
        if lock is None:
            return 0
        with lock:
            encoder, note = _prepare(library, args.encoder, stop, offline=args.offline)
            worker = Worker(library, encoder, note)
            threading.Thread(target=_relay, args=(stop, worker), daemon=True, name="stop-relay").start()
            try:
                worker.run()
            finally:
                worker.close()
    except Stopped:
        pass
    except ExplorerError as error:
        log.error("%s", error)
        return error.exit_code
    finally:
        library.close()
    return 0


def _relay(stop: threading.Event, worker: Worker) -> None:
    stop.wait()
    worker.stop()


def _until_closed(stop: threading.Event) -> None:
    """Ends the worker when the other end of standard input is gone: its starter died or closed it."""
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
