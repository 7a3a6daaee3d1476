"""Programs that score photos for anomalies: Photo Explorer and cleanvision."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.anomalies.findings import Anomalies
from explorer.encoders.base import Encoder
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library

# cleanvision's names of our kinds of findings.
CLEANVISION_NAMES = {"blurred": "blurry", "dark": "dark", "overexposed": "light"}


class Scored(NamedTuple):
    """The result of one program.

    score: by kind and path, from 0 (worst) to 1. flagged: the flagged paths by kind."""

    score: dict[str, dict[str, float]]
    flagged: dict[str, set[str]]


def photo_explorer(photos: Path, library: Path, encoder: Encoder) -> Scored:
    """Index the photos into a new library; return the scores of all findings."""
    with contextlib.closing(Library.open(library)) as opened:
        index_folders(opened, [str(photos)], encoder, lambda progress: None)
        anomalies = Anomalies(opened, (encoder.name, encoder.version, encoder.dim))
        score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
        thresholds = anomalies.thresholds()
        for finding in anomalies.findings(everything=True):
            score[finding.kind][finding.path] = finding.score
            if finding.score < thresholds[finding.kind]:
                flagged[finding.kind].add(finding.path)
    return Scored(score, flagged)


def stored_vectors(
    library: Path, encoder: Encoder, wanted: set[str]
) -> tuple[list[str], np.ndarray]:
    """The paths among `wanted` that are in the library, and their vectors, float32 (n, dim)."""
    with contextlib.closing(Library.open(library)) as opened:
        index = opened.vectors(encoder.name, encoder.version, encoder.dim)
        rows = opened.catalog.photos(index.ids().tolist())
        ids = [photo_id for photo_id, row in rows.items() if row["path"] in wanted]
        return [rows[photo_id]["path"] for photo_id in ids], index.rows(np.array(ids, np.int64))


def cleanvision(files: Sequence[Path]) -> Scored:
    """cleanvision's scores of these files, with its own names of the kinds."""
    from cleanvision import Imagelab

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        lab = Imagelab(filepaths=[str(path) for path in files])
        lab.find_issues({name: {} for name in CLEANVISION_NAMES.values()}, n_jobs=1)
    score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
    for name in CLEANVISION_NAMES.values():
        score[name] = lab.issues[f"{name}_score"].to_dict()
        flagged[name] = set(lab.issues.index[lab.issues[f"is_{name}_issue"]])
    return Scored(score, flagged)
