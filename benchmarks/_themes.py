"""Photos grouped by theme, to measure how well outliers among photos of one subject are found."""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path


def photos_by_theme(files: Sequence[Path], args: argparse.Namespace) -> dict[str, list[Path]]:
    """Photos grouped by folder, or, with --captions, by the only word of --themes that at least
    three of a photo's captions contain. Raises SystemExit if there are too few themes."""
    found = defaultdict[str, list[Path]](list)
    if args.captions:
        words, said = args.themes.split(","), defaultdict[str, list[str]](list)
        with args.captions.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                said[row["image"]].append(row["caption"].lower())
        for path in files:
            counts = {word: sum(word in caption for caption in said[path.name]) for word in words}
            best = max(counts, key=lambda word: counts[word])
            if (
                counts[best] >= 3
                and sum(counts.values()) == counts[best]
                and len(found[best]) < args.limit
            ):
                found[best].append(path)
    else:
        for path in files:
            if len(found[path.parent.name]) < args.limit:
                found[path.parent.name].append(path)
    themes = {name: paths for name, paths in found.items() if len(paths) >= 12}
    if len(themes) < 2:
        raise SystemExit(
            "Too few themes: give a folder with at least two subfolders of 12 photos,"
            " or --captions."
        )
    return themes
