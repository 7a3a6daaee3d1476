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

# What cleanvision calls a kind.
CLEANVISION_NAMES = {"blurred": "blurry", "dark": "dark", "overexposed": "light"}


class Scored(NamedTuple):
    """score: 0 worst to 1, flagged: of each path, by kind."""

    score: dict[str, dict[str, float]]
    flagged: dict[str, set[str]]


def photo_explorer(photos: Path, library: Path, encoder: Encoder) -> Scored:
    with contextlib.closing(Library.open(library)) as opened:
        index_folders(opened, [str(photos)], encoder, lambda progress: None)
        anomalies = Anomalies(opened, (encoder.name, encoder.version, encoder.dim))
        score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
        lines = anomalies.thresholds()
        for finding in anomalies.findings(everything=True):
            score[finding.kind][finding.path] = finding.score
            if finding.score < lines[finding.kind]:
                flagged[finding.kind].add(finding.path)
    return Scored(score, flagged)


def stored_vectors(
    library: Path, encoder: Encoder, wanted: set[str]
) -> tuple[list[str], np.ndarray]:
    with contextlib.closing(Library.open(library)) as opened:
        index = opened.vectors(encoder.name, encoder.version, encoder.dim)
        rows = opened.catalog.photos(index.ids().tolist())
        ids = [photo_id for photo_id, row in rows.items() if row["path"] in wanted]
        return [rows[photo_id]["path"] for photo_id in ids], index.rows(np.array(ids, np.int64))


def cleanvision(files: Sequence[Path]) -> Scored:
    """The scores that cleanvision gives these files."""
    from cleanvision import Imagelab

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        lab = Imagelab(filepaths=[str(path) for path in files])
        lab.find_issues({name: {} for name in CLEANVISION_NAMES.values()}, n_jobs=1)
    score, flagged = defaultdict[str, dict[str, float]](dict), defaultdict[str, set[str]](set)
    for name in CLEANVISION_NAMES.values():
        score[name] = lab.issues[f"{name}_score"].to_dict()
        flagged[name] = set(lab.issues.index[lab.issues[f"is_{name}_issue"]])
    return Scored(score, flagged)
