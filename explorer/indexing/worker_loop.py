"""The worker's loop: executes commands, scans what is due, indexes, and waits for changes."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence

from explorer.analysis.stages import stages
from explorer.decoding.pool import DecodePool
from explorer.encoders.base import Encoder
from explorer.errors import CatalogDamaged
from explorer.indexing import crash_cleanup, retry
from explorer.indexing.command_handler import INTERRUPTING, CommandHandler
from explorer.indexing.models.int8_step import Int8Step
from explorer.indexing.models.model_switch import ModelSwitch
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.indexing.throttle import Throttle
from explorer.indexing.worker_status import NO_PROGRESS, WorkerStatus, phase_of
from explorer.library import model_settings
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.stores.command_store import drop_commands
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scheduler import ScanScheduler
from explorer.scanning.write_detection import WriteDetector

log = logging.getLogger("explorer.worker")

# Seconds between two rounds.
ROUND_INTERVAL = 0.3
# Seconds between two attempts while the library's disk is full or cannot be written.
RETRY_INTERVAL = 5.0
# If more photos than this are left in a run, the model's INT8 version is tested during the run: it
# shortens the run by more than the test takes.
LONG_RUN = 5000
# The vector index is saved when this share of it, and at least this many photos, have changed.
# Until then, a start catches up from the catalog.
SAVE_SHARE, SAVE_MINIMUM = 0.02, 500


class Stopped(Exception):
    """The worker was told to stop. Unwinds whatever is in progress."""


class _Interrupted(Exception):
    """A command made the run in progress pointless. The next round starts afresh from the
    catalog."""


class Worker:
    """The worker of one library. Owns the writer, the decode processes and the scheduler."""

    def __init__(
        self, library: Library, encoder: Encoder, note: str = "", *, decoders: int | None = None
    ) -> None:
        """note: shown in the app while there is nothing else to report; says why the encoder is
        not the one that was set. decoders: number of decode processes; default is one per core."""
        self._library, self._encoder = library, encoder
        # Whether this worker is to make room for a new one, because another model has taken over
        # or the vectors of its own were dropped.
        self.replaced = False
        self._is_fallback = bool(note)
        self._writer = Writer(library.catalog)
        self._pool = DecodePool(decoders or max(1, os.cpu_count() or 1), encoder.spec)
        drives = DriveTimeouts()
        self._scheduler = ScanScheduler(library, self._writer, drives)
        self._commands = CommandHandler(library, self._writer, self._scheduler, drives)
        self._status = WorkerStatus(self._writer, encoder.name, note)
        self._indexer = Indexer(
            library,
            self._writer,
            encoder,
            self._pool,
            self._tick,
            detector=WriteDetector(patient=True),
            drives=drives,
        )
        self._switch = ModelSwitch(
            library, self._writer, encoder, drives, self._tick, failure=note, decoders=decoders
        )
        self._int8 = Int8Step(library, encoder.name)
        self._throttle = Throttle(library.catalog, self._pause)
        self._stages = stages(library, self._writer, encoder)
        self._stop = threading.Event()
        # Photos that changed since the vector index was last saved.
        self._changed = 0
        self._progress = NO_PROGRESS

    @property
    def dismissed(self) -> bool:
        """Whether this worker was told to release the library until further notice."""
        return self._commands.dismissed

    def ignore_stops_before(self, began: float) -> None:
        """Drop `stop` commands that were meant for an earlier process. began: Unix seconds."""
        drop_commands(self._writer, ["stop"], began)

    def stop(self) -> None:
        """Ask the worker to end; safe from any thread and from a signal handler."""
        self._stop.set()

    def close(self) -> None:
        self._scheduler.close()
        self._int8.close()
        self._switch.close()
        self._pool.close()
        self._unless_disk_fails(lambda: self._status.report_now("stopped"))
        self._writer.close()

    def run(self) -> None:
        """Index, then watch, until `stop`. A run that is interrupted leaves nothing half done."""
        try:
            self._start()
            while not self._is_ending():
                try:
                    self._round()
                except _Interrupted:
                    continue
                except Exception as error:  # noqa: BLE001  raised again unless the disk is at fault
                    self._wait_for_disk(error)
                self._stop.wait(ROUND_INTERVAL)
        except Stopped:
            pass
        finally:
            self._unless_disk_fails(lambda: self._save(always=True))
        self._unless_disk_fails(lambda: crash_cleanup.mark_finished(self._library))

    # --- trouble with the library's disk

    def _start(self) -> None:
        while not self._stop.is_set():
            try:
                crash_cleanup.mark_started(self._library)
                crash_cleanup.purge_removed(self._library, self._writer)
                retry.retry_after_upgrade(self._library, self._writer)
                retry.retry_low_memory(self._library, self._writer)
                return
            except Exception as error:  # noqa: BLE001  raised again unless the disk is at fault
                self._wait_for_disk(error)

    def _wait_for_disk(self, error: Exception) -> None:
        """Report why the library cannot be written, and wait. Everything is scanned again
        afterward. Raises the error again if it has another cause."""
        trouble = explain(error, self._library.dir)
        if trouble is None or isinstance(trouble, CatalogDamaged):
            raise trouble or error from error
        log.warning("%s", trouble)
        # What the failed round was to scan is no longer known.
        self._scheduler.schedule_now()
        end = time.monotonic() + RETRY_INTERVAL
        while time.monotonic() < end and not self._stop.is_set():
            # A full disk usually has room for this one row; if not, the message is in the log.
            self._unless_disk_fails(
                lambda: self._status.report_now("waiting", message=str(trouble))
            )
            self._stop.wait(1.0)

    def _unless_disk_fails(self, action: Callable[[], None]) -> None:
        """Run an action that can be skipped if the library cannot be written."""
        try:
            action()
        except Exception as error:
            if explain(error, self._library.dir) is None:
                raise

    # --- one round

    def _round(self) -> None:
        self._obey()
        if self._commands.paused:
            self._int8.close()
            self._status.report("paused")
            return
        targets = self._scheduler.due_roots()
        if targets:
            self._index(targets, thorough=True)
        changed = self._scheduler.changed_folders()
        if changed:
            try:
                self._index(self._scheduler.targets(changed), thorough=False)
            except BaseException:
                # Whatever happened, these folders still have to be scanned.
                self._scheduler.requeue(changed)
                raise
        for stage in self._stages:
            stage.run(
                lambda done, total, what=stage.what: self._tick(  # type: ignore[misc]
                    Progress(done, total, 0.0, None, what)
                )
            )
        self._save()
        self._int8.step()
        if self._switch.step():
            self.replaced = True
            return
        if self._switch.problem:
            self._status.note = self._switch.problem
        self._status.report("watching")

    def _index(self, targets: Sequence[ScanTarget], *, thorough: bool) -> None:
        self._status.report("scanning", always=True)
        self._throttle.begin()
        summary = self._indexer.run(targets, thorough=thorough)
        self._changed += summary.encoded + summary.moved + summary.missing + summary.left_out
        self._scheduler.scanned(targets, summary, full=thorough)
        if thorough and self._encoder.has_text and self._is_to_be_set():
            model_settings.set_encoder(self._library.catalog, self._encoder.name)
        if summary != IndexSummary():
            log.info("%s", summary)

    def _is_to_be_set(self) -> bool:
        """Whether searches are to use this worker's encoder now that it has encoded all photos: no
        encoder was set, or the one that was set has no vectors or cannot be loaded."""
        catalog = self._library.catalog
        chosen = model_settings.encoder_setting(catalog)
        return self._is_fallback or chosen not in catalog.encoders_in_use()

    def _save(self, *, always: bool = False) -> None:
        if self._encoder.name in self._commands.dropped:
            return
        index = self._library.vectors(self._encoder.name, self._encoder.version, self._encoder.dim)
        changed = self._changed + self._commands.removed
        if changed >= max(SAVE_MINIMUM, SAVE_SHARE * len(index)) or (
            always and (changed or index.rebuilt)
        ):
            index.save()
            self._changed = self._commands.removed = 0

    # --- commands and reports during a run

    def _is_ending(self) -> bool:
        return self.dismissed or self.replaced or self._stop.is_set()

    def _tick(self, progress: Progress) -> None:
        self._progress = progress
        self._obey(interrupt=True)
        if not progress.stage and progress.total - progress.done > LONG_RUN:
            self._int8.step()
        self._status.report(phase_of(progress), progress)
        self._throttle.pause()

    def _pause(self, seconds: float) -> None:
        """Sleep in the middle of a run, but execute commands in the meantime."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._stop.wait(min(ROUND_INTERVAL, left))
            self._obey(interrupt=True)
            self._status.report(phase_of(self._progress), self._progress)

    def _obey(self, *, interrupt: bool = False) -> None:
        """Execute pending commands. interrupt: end the run in progress if one of them makes it
        pointless."""
        if self._is_ending():
            raise Stopped
        commands = self._commands.execute_pending()
        if self._commands.refusal is not None:
            self._status.note = self._commands.refusal
        # The encoder id under which this worker would store vectors is gone.
        self.replaced = self.replaced or self._encoder.name in self._commands.dropped
        if self._is_ending():
            raise Stopped
        if interrupt and commands & INTERRUPTING:
            raise _Interrupted
