"""`anomalies`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from explorer.anomalies.dates import FILE_TIME_SCORE
from explorer.anomalies.file_findings import (
    describe_photos_without_own_date,
    photos_without_own_date,
)
from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS
from explorer.anomalies.findings import Anomalies, Finding
from explorer.cli.app import absolute, open_library, say
from explorer.cli.output import Status, emit, emit_json
from explorer.errors import UsageError
from explorer.library.filters import Filters
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.text_format import count, size


def run_anomalies(args: argparse.Namespace) -> int:
    """Print what is odd, poor or broken, worst first."""
    library, status = open_library(args.library), Status()
    if args.plan and args.all:
        library.close()
        raise UsageError(
            "A plan is made of what is flagged, not of all photos: leave out --all, or --plan."
        )
    try:
        filters = Filters(args.since, args.until, absolute(args.folder) if args.folder else None)
        review = Anomalies(library, _encoder(library.catalog.encoders(), args.encoder))
        status.show("Looking at the library…")
        found = review.findings(
            args.kind or KINDS, filters, everything=args.all, dismissed=args.dismissed
        )
        judged, photos = review.judged
        lines = review.thresholds()
        grouped = (
            "date" in (args.kind or KINDS) and not args.all and lines["date"] <= FILE_TIME_SCORE
        )
        about_dates = _undated(library, review, filters) if grouped else ""
        found = found[: args.top] if args.top else found
        if args.plan:
            _plan(library, found, args.plan)
    finally:
        status.clear()
        library.close()
    if judged < photos:
        say(
            f"{photos - judged:,} of {photos:,} photos have not been judged yet: the next `python run.py index` reads them."
        )
    if about_dates:
        say(about_dates)
    if args.json:
        more = [
            {"flagged": finding.score < lines[finding.kind]} if args.all else {}
            for finding in found
        ]
        emit_json([
            {"id": f.id, "path": f.path, "kind": f.kind, "score": round(f.score, 6),
            "detail": f.detail} | also
            for f, also in zip(found, more, strict=True)
        ])  # fmt: skip
        return 0
    for f in found:
        emit(f"{f.score:.3f}  {KIND_TITLES[f.kind][0]}: {f.path}\n       {f.detail}")
    if not found:
        say(
            "Nothing stands out."
            if photos
            else "The library has no photos yet: index a folder first with `python run.py index FOLDER`."
        )
    return 0


def _undated(library: Library, review: Anomalies, filters: Filters) -> str:
    """What there is to say of photos whose files' times alone contradict their folders' names."""
    ids = set(photos_without_own_date(review.subjects().values()))
    if filters:
        ids &= set(library.catalog.matching(filters).tolist())
    return describe_photos_without_own_date(len(ids))


def _plan(library: Library, found: Sequence[Finding], name: str) -> None:
    """Write what would go if all these went."""
    from explorer.anomalies.finding_removals import removals_of_findings
    from explorer.removal.plan import write_plan

    taking = removals_of_findings(library.catalog, found)
    write_plan(absolute(name), taking.removals)
    total = size(sum(removal.total_bytes for removal in taking.removals))
    say(
        f"{count(len(taking.removals), 'file')}, {total}, in the plan {name}: no other file is kept for them, so carry it out with"
    )
    say(f"    python run.py remove --plan {name} --without-keeper")
    for path, why in taking.skipped:
        say(f"Not in the plan: {printable(path)}: {why}.")


def _encoder(
    known: list[tuple[str, str, int, int]], wanted: str | None
) -> tuple[str, str, int] | None:
    """Name, version and dimension of the encoder of that name, where it has seen photos."""
    if wanted is None:
        return None
    for name, version, dim, photos in known:
        if name == wanted and photos:
            return name, version, dim
    seen = ", ".join(name for name, *_, photos in known if photos) or "none"
    raise UsageError(
        f"No photo has been indexed with “{wanted}” yet (so far: {seen}): run `python run.py index FOLDER --encoder {wanted}`."
    )
