"""The one process that writes: it scans, watches and indexes until it is told to stop.

    python -m explorer.indexing.worker --library DIR [--encoder NAME] [--offline]

The server starts it and holds the other end of its standard input: when that closes, for whatever
reason, the worker ends.
Everything it has to say goes into the catalog's `worker` row, everything it is told comes as
`command` rows.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from filelock import FileLock

from explorer.analysis.stages import stages
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.errors import CatalogDamaged, ExplorerError, FolderError, LibraryLocked, UsageError
from explorer.indexing import crash_cleanup, retry
from explorer.indexing.foreground import load_encoder
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.indexing.reconcile import add_folder
from explorer.indexing.throttle import Throttle, lower_priority
from explorer.indexing.worker_client import Heartbeat, report_if_idle
from explorer.library import failure_store, missing_files
from explorer.library.command_store import drop_commands, take_commands, waiting_commands
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.photo_store import take_purged_hashes
from explorer.library.root_store import remove_root, set_exclude_globs
from explorer.library.rows import Phase
from explorer.library.setting_store import get_setting, put_setting
from explorer.library.worker_store import report_status
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.ignore import validate_globs
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from explorer.scanning.write_detection import WriteDetector
from explorer.text_format import one_line

log = logging.getLogger("explorer.worker")

# Seconds between two looks at commands and events.
STEP = 0.3
# Seconds between two tries when the library's disk is full, or otherwise not to be written.
WAIT = 5.0
# The index file is written when this share of it has changed; until then a start catches up from
# the catalog.
SAVE_SHARE, SAVE_LEAST = 0.02, 500


class Stopped(Exception):
    """Told to stop; unwinds whatever was going on."""


class Worker:
    """Owns the writer, the decode processes and the watcher for the length of its life."""

    def __init__(
        self, library: Library, encoder: Encoder, note: str = "", *, decoders: int | None = None
    ) -> None:
        self._library, self._encoder, self._note = library, encoder, note
        self._writer = Writer(library.catalog)
        self._pool = DecodePool(decoders or max(1, os.cpu_count() or 1), encoder.spec)
        self._disk = DriveTimeouts()
        self._rounds = ScanScheduler(library, self._writer, self._disk)
        self._indexer = Indexer(
            library,
            self._writer,
            encoder,
            self._pool,
            self._tick,
            resting=WriteDetector(patient=True),
            disk=self._disk,
        )
        self._throttle = Throttle(library.catalog, self._rest)
        self._stages = stages(library, self._writer, encoder)
        self._stop = threading.Event()
        self._paused = get_setting(library.catalog, "paused") == "1"
        # Told to let go of the library until further notice.
        self.dismissed = False
        self._last_report = 0.0
        self._changed = 0
        self._progress = Progress(0, 0, 0.0, None)

    def begin_after(self, began: float) -> None:
        """Do not mind what an earlier process was told. began: when this one started (Unix
        seconds)."""
        drop_commands(self._writer, ["stop"], began)

    def stop(self) -> None:
        """Ask it to end; safe from any thread and from a signal handler."""
        self._stop.set()

    def close(self) -> None:
        self._rounds.close()
        self._pool.close()
        self._despite_trouble(lambda: self._say("stopped"))
        self._writer.close()

    def run(self) -> None:
        """Index, then watch, until `stop`. A run cut short by it leaves nothing half done."""
        try:
            self._begin()
            while not self._ending():
                try:
                    self._step()
                except _Interrupted:
                    continue
                except Exception as error:  # noqa: BLE001  raised again unless it is the library's disk that is in the way
                    self._wait_out(error)
                self._stop.wait(STEP)
        except Stopped:
            pass
        finally:
            self._despite_trouble(lambda: self._save(always=True))
        self._despite_trouble(lambda: crash_cleanup.end(self._library))

    # --- trouble with the disk

    def _begin(self) -> None:
        while not self._stop.is_set():
            try:
                crash_cleanup.begin(self._library)
                retry.retry_after_upgrade(self._library, self._writer)
                return
            except Exception as error:  # noqa: BLE001  as above
                self._wait_out(error)

    def _wait_out(self, error: Exception) -> None:
        """Say what is in the way of writing, and wait a little; the next round looks at everything
        again. Raises what is no such thing."""
        trouble = explain(error, self._library.dir)
        if trouble is None or isinstance(trouble, CatalogDamaged):
            raise trouble or error from error
        log.warning("%s", trouble)
        # What the cut-off round was about is not known any more.
        self._rounds.due_now()
        end = time.monotonic() + WAIT
        while time.monotonic() < end and not self._stop.is_set():
            # On a full disk there is mostly still room for this one row; where there is none, the
            # log has it.
            self._despite_trouble(lambda: self._say("waiting", message=str(trouble)))
            self._stop.wait(1.0)

    def _despite_trouble(self, action: Callable[[], None]) -> None:
        """Do something that is not missed where the disk does not allow it."""
        try:
            action()
        except Exception as error:
            if explain(error, self._library.dir) is None:
                raise

    # --- one round

    def _step(self) -> None:
        self._obey()
        if self._paused:
            self._report("paused")
            return
        places = self._rounds.overdue()
        if places:
            self._index(places, thorough=True)
        spots = self._rounds.spots()
        if spots:
            try:
                self._index(self._rounds.places(spots), thorough=False)
            except BaseException:
                # Whatever it was, what happened there has still to be looked at.
                self._rounds.again(spots)
                raise
        for stage in self._stages:
            stage.run(
                lambda done, total, what=stage.what: self._tick(  # type: ignore[misc]
                    Progress(done, total, 0.0, None, what)
                )
            )
        self._save()
        self._report("watching")

    def _index(self, places: Sequence[ScanTarget], *, thorough: bool) -> None:
        self._report("scanning", always=True)
        self._throttle.begin()
        tally = self._indexer.run(places, thorough=thorough)
        self._changed += tally.encoded + tally.moved + tally.missing + tally.left_out
        self._rounds.looked(places, tally, full=thorough)
        if thorough and self._encoder.has_text:
            put_setting(self._library.catalog, "encoder", self._encoder.name)
        if tally != IndexSummary():
            log.info("%s", tally)

    # --- words in and out

    def _ending(self) -> bool:
        return self.dismissed or self._stop.is_set()

    def _tick(self, progress: Progress) -> None:
        self._progress = progress
        self._obey(interrupt=True)
        self._report(_phase(progress), progress)
        self._throttle.rest()

    def _rest(self, seconds: float) -> None:
        """Sleep in the middle of a run, with an ear for what is told."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._stop.wait(min(STEP, left))
            self._obey(interrupt=True)
            self._report(_phase(self._progress), self._progress)

    def _obey(self, *, interrupt: bool = False) -> None:
        """Carry out what was asked. With `interrupt`, whatever makes the present run pointless ends
        it."""
        if self._ending():
            raise Stopped
        commands = take_commands(self._writer)
        for command, argument in commands:
            try:
                self._carry_out(command, argument)
            except (FolderError, UsageError) as error:
                self._note = str(error)
        if self._ending():
            raise Stopped
        if interrupt and any(command in _INTERRUPTING for command, _ in commands):
            raise _Interrupted

    def _carry_out(self, command: str, argument: str | None) -> None:
        if command == "add" and argument:
            self._rounds.due_now(add_folder(self._writer, argument, self._disk))
        elif command == "remove" and argument:
            self._rounds.forget(argument)
            remove_root(self._writer, argument)
            for digest in take_purged_hashes(self._writer):
                self._library.previews.remove(digest)
        elif command == "exclude" and argument:
            self._exclude(argument)
        elif command == "rescan":
            self._rounds.due_now() if argument is None else self._rounds.look_below(argument)
        elif command == "retry":
            self._retry(json.loads(argument) if argument else {})
        elif command == "forget":
            self._changed += forget_missing_files(
                self._library.catalog, self._writer, argument, self._disk
            )
            self._rounds.due_now()
        elif command == "keep":
            for root in self._library.catalog.roots():
                if argument in (None, root["path"]):
                    missing_files.keep_vanished(self._writer, root["id"])
        elif command in {"pause", "resume"}:
            self._paused = command == "pause"
            put_setting(self._library.catalog, "paused", str(int(self._paused)))
        elif command == "stop":
            self.dismissed = True

    def _exclude(self, argument: str) -> None:
        """Other rules for a root: see `control.exclude`."""
        wanted = json.loads(argument)
        for root in self._library.catalog.roots():
            if root["path"] == wanted["folder"]:
                set_exclude_globs(self._writer, root["id"], validate_globs(wanted["globs"]))
                self._rounds.forget(root["path"])
                self._rounds.due_now(root["id"])

    def _retry(self, wanted: dict[str, Any]) -> None:
        """Failed files are read once more: see `control.retry`."""
        for folder in failure_store.retry_failed_files(
            self._writer, wanted.get("reasons"), wanted.get("file")
        ):
            self._rounds.look_at(folder)

    def _report(
        self, phase: Phase, progress: Progress | None = None, *, always: bool = False
    ) -> None:
        now = time.monotonic()
        if not always and now - self._last_report < 0.5:
            return
        self._last_report = now
        self._say(phase, progress)

    def _say(
        self, phase: Phase, progress: Progress | None = None, message: str | None = None
    ) -> None:
        done, total, rate, eta, stage = progress or Progress(0, 0, 0.0, None)
        # While a stage is at work, its name is what there is to say.
        said = message if message is not None else stage or self._note
        report_status(
            self._writer,
            phase=phase,
            encoder=self._encoder.name,
            done=done,
            total=total,
            rate=rate,
            eta=eta,
            message=said,
        )

    def _save(self, *, always: bool = False) -> None:
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        if self._changed >= max(SAVE_LEAST, SAVE_SHARE * len(index)) or (
            always and (self._changed or index.rebuilt)
        ):
            index.save()
            self._changed = 0


class _Interrupted(Exception):
    """A command came that the present run has to make room for; the next round starts afresh from
    the catalog."""


# Commands that make the present run pointless.
_INTERRUPTING = {"pause", "remove", "add", "rescan", "retry", "exclude", "forget"}


def _phase(progress: Progress) -> Phase:
    return "comparing" if progress.stage else "indexing" if progress.total else "scanning"


def _take_lock(library: Library, stop: threading.Event) -> FileLock | None:
    """The writer's place, waiting while another run (an `index` on the command line) has it."""
    while not stop.is_set():
        try:
            return library.lock()
        except LibraryLocked:
            report_if_idle(
                library,
                "starting",
                "Another run is indexing into this library: waiting for it to end…",
            )
            stop.wait(1.0)
    return None


def _stand_by(library: Library, stop: threading.Event) -> None:
    """Told to stop: wait, without the library, until there is something to do again."""
    while not stop.is_set() and not {"resume", "rescan", "add"}.intersection(
        waiting_commands(library.catalog)
    ):
        report_if_idle(library, "off", "")
        stop.wait(0.5)


def _prepare(
    library: Library, wanted: str | None, stop: threading.Event, *, offline: bool
) -> tuple[Encoder, str]:
    """The encoder to index with and, where it is not the one that was wanted, why."""
    name = wanted or get_setting(library.catalog, "encoder") or "starter"
    starting = Writer(library.catalog)
    said = 0.0

    def tell(done: int, total: int | None) -> None:
        nonlocal said
        if stop.is_set():
            raise Stopped
        if time.monotonic() - said > 0.5:
            said = time.monotonic()
            report_status(
                starting,
                phase="starting",
                encoder=name,
                done=done,
                total=total or 0,
                message=f"Fetching “{name}”…",
            )

    try:
        report_status(starting, phase="starting", encoder=name, message="Getting ready…")
        # Only an encoder that was asked for by name is fetched; a start never loads hundreds of
        # megabytes on its own.
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
    _log_to_stderr()
    lower_priority()
    began = time.time()
    stop = threading.Event()
    # The server decides when to stop: a Ctrl-C in the terminal reaches both, and is the server's to
    # handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_until_closed, args=(stop,), daemon=True, name="parent-watch").start()
    library = Library.open(args.library)
    try:
        while _work(library, args, stop, began):
            _stand_by(library, stop)
    except Stopped:
        pass
    except ExplorerError as error:
        log.error("%s", error)
        return error.exit_code
    except Exception as error:
        trouble = explain(error, library.dir)
        if trouble is None:
            raise
        log.error("%s", trouble)
        return trouble.exit_code
    finally:
        library.close()
    return 0


def _work(library: Library, args: argparse.Namespace, stop: threading.Event, began: float) -> bool:
    """Index until told to end. Gives whether only this much was meant, and the process is to stand
    by."""
    lock = _take_lock(library, stop)
    if lock is None:
        return False
    try:
        encoder, note = _prepare(library, args.encoder, stop, offline=args.offline)
        worker = Worker(library, encoder, note)
        worker.begin_after(began)
        threading.Thread(target=_relay, args=(stop, worker), daemon=True, name="stop-relay").start()
        try:
            with Heartbeat(library.catalog):
                worker.run()
        finally:
            worker.close()
        return worker.dismissed and not stop.is_set()
    finally:
        # However often it was taken.
        lock.release(force=True)


def _log_to_stderr() -> None:
    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            text = super().format(record)
            # A traceback is ours, and has lines of its own.
            return text if record.exc_info else one_line(text)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _relay(stop: threading.Event, worker: Worker) -> None:
    stop.wait()
    worker.stop()


def _until_closed(stop: threading.Event) -> None:
    """Ends the worker when the other end of standard input is gone: its starter died or closed it."""
    # Not through sys.stdin, whose lock Python waits for at its end.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
