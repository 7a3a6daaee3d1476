"""Check that photo files are unchanged since they were indexed."""

from __future__ import annotations

import os
from collections.abc import Iterator

from explorer import int64
from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.indexing.verification.verify_report import Inconsistency, VerifyRun
from explorer.library.repair import integrity
from explorer.scanning.path_probes import root_state
from explorer.systems import file_calls
from explorer.systems.this_system import this_system


def check_files(run: VerifyRun) -> Iterator[Inconsistency]:
    """Compare the catalog's files with those on disk. Most differences are only noted, because the
    next scan finds them. A fault is a file whose bytes changed while its size and time stayed the
    same, or (on an online drive) that cannot be read; only a thorough run finds these."""
    run.progress("Checking the photo files…")
    catalog = run.library.catalog
    away = {
        r["path"]
        for r in catalog.roots()
        if r["state"] == "offline" or root_state(r["path"]) == "absent"
    }
    unchanged = list[integrity.PresentFile]()
    for file in integrity.present_files(catalog):
        if file.root in away:
            continue
        try:
            facts = file_calls.stat(file.path)
        except OSError:
            _note_change(run, f"{file.path} no longer exists")
            continue
        if (facts.st_size, int64.time_ns(facts.st_mtime_ns)) != (file.size, file.mtime_ns):
            _note_change(run, f"{file.path} has changed")
        elif this_system().is_in_cloud(facts):
            if run.thorough:
                run.report.notes.append(f"{file.path} is in the cloud only, and was not read")
        elif run.thorough:
            unchanged.append(file)
    if unchanged:
        yield from _check_contents(run, unchanged)


def _note_change(run: VerifyRun, text: str) -> None:
    run.report.notes.append(text)
    run.report.changed += 1


def _check_contents(run: VerifyRun, files: list[integrity.PresentFile]) -> Iterator[Inconsistency]:
    jobs = (DecodeJob(file.path, 0.0, file, file.size) for file in files)
    with DecodePool(max(1, os.cpu_count() or 1), None) as pool:
        for done, result in enumerate(pool.run(jobs, lambda _: True)):
            run.progress(f"Reading the photo files: {done + 1:,} of {len(files):,}…")
            file = result.job.tag
            assert isinstance(file, integrity.PresentFile)  # noqa: S101  put there above
            if result.digest is None:
                yield Inconsistency("file", f"{file.path} cannot be read: {result.error}.")
            elif result.digest.hex() != file.hash and (result.size, result.mtime_ns) == (
                file.size,
                file.mtime_ns,
            ):
                if run.writer:
                    integrity.mark_for_rereading(run.writer, [file.id])
                after = "; the next indexing run reads it again" if run.repairs else ""
                text = (
                    f"{file.path} has changed since it was indexed, although its size"
                    f" and date are unchanged{after}."
                )
                yield Inconsistency("file", text, run.repairs)
