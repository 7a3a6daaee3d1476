"""How well copies are found and shots of one scene distinguished, compared with imagededup and
czkawka, and how long it takes.

    python -m benchmarks.duplicates --photos DIR [--most N] [--web] [--bursts DIR] [--shots DIR]
    [--scale N] [--json]

For up to N photos in a folder, it makes one copy of each kind in `_copies.KINDS` (--web:
`WEB_KINDS`) in a temporary folder, and lets each program find the duplicates among all originals
and copies. Photo Explorer indexes the folder with the starter model and reads the groups of the
tiers “identical”, “pixels” and “picture”. A copy is found if it is in a group with its original
(for the other programs: paired with it). Precision counts pairs of files; a pair is right if both
come from the same photo. --bursts: photos that are all different shots; any pair of them is wrong.
--shots: two shots of each kind in `_shots.KINDS` are simulated from each photo, as from a tripod, a
hand or a second camera; these are not copies either. --scale: times the search for candidates among
that many synthetic hashes. Programs that are not installed (benchmarks/requirements.txt) are
skipped with a note.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _shots
from benchmarks._copies import ALL_KINDS, KINDS, WEB_KINDS, Copy, make_copies, photos_below
from benchmarks._duplicate_finders import OTHER_PROGRAMS, FoundPairs, photo_explorer
from benchmarks._duplicate_results import print_results
from explorer.analysis.duplicates.candidates import THRESHOLDS
from explorer.analysis.duplicates.find_pairs import BATCH_SIZE
from explorer.matching import phash_index


def score(found: FoundPairs, originals: Iterable[Path], copies: Sequence[Copy]) -> dict[str, Any]:
    """Recall of pairs of original and copy, and precision of all pairs (both 0 to 1), by kind and
    in total, with examples of mistakes and the times."""
    origin = {path: path for path in originals} | {copy.path: copy.source for copy in copies}
    kind_of = {copy.path: copy.kind.split(" (")[0] for copy in copies}
    right, wrong = Counter[str](), Counter[str]()
    mistakes, total = list[list[str]](), Counter[bool]()
    for pair in found.pairs:
        if len(pair) < 2 or not pair <= origin.keys():
            continue
        a, b = sorted(pair)
        is_right = origin[a] == origin[b]
        total[is_right] += 1
        if not is_right:
            mistakes.append([a.name, b.name])
        for kind in {kind_of[path] for path in pair if path in kind_of}:
            (right if is_right else wrong)[kind] += 1
    number, hits = Counter(kind_of.values()), Counter[str]()
    missed = list[str]()
    for copy in copies:
        if frozenset((copy.path, copy.source)) in found.pairs:
            hits[kind_of[copy.path]] += 1
        else:
            missed.append(f"{copy.path.name}: {copy.kind}")
    return {
        "recall": sum(hits.values()) / max(1, len(copies)),
        "precision": total[True] / max(1, sum(total.values())),
        "wrong": total[False],
        "mistakes": sorted(mistakes)[:20],
        "missed": sorted(missed)[:40],
        "seconds": found.seconds,
        "parts": found.parts,
        "kinds": {
            kind: {
                "recall": hits[kind] / number[kind],
                "precision": right[kind] / max(1, right[kind] + wrong[kind]),
            }
            for kind in ALL_KINDS
            if number[kind]
        },
    }


def bursts(folder: Path, most: int) -> dict[str, Any]:
    """Count the pairs of different shots that are mistaken for one picture."""
    files = photos_below(folder, most)
    found = photo_explorer(folder)
    pairs = len(files) * (len(files) - 1) // 2
    wrong = [sorted(path.name for path in pair) for pair in found.pairs]
    return {
        "photos": len(files),
        "pairs": pairs,
        "wrong": wrong,
        "precision": 1 - len(wrong) / max(1, pairs),
        "seconds": found.seconds,
    }


def shots(sources: Sequence[Path], folder: Path, seed: int) -> dict[str, Any]:
    """Simulate a pair of shots of each kind for each photo, and count the pairs that are mistaken
    for one picture."""
    for kind in _shots.KINDS:
        (folder / kind).mkdir(parents=True, exist_ok=True)
    jobs = [
        (source, sources[number - 1], folder / kind, kind, seed)
        for number, source in enumerate(sources)
        for kind in _shots.KINDS
    ]
    with ProcessPoolExecutor() as pool:
        made = [pair for pair in pool.map(_make_shots, jobs, chunksize=8) if pair]
    kinds, seconds, mixed = dict[str, list[int]](), 0.0, list[list[str]]()
    for kind in _shots.KINDS:
        found = photo_explorer(folder / kind)
        some = {frozenset((pair.one, pair.other)) for pair in made if pair.kind == kind}
        kinds[kind], seconds = [len(found.pairs & some), len(some)], seconds + found.seconds
        mixed += [sorted(path.name for path in pair) for pair in found.pairs - some]
    return {"made": kinds, "seconds": seconds, "mixed": mixed}


def _make_shots(job: tuple[Path, Path, Path, str, int]) -> _shots.Shots | None:
    source, another, folder, kind, seed = job
    random = np.random.default_rng(
        [seed, zlib.crc32(source.name.encode()), _shots.KINDS.index(kind)]
    )
    try:
        return _shots.make(source, another, folder, kind, random)
    except (OSError, ValueError, SyntaxError):
        return None


def scale(number: int) -> dict[str, Any]:
    """Time the search for all similar hashes among `number`, one in ten of which is a copy of
    another."""
    random = np.random.default_rng(0)
    hashes = random.integers(0, 256, (number, 32), np.uint8)
    copied = random.permutation(number)[: number // 10 * 2].reshape(2, -1)
    hashes[copied[1]] = hashes[copied[0]] ^ np.packbits(
        random.random((copied.shape[1], 256)) < 0.08, axis=1
    )
    started = time.perf_counter()
    table = phash_index.PhashIndex()
    seen = set[tuple[int, int]]()
    # As in indexing, each batch is compared with itself and the batches before it.
    with ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads:
        for start in range(0, number, BATCH_SIZE):
            table.add(hashes[start : start + BATCH_SIZE])
            near = table.search(
                hashes[start : start + BATCH_SIZE],
                THRESHOLDS.max_bits,
                THRESHOLDS.max_even_bits,
                threads,
            )
            seen |= {
                (min(r, c), max(r, c))
                for r, c in zip((near.rows + start).tolist(), near.columns.tolist(), strict=True)
                if r != c
            }
    found = sum((min(a, b), max(a, b)) in seen for a, b in copied.T.tolist()) / max(
        1, copied.shape[1]
    )
    return {
        "hashes": number,
        "seconds": time.perf_counter() - started,
        "recall": found,
        "others": len(seen) - round(found * copied.shape[1]),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure how well copies are found and shots of one scene distinguished."
    )
    parser.add_argument(
        "--photos", type=Path, help="folder of photos to copy, including subfolders"
    )
    parser.add_argument(
        "--most",
        type=int,
        default=100,
        help="maximum number of photos, spread over the folder (100)",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the changes to the copies (1)")
    parser.add_argument(
        "--web",
        action="store_true",
        help="copies as sites, phones and editors make them, instead of the simple kinds",
    )
    parser.add_argument(
        "--bursts",
        type=Path,
        action="append",
        default=[],
        help="photos that are all different shots (may be repeated)",
    )
    parser.add_argument(
        "--shots",
        type=Path,
        help="photos from which two shots without times are made, of each kind",
    )
    parser.add_argument(
        "--scale", type=int, help="time the search for candidates among this many hashes"
    )
    parser.add_argument("--keep", type=Path, help="create the copies in this folder and keep them")
    parser.add_argument("--json", action="store_true")
    return parser


def main() -> int:
    parser = _parser()
    args = parser.parse_args()
    if not args.photos and not args.bursts and not args.shots and not args.scale:
        parser.error("give --photos, --bursts, --shots or --scale")
    results: dict[str, Any] = {}
    if args.photos:
        sources = photos_below(args.photos, args.most)
        if not sources:
            parser.error(f"no photos below {args.photos}")
        with tempfile.TemporaryDirectory(prefix="duplicates-") as scratch:
            kinds = WEB_KINDS if args.web else KINDS
            results |= find_copies(sources, args.keep or Path(scratch), args.seed, kinds)
    if args.bursts:
        results["bursts"] = _total([bursts(folder, 100_000) for folder in args.bursts])
    if args.shots:
        with tempfile.TemporaryDirectory(prefix="duplicates-") as scratch:
            results["shots"] = shots(photos_below(args.shots, args.most), Path(scratch), args.seed)
    if args.scale:
        results["scale"] = scale(args.scale)
    if args.json:
        print(json.dumps(results, indent=1))
    else:
        print_results(results)
    return 0


def find_copies(
    sources: Sequence[Path], folder: Path, seed: int, kinds: Sequence[str]
) -> dict[str, Any]:
    """Make copies in a folder, let each program find them, and score the results."""
    folder.mkdir(parents=True, exist_ok=True)
    originals, copies = make_copies(sources, folder, seed, kinds)
    sys.stderr.write(f"{len(originals):,} photos, {len(copies):,} copies\n")
    results: dict[str, Any] = {}
    for name, program in {"": photo_explorer, **OTHER_PROGRAMS}.items():
        if name and importlib.util.find_spec(name) is None:
            results.setdefault("absent", []).append(name)
            continue
        found = program(folder)
        results[found.program] = score(found, originals.values(), copies)
    return results


def _total(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The results of several folders of bursts as one; the precision is that of the last."""
    total = dict(results[0])
    for each in results[1:]:
        sums = {key: total[key] + each[key] for key in ("photos", "pairs", "wrong", "seconds")}
        total = {**each, **sums}
    return total


if __name__ == "__main__":
    raise SystemExit(main())
