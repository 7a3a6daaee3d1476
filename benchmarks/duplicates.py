"""How well copies are found, and shots of one scene told apart, beside imagededup (pHash) and
czkawka; and how long it takes.

    python -m benchmarks.duplicates --photos DIR [--most N] [--web] [--bursts DIR] [--shots DIR]
    [--scale N] [--json]

Of up to N photos in a folder it makes copies of every kind in `_copies.KINDS` (--web: `WEB_KINDS`),
one each, in a folder of its own, and has each program look for duplicates among all originals and
copies. Ours runs as the program does: it indexes the folder with the starter model and reads the
groups of the tiers “identical”, “pixels” and “picture”. A copy is found where it is in a group with
its original (or, for the peers, paired with it). Precision counts pairs of files: right are those
that come from one photo. Peers run with the settings their own documents give: imagededup pHash
with a distance of at most 10, czkawka with a similarity of 15 of 64 … 256 bits, as its examples do.
--bursts: photos that are all different shots; any pair of them in these tiers is wrong. --shots: of
each photo two shots are made by rule for each kind in `_shots.KINDS`, as from a tripod, a hand or a
second camera; these are no copies either. --scale: finding candidates among so many synthetic
hashes. Peers that are not installed (benchmarks/requirements.txt) are left out, and said.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import _shots
from benchmarks._copies import ALL_KINDS, KINDS, WEB_KINDS, Copy, make
from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import Tier
from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.indexing.progress import Progress
from explorer.library.library import Library
from explorer.matching import phash_index
from explorer.photos.formats import EXTENSIONS

SURE: tuple[Tier, ...] = ("identical", "pixels", "picture")
Pairs = set[frozenset[Path]]


class Found(NamedTuple):
    """What one program found. seconds: by the clock, from the folder to the pairs. parts: of what
    these are made up, where known."""

    name: str
    pairs: Pairs
    seconds: float
    parts: dict[str, float]


def photos_below(folder: Path, most: int) -> list[Path]:
    """The photo files, each n-th if there are more than wanted."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    return found[:: max(1, len(found) // most)][:most]


def make_copies(
    sources: Sequence[Path], folder: Path, seed: int, kinds: Sequence[str] = KINDS
) -> tuple[dict[Path, Path], list[Copy]]:
    """Originals under names of their own, and of each a copy of each kind: (original in the folder
    by source, copies)."""
    originals = dict[Path, Path]()
    for number, source in enumerate(sources):
        place = folder / "originals" / f"{number:05}{source.suffix.lower()}"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(source.read_bytes())
        originals[source] = place
    (folder / "copies").mkdir(exist_ok=True)
    jobs = [
        (place, folder / "copies", kind, seed) for place in originals.values() for kind in kinds
    ]
    with ProcessPoolExecutor() as pool:
        copies = [copy for copy in pool.map(_made, jobs, chunksize=16) if copy]
    return originals, copies


def _made(job: tuple[Path, Path, str, int]) -> Copy | None:
    source, folder, kind, seed = job
    random = np.random.default_rng([seed, zlib.crc32(source.name.encode()), ALL_KINDS.index(kind)])
    try:
        return make(source, folder, kind, random)
    except (OSError, ValueError, SyntaxError):
        # What Pillow cannot open is no photo to copy.
        return None


def ours(folder: Path) -> Found:
    """Index the folder into a library of its own, and read the groups."""
    encoder, started = registry.get_encoder("starter"), time.perf_counter()
    marks = {"": started}

    def note(progress: Progress) -> None:
        marks.setdefault(progress.stage, time.perf_counter())

    with tempfile.TemporaryDirectory(prefix="duplicates-library-") as place:
        library = Library.open(place)
        try:
            index_folders(library, [str(folder)], encoder, note)
            indexed = time.perf_counter()
            groups = find_groups(library, SURE)
            end = time.perf_counter()
        finally:
            library.close()
    pairs = joined([[Path(item.path) for item in (group.keep, *group.others)] for group in groups])
    compared = next((at for stage, at in marks.items() if stage.startswith("Looking")), indexed)
    return Found(
        "Photo Explorer",
        pairs,
        end - started,
        {"comparing": indexed - compared, "reading the groups": end - indexed},
    )


def joined(groups: Iterable[Sequence[Path]]) -> Pairs:
    """All pairs of files that groups say are one picture; the one kept of a tighter tier's group
    stands for it in a looser one's."""
    sets = dict[Path, set[Path]]()
    for group in groups:
        whole = set(group).union(*(sets.get(path, set()) for path in group))
        sets.update(dict.fromkeys(whole, whole))
    unique = {id(members): members for members in sets.values()}
    return {
        frozenset(pair)
        for members in unique.values()
        for pair in itertools.combinations(members, 2)
    }


def imagededup(folder: Path) -> Found:
    """pHash at its documented distance of 10."""
    from imagededup.methods import PHash

    started, pairs = time.perf_counter(), Pairs()
    hasher = PHash(verbose=False)
    # One folder at a time is what it takes; the files' names tell originals and copies apart.
    hashes = dict[str, str]()
    for part in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        hashes |= {
            str(part / name): value for name, value in hasher.encode_images(image_dir=part).items()
        }
    for name, others in hasher.find_duplicates(
        encoding_map=hashes, max_distance_threshold=10
    ).items():
        pairs |= {frozenset((Path(name), Path(other))) for other in others}
    return Found("imagededup pHash@10", pairs, time.perf_counter() - started, {})


def czkawka(folder: Path) -> Found:
    """Its similar images, at the similarity that its own example sets."""
    from czkawka import ImageSimilarity

    started, finder = time.perf_counter(), ImageSimilarity()
    finder.set_directories([folder])
    finder.set_similarity(15)
    pairs = {
        frozenset(map(Path, pair))
        for group in finder.find_similar()
        for pair in itertools.combinations(group, 2)
    }
    return Found("czkawka", pairs, time.perf_counter() - started, {})


PEERS: dict[str, Callable[[Path], Found]] = {"imagededup": imagededup, "czkawka": czkawka}


def score(found: Found, originals: Iterable[Path], copies: Sequence[Copy]) -> dict[str, Any]:
    """Recall of original–copy pairs and precision of all pairs, for each kind and over all."""
    origin = {path: path for path in originals} | {copy.path: copy.source for copy in copies}
    kind_of = {copy.path: copy.kind.split(" (")[0] for copy in copies}
    right, wrong = defaultdict[str, int](int), defaultdict[str, int](int)
    total_right = total_wrong = 0
    mistakes = list[list[str]]()
    for pair in found.pairs:
        if len(pair) < 2 or not pair <= origin.keys():
            continue
        a, b = sorted(pair)
        good = origin[a] == origin[b]
        total_right, total_wrong = total_right + good, total_wrong + (not good)
        if not good:
            mistakes.append([a.name, b.name])
        for kind in {kind_of.get(a), kind_of.get(b)} - {None}:
            (right if good else wrong)[str(kind)] += 1
    hit, asked = defaultdict[str, int](int), defaultdict[str, int](int)
    for copy in copies:
        kind = kind_of[copy.path]
        asked[kind] += 1
        hit[kind] += frozenset((copy.path, copy.source)) in found.pairs
    return {
        "recall": sum(hit.values()) / max(1, len(copies)),
        "precision": total_right / max(1, total_right + total_wrong),
        "wrong": total_wrong,
        "mistakes": sorted(mistakes)[:20],
        "missed": sorted(
            f"{copy.path.name}: {copy.kind}"
            for copy in copies
            if frozenset((copy.path, copy.source)) not in found.pairs
        )[:40],
        "seconds": found.seconds,
        "parts": found.parts,
        "kinds": {
            kind: {
                "recall": hit[kind] / asked[kind],
                "precision": right[kind] / max(1, right[kind] + wrong[kind]),
            }
            for kind in ALL_KINDS
            if asked[kind]
        },
    }


def bursts(folder: Path, most: int) -> dict[str, Any]:
    """Pairs of different shots that are taken for one picture."""
    files = photos_below(folder, most)
    found = ours(folder)
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
    """Pairs of shots by rule, of each photo one of each kind, that are taken for one picture."""
    for kind in _shots.KINDS:
        (folder / kind).mkdir(parents=True, exist_ok=True)
    jobs = [
        (source, sources[number - 1], folder / kind, kind, seed)
        for number, source in enumerate(sources)
        for kind in _shots.KINDS
    ]
    with ProcessPoolExecutor() as pool:
        made = [pair for pair in pool.map(_shot, jobs, chunksize=8) if pair]
    kinds, seconds, mixed = dict[str, list[int]](), 0.0, list[list[str]]()
    for kind in _shots.KINDS:
        found = ours(folder / kind)
        some = {frozenset((pair.one, pair.other)) for pair in made if pair.kind == kind}
        kinds[kind], seconds = [len(found.pairs & some), len(some)], seconds + found.seconds
        mixed += [sorted(path.name for path in pair) for pair in found.pairs - some]
    return {"made": kinds, "seconds": seconds, "mixed": mixed}


def _shot(job: tuple[Path, Path, Path, str, int]) -> _shots.Shots | None:
    source, another, folder, kind, seed = job
    random = np.random.default_rng(
        [seed, zlib.crc32(source.name.encode()), _shots.KINDS.index(kind)]
    )
    try:
        return _shots.make(source, another, folder, kind, random)
    except (OSError, ValueError, SyntaxError):
        return None


def scale(number: int) -> dict[str, Any]:
    """Seconds to find all similar hashes among so many, of which one in ten is another's copy."""
    from explorer.analysis.duplicates.candidates import MOST_BITS, MOST_EVEN
    from explorer.analysis.duplicates.find_pairs import BATCH

    random = np.random.default_rng(0)
    hashes = random.integers(0, 256, (number, 32), np.uint8)
    copied = random.permutation(number)[: number // 10 * 2].reshape(2, -1)
    hashes[copied[1]] = hashes[copied[0]] ^ np.packbits(
        random.random((copied.shape[1], 256)) < 0.08, axis=1
    )
    started = time.perf_counter()
    table = phash_index.PhashIndex()
    seen = set[tuple[int, int]]()
    # As they come: each is looked for among those before it.
    with ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads:
        for start in range(0, number, BATCH):
            table.add(hashes[start : start + BATCH])
            near = table.near(hashes[start : start + BATCH], MOST_BITS, MOST_EVEN, threads.map)
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


def say(results: dict[str, Any]) -> None:
    """The results as tables."""
    programs = {
        name: value
        for name, value in results.items()
        if isinstance(value, dict) and "kinds" in value
    }
    if programs:
        print(f"{'recall / precision':<18}" + "".join(f"{name:>24}" for name in programs))
        for kind in (
            kind for kind in ALL_KINDS if any(kind in value["kinds"] for value in programs.values())
        ):
            row = [value["kinds"].get(kind) for value in programs.values()]
            print(
                f"{kind:<18}"
                + "".join(
                    f"{r['recall']:>15.3f} / {r['precision']:.3f} " if r else f"{'':>24}"
                    for r in row
                )
            )
        print(
            f"{'all':<18}"
            + "".join(f"{v['recall']:>15.3f} / {v['precision']:.3f} " for v in programs.values())
        )
        print(f"{'seconds':<18}" + "".join(f"{v['seconds']:>24.1f}" for v in programs.values()))
        first = next(iter(programs.values()))
        print(
            f"{'time, ratio':<18}"
            + "".join(f"{v['seconds'] / first['seconds']:>24.2f}" for v in programs.values())
        )
        for part, seconds in first["parts"].items():
            print(f"    of ours, {part}: {seconds:.1f} s")
    if "bursts" in results:
        b = results["bursts"]
        wrong = f"{len(b['wrong'])} of {b['pairs']:,} pairs of {b['photos']:,} photos"
        print(f"different shots: {wrong} were taken for one picture: {b['wrong'][:5]}")
    if "shots" in results:
        print(f"{'two shots without times':<34}taken for one picture")
        for kind, (wrong, of) in results["shots"]["made"].items():
            print(f"{kind:<34}{wrong:>6} of {of}")
    if "scale" in results:
        s = results["scale"]
        print(
            f"candidates among {s['hashes']:,} hashes in eight orientations: {s['seconds']:.1f} s, {s['recall']:.3f} of copies found"
        )
    for name in results.get("absent", []):
        print(f"{name} is not installed (benchmarks/requirements.txt): left out")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="How well copies are found, and shots of one scene told apart."
    )
    parser.add_argument(
        "--photos", type=Path, help="photos to make copies of; searched with all below it"
    )
    parser.add_argument(
        "--most",
        type=int,
        default=100,
        help="at most so many of them, spread over the folder (100)",
    )
    parser.add_argument("--seed", type=int, default=1, help="of what is done to the copies (1)")
    parser.add_argument(
        "--web",
        action="store_true",
        help="copies as sites, phones and editors make them, instead of the plain kinds",
    )
    parser.add_argument(
        "--bursts",
        type=Path,
        action="append",
        default=[],
        help="photos that are all different shots (may be given again)",
    )
    parser.add_argument(
        "--shots",
        type=Path,
        help="photos of each of which two shots are made, without times, of each kind",
    )
    parser.add_argument(
        "--scale", type=int, help="time the search for candidates among so many hashes"
    )
    parser.add_argument(
        "--keep", type=Path, help="make the copies in this folder and leave them there"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not args.photos and not args.bursts and not args.shots and not args.scale:
        parser.error("give --photos, --bursts, --shots or --scale")
    results: dict[str, Any] = {}
    if args.photos:
        sources = photos_below(args.photos, args.most)
        if not sources:
            parser.error(f"no photos below {args.photos}")
        with tempfile.TemporaryDirectory(prefix="duplicates-") as scratch:
            folder = args.keep or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            originals, copies = make_copies(
                sources, folder, args.seed, WEB_KINDS if args.web else KINDS
            )
            sys.stderr.write(f"{len(originals):,} photos, {len(copies):,} copies\n")
            for name, program in {"": ours, **PEERS}.items():
                if name and importlib.util.find_spec(name) is None:
                    results.setdefault("absent", []).append(name)
                    continue
                found = program(folder)
                results[found.name] = score(found, originals.values(), copies)
    for folder in args.bursts:
        some = bursts(folder, 100_000)
        before = results.get("bursts")
        results["bursts"] = (
            {**some, **{k: before[k] + some[k] for k in ("photos", "pairs", "wrong", "seconds")}}
            if before
            else some
        )
    if args.shots:
        with tempfile.TemporaryDirectory(prefix="duplicates-") as scratch:
            results["shots"] = shots(photos_below(args.shots, args.most), Path(scratch), args.seed)
    if args.scale:
        results["scale"] = scale(args.scale)
    if args.json:
        print(json.dumps(results, indent=1))
    else:
        say(results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
