"""`anomalies`: list photos that are unusual, poor or broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from explorer.anomalies.dates import FILE_TIME_SCORE
from explorer.anomalies.file_findings import (
    describe_photos_without_own_date,
    photos_without_own_date,
)
from explorer.anomalies.finding_kinds import KIND_TITLES, KINDS, FindingKind
from explorer.anomalies.findings import Anomalies, Finding
from explorer.cli.arguments import absolute, opened_library
from explorer.cli.options import (
    Command,
    WholeNumber,
    encoder_option,
    filter_options,
    json_option,
    library_option,
)
from explorer.cli.output import EMPTY_LIBRARY, emit, emit_json, say
from explorer.cli.terminal_progress import TerminalProgress
from explorer.config import PROGRAM
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.queries.filters import Filters
from explorer.text_format import count, size


@click.command(
    "anomalies", cls=Command, help="List photos that are unusual, poor or broken, worst first."
)
@click.option(
    "--kind", type=click.Choice(KINDS), multiple=True, help="Only this kind (may be repeated)."
)
@click.option("--top", type=WholeNumber(), metavar="N", help="How many to list (default: all).")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="List the scores of all photos, including those without findings.",
)
@click.option("--dismissed", is_flag=True, help="Include dismissed findings.")
@click.option(
    "--plan",
    metavar="FILE",
    help="Also write a plan that removes all listed files (.json or .csv), for `remove --plan`.",
)
@filter_options
@encoder_option
@json_option
@library_option
def anomalies_command(
    library: str | None,
    as_json: bool,
    encoder: str | None,
    since: str | None,
    until: str | None,
    folder: str | None,
    kind: tuple[FindingKind, ...],
    top: int | None,
    everything: bool,
    dismissed: bool,
    plan: str | None,
) -> int:
    """Print the findings."""
    if plan and everything:
        raise UsageError(
            "A plan can contain only findings, not all photos: omit either --all or --plan."
        )
    kinds = kind or KINDS
    with opened_library(library) as opened, TerminalProgress() as progress:
        filters = Filters(since, until, absolute(folder) if folder is not None else None)
        review = Anomalies(opened, _encoder(opened.catalog.encoders(), encoder))
        progress.show("Reading the library")
        found = review.findings(kinds, filters, everything=everything, dismissed=dismissed)
        judged, photos = review.judged
        thresholds = review.thresholds()
        grouped = "date" in kinds and not everything and thresholds["date"] <= FILE_TIME_SCORE
        about_dates = _undated(opened, review, filters) if grouped else ""
        found = found[:top] if top else found
        if plan:
            _plan(opened, found, plan)
    if judged < photos:
        say(
            f"Not yet assessed: {photos - judged:,} of {count(photos, 'photo')}. The next"
            f" `{PROGRAM} index` reads them."
        )
    if about_dates:
        say(about_dates)
    if as_json:
        emit_json([_as_json(finding, thresholds if everything else None) for finding in found])
        return 0
    for finding in found:
        title = KIND_TITLES[finding.kind][0]
        emit(f"{finding.score:.3f}  {title}: {finding.path}\n       {finding.detail}")
    if not found:
        say("There are no findings." if photos else EMPTY_LIBRARY)
    return 0


def _as_json(finding: Finding, thresholds: Mapping[FindingKind, float] | None) -> dict[str, Any]:
    """A finding as JSON. thresholds: for each kind, the score below which a photo is flagged; None
    if all findings are flagged."""
    row: dict[str, Any] = {
        "id": finding.id,
        "path": finding.path,
        "kind": finding.kind,
        "score": round(finding.score, 6),
        "detail": finding.detail,
    }
    if thresholds is None:
        return row
    return row | {"flagged": finding.score < thresholds[finding.kind]}


def _undated(library: Library, review: Anomalies, filters: Filters) -> str:
    """A note about photos whose only date is the file's time, and contradicts their folder's name;
    '' if there are none."""
    ids = set(photos_without_own_date(review.subjects().values()))
    if filters:
        ids &= set(library.catalog.matching(filters).tolist())
    return describe_photos_without_own_date(len(ids))


def _plan(library: Library, found: Sequence[Finding], name: str) -> None:
    """Write a plan that removes the files of all these findings."""
    from explorer.anomalies.finding_removals import removals_of_findings
    from explorer.removal.plan import write_plan

    planned = removals_of_findings(library.catalog, found)
    write_plan(absolute(name), planned.removals)
    total = size(sum(removal.total_bytes for removal in planned.removals))
    say(
        f"The plan {name} has {count(len(planned.removals), 'file')}, {total}. No other file is"
        " kept in their place, so carry it out with"
    )
    say(f"    {PROGRAM} remove --plan {name} --without-keeper")
    for path, why in planned.skipped:
        say(f"Not in the plan: {printable(path)}: {why}.")


def _encoder(
    known: list[tuple[str, str, int, int]], wanted: str | None
) -> tuple[str, str, int] | None:
    """The name, version and dimension of an encoder with which photos have been encoded; None for
    the default. Raises UsageError if no photo has been encoded with it."""
    if wanted is None:
        return None
    for name, version, dim, photos in known:
        if name == wanted and photos:
            return name, version, dim
    used = ", ".join(name for name, *_, photos in known if photos) or "none"
    raise UsageError(
        f"No photo has been indexed with “{wanted}” yet (so far: {used}): run `{PROGRAM} index"
        f" FOLDER --encoder {wanted}`."
    )
