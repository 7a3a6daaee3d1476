"""How long finding duplicates takes in a library of many photos: for all photos, for one more
photo, and until the groups are displayed.

    python -m benchmarks.duplicates_scale --photos DIR [--number N] [--keep DIR] [--peers] [--json]

The library is generated, not indexed: `benchmarks.indexing` measures reading and encoding files.
Its previews are real pictures: the four quarters of each photo in the folder, which have no common
content, and when these run out, quarters rotated by different angles, which makes them different
pictures. They have the usual size of previews, and their perceptual hashes are computed. One in ten
is a copy of an earlier one: reduced, cropped, mirrored, with a border, or only saved again. The
vectors are synthetic: the photos form subjects of forty that are as close to each other as photos
of one subject under the starter model, and copies are close to their originals.

The program's own analysis stages are timed, and the groups as the Duplicates page requests them.
--keep: generating 100,000 previews takes longer than all that is timed, so they are stored in this
folder and reused by the next run. --peers: imagededup (pHash) and czkawka run on the same previews
as files; their times include reading the files, which Photo Explorer does while indexing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._copies import photos_below
from benchmarks._duplicate_finders import COPY_TIERS, OTHER_PROGRAMS
from benchmarks._synthetic_photos import (
    DIM,
    ROTATIONS,
    SyntheticPhoto,
    make_photo,
    original_of,
    vectors,
)
from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.duplicates.find_groups import find_groups
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.file_store import put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import DecodedPhoto


class EncoderName:
    """The attributes of an encoder that the stages use."""

    name, version, dim = "synthetic", "1", DIM


def put(
    library: Library, writer: Writer, root: int, one: SyntheticPhoto, vector: np.ndarray
) -> None:
    """Add one photo to the library."""
    digest = hashlib.blake2b(b"%d" % one.number, digest_size=16).digest()
    path = library.previews.path(digest.hex())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(one.jpeg)
    size = 4000 if one.of < 0 else 2000
    photo = DecodedPhoto(
        format="JPEG", width=size, height=size * 3 // 4, phash=one.phash, preview=one.jpeg
    )
    with writer.transaction():
        photo_id = add_photo(writer, digest, 40 * len(one.jpeg), photo)
        put_embedding(
            writer,
            register_encoder(writer, EncoderName.name, EncoderName.version, EncoderName.dim),
            photo_id,
            vector,
        )
        put_present(
            writer, root, FileStat(f"{one.number:07}.jpg", 40 * len(one.jpeg), 1, 0), photo_id
        )


def timed(work: Callable[[], object]) -> tuple[float, float, Any]:
    """(wall-clock seconds, processor seconds, result)."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - clock, time.process_time() - processor, result


def run(
    sources: list[Path], number: int, folder: Path, *, keep: Path | None, peers: bool
) -> dict[str, Any]:
    photos = folder / "photos"
    photos.mkdir()
    library = Library.open(folder / "library")
    results: dict[str, Any] = {"photos": number}
    try:
        with library.lock(), ProcessPoolExecutor() as pool:
            writer = Writer(library.catalog)
            root = add_root(writer, str(photos))
            # Two more photos than the first run uses, to be added later.
            previews = pool.map(
                make_photo, ((i, sources, keep) for i in range(number + 2)), chunksize=64
            )
            every = zip(previews, vectors(number + 2), strict=True)
            with writer.transaction():
                for _, (one, vector) in zip(range(number), every, strict=False):
                    put(library, writer, root, one, vector)
            stages = [kind(library, writer, EncoderName()) for kind in (NeighborStage, PairStage)]  # type: ignore[arg-type]
            for stage, name in zip(stages, ("nearest photos", "duplicates"), strict=True):
                wall, processor, _ = timed(lambda stage=stage: stage.run(lambda done, total: None))  # type: ignore[misc]
                results[name] = {
                    "seconds": wall,
                    "processor": processor,
                    "ms a photo": 1000 * wall / number,
                }
            results["groups"] = groups(library)
            for name, (one, vector) in zip(("one more photo", "another one"), every, strict=True):
                put(library, writer, root, one, vector)
                parts = [
                    timed(lambda stage=stage: stage.run(lambda done, total: None))[0]  # type: ignore[misc]
                    for stage in stages
                ]
                results[name] = {"nearest photos": 1000 * parts[0], "duplicates": 1000 * parts[1]}
            writer.close()
    finally:
        library.close()
    if peers:
        # The other programs take only one folder at a time.
        files = folder / "previews"
        files.mkdir()
        for path in library.previews.all():
            (files / path.name).hardlink_to(path)
    for name in OTHER_PROGRAMS if peers else ():
        if importlib.util.find_spec(name) is None:
            results.setdefault("absent", []).append(name)
        else:
            found = OTHER_PROGRAMS[name](files)
            results.setdefault("peers", {})[found.program] = {
                "seconds": found.seconds,
                "pairs": len(found.pairs),
            }
    return results


def groups(library: Library) -> dict[str, Any]:
    """Times of the groups of the tiers of copies and of all tiers, as the page requests them; the
    share of copies in a group with their original, and the number of groups with unrelated
    photos."""
    copy_seconds, _, found = timed(lambda: find_groups(library, COPY_TIERS))
    all_seconds, _, shown = timed(lambda: find_groups(library))
    sets = [{int(Path(item.path).stem) for item in (group.keep, *group.others)} for group in found]
    group_of = {i: members for members in sets for i in members}
    copies = [i for i in range(library.catalog.counts().photos) if original_of(i) >= 0]
    right = sum(original_of(i) in group_of.get(i, ()) for i in copies)
    mixed = sum(
        len({max(original_of(i), i if original_of(i) < 0 else -1) for i in members}) > 1
        for members in sets
    )
    return {
        "tiers of copies": copy_seconds, "all tiers": all_seconds, "groups": len(found),
        "of all tiers": len(shown),
        "recall": right / max(1, len(copies)), "groups with unrelated photos": mixed,
    }  # fmt: skip


def print_results(results: dict[str, Any]) -> None:
    for name, value in results.items():
        if isinstance(value, dict) and name != "peers":
            print(
                f"{name:<18}"
                + ", ".join(
                    f"{key} {figure:,.3f}" if isinstance(figure, float) else f"{key} {figure:,}"
                    for key, figure in value.items()
                )
            )
    ours = results["duplicates"]["seconds"]
    for name, value in results.get("peers", {}).items():
        print(
            f"{name:<18}{value['seconds']:.1f} s, {value['seconds'] / ours:.2f} times ours,"
            f" {value['pairs']:,} pairs"
        )
    for name in results.get("absent", []):
        print(f"{name} is not installed (benchmarks/requirements.txt): skipped")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Measure how long finding duplicates takes in a library of many photos."
    )
    parser.add_argument(
        "--photos", type=Path, required=True, help="photos from which the previews are made"
    )
    parser.add_argument("--number", type=int, default=10_000, help="photos in the library (10,000)")
    parser.add_argument(
        "--keep",
        type=Path,
        help="keep the previews in this folder, and reuse them for the same photos",
    )
    parser.add_argument(
        "--peers", action="store_true", help="run imagededup and czkawka on the same previews"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)
    sources = photos_below(args.photos, 100_000)
    if not sources:
        parser.error(f"no photos below {args.photos}")
    most = len(sources) * 4 * (1 + len(ROTATIONS)) - 2
    if args.number > most:
        parser.error(
            f"{len(sources):,} photos give no more than {most:,} previews without common content"
        )
    with tempfile.TemporaryDirectory(prefix="duplicates-scale-") as scratch:
        results = run(sources, args.number, Path(scratch), keep=args.keep, peers=args.peers)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
    else:
        print_results(results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
