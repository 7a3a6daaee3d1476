"""Photos whose pairs are classified by measurements that a test makes up."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from explorer.analysis.duplicates.classify_pair import PairClassifier
from explorer.analysis.duplicates.compare_pair import PairComparison
from explorer.library.stores import pair_store as store
from explorer.matching.changed_blocks import ChangedBlocks
from explorer.matching.pair_measurements import PairMeasurements
from explorer.matching.recompression import RecompressionResidual
from tests.factory import LibraryBuilder, digest_of

IDENTITY: dict[str, Any] = {"matrix": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]}
CHANGED_FIELDS = {field.name for field in dataclasses.fields(ChangedBlocks)}


def measurements(**given: Any) -> PairMeasurements:
    """Measurements of two copies of one picture, except for the values given."""
    pair: dict[str, Any] = {
        "matrix": np.eye(2, 3),
        "median": 0.98765,
        "far": 0.0,
        "distortion": 0.0,
        "stretch": 1.0,
        "excess": 0.0,
    }
    changed: dict[str, Any] = {
        "strong_blocks": 100,
        "share": 0.0,
        "unchanged": 1.0,
        "two_tone": 1.0,
        "drawn": 1.0,
        "wide": 0.0,
        "flat": 0.1,
    }
    for name, value in given.items():
        (changed if name in CHANGED_FIELDS else pair)[name] = value
    return PairMeasurements(**pair, changed=ChangedBlocks(**changed))


class FileFacts:
    """Replaces the decode process: gives the facts of each file by name and records the reads."""

    def __init__(self) -> None:
        self.contents, self.pixels, self.fractions = (
            dict[str, object](),
            dict[str, str](),
            dict[str, str](),
        )
        self.residual: RecompressionResidual | None = None
        self.differ: bool | None = False
        self.plain: int | None = 1
        self.reads = list[str]()

    def full_resolution_fact(self, path: str, wanted: str) -> tuple[bytes, str | None] | None:
        name = Path(path).name
        self.reads.append(f"{wanted} {name}")
        facts = self.pixels if wanted == "pixels" else self.fractions
        return (digest_of(self.contents[name]), facts.get(name)) if name in self.contents else None

    def recompression_residual(
        self, path: str, other: str
    ) -> tuple[bytes, bytes, RecompressionResidual | None] | None:
        one, two = Path(path).name, Path(other).name
        self.reads.append(f"residual {one} {two}")
        if one not in self.contents or two not in self.contents:
            return None
        return digest_of(self.contents[one]), digest_of(self.contents[two]), self.residual

    def fine_differences(
        self, path: str, other: str, unit: list[float]
    ) -> tuple[bytes, bytes, bool | None] | None:
        one, two = Path(path).name, Path(other).name
        self.reads.append(f"differences {one} {two} {unit}")
        if one not in self.contents or two not in self.contents:
            return None
        return digest_of(self.contents[one]), digest_of(self.contents[two]), self.differ

    def plain_copies(
        self, path: str, other: str, unit: list[float]
    ) -> tuple[bytes, bytes, int | None] | None:
        one, two = Path(path).name, Path(other).name
        self.reads.append(f"copies {one} {two} {unit}")
        if one not in self.contents or two not in self.contents:
            return None
        return digest_of(self.contents[one]), digest_of(self.contents[two]), self.plain


class PairPhotos:
    """A library of named photos, and the classifier of their pairs."""

    def __init__(self, builder: LibraryBuilder) -> None:
        self.builder, self.files = builder, FileFacts()
        self.classifier = PairClassifier(builder.library, builder.writer, self.files)  # type: ignore[arg-type]

    def add(self, name: str, **facts: Any) -> int:
        self.files.contents[name] = name
        return self.builder.put(name, name, **facts)

    def classify(
        self,
        a: int,
        b: int,
        measured: PairMeasurements | None = None,
        inliers: int = 0,
        relation: dict[str, Any] = IDENTITY,
    ) -> store.Pair | None:
        return self.classifier.classify(PairComparison(a, b, inliers, measured, relation))

    def kind(self, *given: Any, **named: Any) -> str | None:
        pair = self.classify(*given, **named)
        return pair.kind if pair else None
