"""Check the internal consistency of the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.indexing.verification.verify_report import Inconsistency, VerifyRun
from explorer.library.repair import integrity
from explorer.library.stores.photo_store import update_file_counts
from explorer.library.stores.sidecar_store import unapplied_sidecars


def check_catalog(run: VerifyRun) -> Iterator[Inconsistency]:
    """Check the references, integrity rules and counts of the catalog's rows, and that the values
    from sidecars are applied."""
    run.progress("Checking the catalog…")
    catalog, writer = run.library.catalog, run.writer
    counts = catalog.counts()
    run.report.photos = counts.photos
    run.report.files = counts.files + counts.failed + counts.missing
    if rows := integrity.dangling_references(catalog):
        if writer:
            integrity.repair_dangling_references(writer, rows)
        for table, row, to in rows:
            text = f"Row {row} of {table} refers to no row of {to}."
            yield Inconsistency("catalog", text, run.repairs)
    for rule in integrity.INTEGRITY_RULES:
        if ids := integrity.violations(catalog, rule):
            if writer:
                integrity.repair_violations(writer, rule, ids)
            yield from (Inconsistency("catalog", rule.text.format(i), run.repairs) for i in ids)
    if wrong := integrity.miscounted_photos(catalog):
        if writer:
            update_file_counts(writer, wrong)
        for photo_id in wrong:
            text = f"Photo {photo_id} has a wrong file count."
            yield Inconsistency("catalog", text, run.repairs)
    if unapplied := unapplied_sidecars(catalog):
        if writer:
            update_file_counts(writer, unapplied)
        for photo_id in unapplied:
            text = f"Photo {photo_id} has values that differ from its sidecars."
            yield Inconsistency("catalog", text, run.repairs)
