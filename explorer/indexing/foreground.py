"""Indexing once, in the foreground: everything in some folders, then done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from explorer.analysis.stages import stages
from explorer.decoding.pool import DecodePool
from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import EncoderError, UnknownEncoder
from explorer.indexing import crash_cleanup, retry
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.indexing.reconcile import add_folder
from explorer.indexing.throttle import Throttle
from explorer.library import failure_store
from explorer.library.command_store import drop_commands, take_commands
from explorer.library.file_store import files_below
from explorer.library.library import Library
from explorer.library.paths import below, join, printable, to_text
from explorer.library.root_store import prefixed_glob, set_exclude_globs
from explorer.library.rows import Phase
from explorer.library.setting_store import put_setting
from explorer.library.worker_store import report_status
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.ignore import IgnoreRules, validate_globs
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.write_detection import WriteDetector

Fetching = Callable[[int, "int | None"], None]

# Files that are still being written are looked at again every so many seconds, for as long as they
# change; but no longer than this.
PAUSE, PATIENCE = 0.5, 15 * 60.0
# Seconds between two words to the app about how far it is.
_SAID = 0.5


def load_encoder(
    name: str, *, offline: bool, progress: Fetching = lambda done, total: None
) -> tuple[Encoder, str]:
    """The encoder of that name, or, where its weights are not to be had, the starter and a sentence
    that says so.

    offline: weights that are not here are not fetched. Raises UnknownEncoder for a name that does
    not exist.
    """
    try:
        if not offline and not registry.available(name):
            registry.fetch(name, progress)
        return registry.get_encoder(name), ""
    except EncoderError as error:
        if name == "starter" or isinstance(error, UnknownEncoder):
            raise
        return registry.get_encoder("starter"), f"{error} Going on with “starter”."


def index_folders(
    library: Library,
    folders: Sequence[str],
    encoder: Encoder,
    progress: Callable[[Progress], None],
    *,
    exclude: Sequence[str] = (),
    forget_missing: bool = False,
    retry_failed: bool = False,
) -> IndexSummary:
    """Index everything in these absolute folders; they are remembered as the library's own.

    A folder inside one that the library knows already is scanned alone. exclude: globs to be left
    out of them from now on. forget_missing: files that vanished are gone, however many they are.
    retry_failed: files that could not be read are tried once more. Raises FolderError, UsageError,
    and LibraryLocked while another process indexes into this library.
    """
    with library.lock():
        writer = Writer(library.catalog)
        pool = DecodePool(max(1, os.cpu_count() or 1), encoder.spec)
        desk = _Desk(library, writer, encoder, progress)
        try:
            crash_cleanup.begin(library)
            retry.retry_after_upgrade(library, writer)
            if retry_failed:
                failure_store.retry_failed_files(writer)
            disk = DriveTimeouts()
            places = _places(library, writer, folders, exclude, disk)
            indexer = Indexer(
                library,
                writer,
                encoder,
                pool,
                desk.tick,
                resting=WriteDetector(patient=True),
                disk=disk,
            )
            tally = indexer.run(places)
            tally.problems |= _unheeded(library, places, disk)
            _wait_for_writers(indexer, tally, desk)
            # Counted anew: one that had failed before is met again in its folder.
            tally.failed = sum(
                file.state == "failed"
                for p in places
                for file in files_below(writer, p.root_id, p.folder).values()
            )
            if forget_missing:
                for folder in folders:
                    gone = forget_missing_files(library.catalog, writer, folder, disk)
                    tally.missing, tally.away = tally.missing + gone, max(0, tally.away - gone)
            for stage in stages(library, writer, encoder, with_map=False):
                stage.run(
                    lambda done, total, what=stage.what: desk.tick(  # type: ignore[misc]
                        Progress(done, total, 0.0, None, what)
                    )
                )
            index = library.vectors(encoder.name, encoder.version, encoder.dim)
            if tally.encoded or tally.moved or tally.missing or tally.left_out or index.rebuilt:
                index.save()
            if encoder.has_text:
                put_setting(library.catalog, "encoder", encoder.name)
            crash_cleanup.end(library)
            return tally
        finally:
            pool.close()
            desk.close()
            writer.close()


def _unheeded(library: Library, places: Sequence[ScanTarget], disk: DriveTimeouts) -> set[str]:
    """A sentence for each folder that was asked for, but that is left out of the watched folder
    around it."""
    globs, said = {root["id"]: root["exclude"] for root in library.catalog.roots()}, set[str]()
    for place in places:
        rules = IgnoreRules(place.root, globs.get(place.root_id, []))
        if disk.ask(
            place.root,
            lambda rules=rules, place=place: rules.excludes_branch(place.folder),  # type: ignore[misc]
            False,
        ):
            path, root = printable(join(to_text(place.root), place.folder)), printable(place.root)
            said.add(
                f"{path} was not looked into: it is left out of the watched folder {root}, as a hidden or system folder or by a pattern."
            )
    return said


def _wait_for_writers(indexer: Indexer, tally: IndexSummary, desk: _Desk) -> None:
    """Look again at folders in which a file was still being written, until none is."""
    end = time.monotonic() + PATIENCE
    while tally.unsettled and time.monotonic() < end:
        desk.wait(
            PAUSE,
            f"Waiting for files that are still being written, in {len(tally.unsettled):,} folders",
        )
        again = indexer.run(list(tally.unsettled), thorough=False)
        tally.unsettled = again.unsettled
        tally.problems |= again.problems
        for count in ("indexed", "moved", "missing", "encoded", "away", "left_out"):
            setattr(tally, count, getattr(tally, count) + getattr(again, count))


class _Desk:
    """Says to the person, and to an app that is open on the library, how far the run is; and hears
    what it is told."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        progress: Callable[[Progress], None],
    ) -> None:
        self._writer, self._encoder, self._progress = writer, encoder, progress
        self._throttle = Throttle(library.catalog, self._rest)
        self._paused, self._said = False, 0.0
        # What an earlier process was told is nothing to this one.
        drop_commands(writer, ["pause", "resume", "stop"], time.time())

    def tick(self, progress: Progress) -> None:
        """Called several times a second; raises KeyboardInterrupt where it was told to stop."""
        self._progress(progress)
        self._hear(progress)
        while self._paused:
            time.sleep(PAUSE)
            self._hear(progress)
        self._throttle.rest()

    def wait(self, seconds: float, why: str) -> None:
        """Wait, as there is nothing else to do."""
        self._rest(seconds, Progress(0, 1, 0.0, None, why))

    def _rest(self, seconds: float, progress: Progress | None = None) -> None:
        shown = progress or Progress(0, 0, 0.0, None)
        self._progress(shown)
        time.sleep(seconds)
        self._hear(shown)

    def _hear(self, progress: Progress) -> None:
        for command, _ in take_commands(self._writer, ("pause", "resume", "stop")):
            if command == "stop":
                raise KeyboardInterrupt
            self._paused = command == "pause"
        now = time.monotonic()
        if now - self._said >= _SAID:
            self._said = now
            phase: Phase = (
                "paused"
                if self._paused
                else "comparing"
                if progress.stage
                else "indexing"
                if progress.total
                else "scanning"
            )
            done, total, rate, eta, stage = progress
            report_status(
                self._writer,
                phase=phase,
                encoder=self._encoder.name,
                done=done,
                total=total,
                rate=rate,
                eta=eta,
                message=stage or _WHO,
            )

    def close(self) -> None:
        report_status(self._writer, phase="stopped", encoder=self._encoder.name)


_WHO = "It was started on the command line."


def _places(
    library: Library,
    writer: Writer,
    folders: Sequence[str],
    exclude: Sequence[str],
    disk: DriveTimeouts,
) -> list[ScanTarget]:
    globs = validate_globs(exclude)
    for folder in folders:
        add_folder(writer, folder, disk)
    places = list[ScanTarget]()
    for root in library.catalog.roots():
        for folder in folders:
            relative = below(folder, root["path"])
            if relative is None:
                continue
            places.append(ScanTarget(root["id"], root["path"], relative))
            new = [
                glob
                for glob in (prefixed_glob(glob, relative) for glob in globs)
                if glob not in root["exclude"]
            ]
            if new:
                set_exclude_globs(writer, root["id"], [*root["exclude"], *new])
                root["exclude"] += new
    whole = {place.root_id for place in places if not place.folder}
    return list(
        dict.fromkeys(place for place in places if not place.folder or place.root_id not in whole)
    )
