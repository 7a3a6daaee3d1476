"""Verify that a library is consistent: the catalog in itself, the vectors, neighbors and previews
with the catalog, and the catalog with the disk."""

from __future__ import annotations

from collections.abc import Callable

from explorer.indexing.verification.verify_catalog import check_catalog
from explorer.indexing.verification.verify_files import check_files
from explorer.indexing.verification.verify_previews import check_previews
from explorer.indexing.verification.verify_report import Inconsistency, VerifyReport, VerifyRun
from explorer.indexing.verification.verify_texts import check_texts
from explorer.indexing.verification.verify_vectors import check_vectors
from explorer.library.library import Library
from explorer.library.repair import integrity
from explorer.library.writer import Writer


def verify(
    library: Library,
    *,
    repair: bool = False,
    thorough: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> VerifyReport:
    """Check a library without changing it; with `repair`, repair what can be repaired from the
    catalog.

    thorough: also decode every preview, and read every photo file to see whether its bytes are
    still those that were indexed. Raises LibraryLocked if it is to be repaired while another
    process is indexing into it. If the catalog's file is damaged, nothing more is checked;
    `library.salvage` repairs such a file.
    """
    progress("Checking the catalog…")
    if torn := integrity.find_damage(library.catalog.path):
        return VerifyReport(
            problems=[
                Inconsistency("catalog", f"The catalog's file is damaged: {text}.") for text in torn
            ]
        )
    lock = library.lock() if repair else None
    writer = Writer(library.catalog) if repair else None
    run = VerifyRun(library, writer, thorough, progress, VerifyReport())
    try:
        for check in (check_catalog, check_texts, check_vectors, check_previews, check_files):
            run.report.problems += check(run)
    finally:
        if writer:
            writer.close()
        if lock:
            lock.release()
    return run.report
