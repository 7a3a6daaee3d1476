"""Findings as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from explorer.anomalies.finding_kinds import KIND_TITLES
from explorer.anomalies.findings import Finding
from explorer.library.paths import to_text
from explorer.removal.spreadsheet import escape_row

_COLUMNS = ("path", "kind", "title", "score", "detail", "id", "dismissed")


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON list of objects, ASCII only, so that any file name survives."""
    return json.dumps([_row(finding) for finding in findings], indent=1) + "\n"


def as_csv(findings: Sequence[Finding]) -> str:
    """A CSV table with a header. Names that are not UTF-8 are written as the catalog stores them;
    no cell is a formula (`removal/spreadsheet.py`)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        escape_row(_row(finding) | {"path": to_text(finding.path)}) for finding in findings
    )
    return text.getvalue()


def _row(finding: Finding) -> dict[str, object]:
    return {
        "path": finding.path, "kind": finding.kind, "title": KIND_TITLES[finding.kind][0],
        "score": round(finding.score, 4),
        "detail": finding.detail, "id": finding.id, "dismissed": finding.dismissed,
    }  # fmt: skip
