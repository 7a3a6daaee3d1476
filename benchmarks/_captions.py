"""Photos with captions: reading them, and measuring how well phrases find them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.photos.input_spec import InputSpec

Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


class Captioned(NamedTuple):
    """photos: paths. captions: phrases. of: for each caption, the index of its photo."""

    photos: list[Path]
    captions: list[str]
    of: Ids


def read(folder: Path, table: Path, *, most: int | None = None) -> Captioned:
    """The photos in a folder (at any depth) that are named in a CSV with the columns `image` and
    `caption`, by name. most: their maximum number. Raises SystemExit if there are none, or no such
    CSV."""
    if not table.is_file():
        raise SystemExit(f"There is no file {table}.")
    found = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    with table.open(encoding="utf-8", newline="") as file:
        rows = [(Path(row["image"]).name, row["caption"]) for row in csv.DictReader(file)]
    names = sorted({name for name, _ in rows if name in found})[:most]
    if not names:
        raise SystemExit(f"None of the photos that {table} names is in {folder}.")
    number = {name: i for i, name in enumerate(names)}
    kept = [(name, caption) for name, caption in rows if name in number]
    return Captioned(
        [found[n] for n in names],
        [c for _, c in kept],
        np.array([number[n] for n, _ in kept], np.int64),
    )


def joined(parts: Sequence[Captioned]) -> Captioned:
    """Several sets of photos as one, in their order."""
    starts = np.cumsum([0, *(len(part.photos) for part in parts[:-1])])
    return Captioned(
        [path for part in parts for path in part.photos],
        [caption for part in parts for caption in part.captions],
        np.concatenate([part.of + start for part, start in zip(parts, starts, strict=True)]),
    )


def mentions(data: Captioned, words: re.Pattern[str]) -> Ids:
    """For each photo, how many of its captions contain one of the words, (n,)."""
    counts = np.zeros(len(data.photos), np.int64)
    np.add.at(counts, data.of, [words.search(caption) is not None for caption in data.captions])
    return counts


def pixels(
    paths: Sequence[Path], spec: InputSpec, workers: int, batch: int = 16
) -> Iterator[tuple[list[int], npt.NDArray[np.uint8]]]:
    """The encoder's input of every readable photo, in batches: (indices of the photos, uint8 of
    shape (n, size, size, 3))."""
    numbers, inputs = list[int](), list[npt.NDArray[np.uint8]]()
    with DecodePool(workers, spec) as pool:
        for outcome in pool.run(
            (DecodeJob(str(path), 0.0, i) for i, path in enumerate(paths)), lambda _: False
        ):
            if outcome.photo is not None and outcome.photo.input is not None:
                numbers.append(int(str(outcome.job.tag)))
                inputs.append(outcome.photo.input)
            if len(inputs) == batch:
                yield numbers, np.stack(inputs)
                numbers, inputs = [], []
    if inputs:
        yield numbers, np.stack(inputs)


def recall(
    photos: Vectors, phrases: Vectors, of: Ids, ks: Sequence[int] = (1, 5, 10)
) -> list[float]:
    """Text-to-image recall@k in percent: how often the photo of a caption is among the k best of
    all photos.

    photos, phrases: unit vectors (n, dim). of: for each phrase, the index of its photo."""
    ranks = np.empty(len(phrases), np.int64)
    for start in range(0, len(phrases), 4096):
        scores = phrases[start : start + 4096] @ photos.T
        own = scores[np.arange(len(scores)), of[start : start + 4096]]
        ranks[start : start + 4096] = (scores > own[:, None]).sum(axis=1)
    return [100 * float((ranks < k).mean()) for k in ks]


def shown(values: Sequence[float]) -> str:
    """The values with one decimal, separated by slashes."""
    return " / ".join(f"{value:.1f}" for value in values)
