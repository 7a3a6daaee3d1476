"""How long duplicates take in a library of many photos: as they arrive, for one photo more, and
until the groups are shown.

    python -m benchmarks.duplicates_scale --photos DIR [--number N] [--keep DIR] [--peers] [--json]

The library is made, not indexed: reading and encoding N files is another matter
(`benchmarks.indexing`). Its previews are real pictures: of each photo in the folder the four
quarters, which share nothing, and when these run out, quarters turned by an angle of their own,
which makes other pictures of them. They are as large as previews are; the program itself makes
their perceptual hashes. One in ten is a copy of an earlier one: smaller, cropped, mirrored,
bordered or just saved again. What is synthetic are the vectors: photos come in subjects of forty
that are as near to each other as those of a subject are under the starter model, and copies near to
their originals. Timed are the program's own stages, and the groups as the Duplicates page asks for
them. --keep: making 100,000 previews takes longer than all that is timed; they are left in that
folder, and taken from there the next time. --peers: imagededup (pHash) and czkawka on the same
previews, as files; their seconds include reading these, which stands for ours in indexing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from benchmarks._duplicate_finders import COPY_TIERS, OTHER_PROGRAMS
from benchmarks.duplicates import photos_below
from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.duplicates.find_groups import find_groups
from explorer.library.embedding_store import put_embedding, register_encoder
from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_present
from explorer.library.library import Library
from explorer.library.photo_store import add_photo
from explorer.library.root_store import add_root
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.hashing import perceptual_hash

# A preview's size, photos of one subject, numbers in a vector, and how much of a vector is its
# subject's, or its original's.
_SIZE, _SUBJECT, _DIM, _SHARED, _COPIED = (512, 384), 40, 384, 0.5, 0.9
# Degrees by which a quarter is turned to make other pictures of it, far enough apart not to be
# copies of each other.
_TURNS = (37, 54, 20, 70, 28, 62, 45)
# Each so many-th photo is a copy.
_EACH = 10


class Named:
    """As much of an encoder as the stages ask for."""

    name, version, dim = "synthetic", "1", _DIM


class Made(NamedTuple):
    """One preview. of: the number of the photo that it is a copy of, or -1."""

    number: int
    jpeg: bytes
    phash: bytes
    of: int


def original_of(number: int) -> int:
    """Of what a photo is a copy, or -1 where it is none."""
    if number % _EACH != _EACH - 1:
        return -1
    other = int(np.random.default_rng([7, number]).integers(number))
    return other - 1 if other % _EACH == _EACH - 1 else other


def picture(number: int, sources: list[Path]) -> Image.Image:
    """The photo of that number, or, of a copy, its original."""
    number = max(original_of(number), number if original_of(number) < 0 else -1)
    source, rest = sources[number % len(sources)], number // len(sources)
    quarter, turn = rest % 4, rest // 4
    with Image.open(source) as opened:
        whole = ImageOps.exif_transpose(opened).convert("RGB")
    w, h = whole.width // 2, whole.height // 2
    left, top = quarter % 2 * w, quarter // 2 * h
    part = whole.crop((left, top, left + w, top + h)).resize(_SIZE, Image.Resampling.BICUBIC)
    if turn:
        # The corners that are left empty are cut off.
        part = part.rotate(_TURNS[turn - 1], Image.Resampling.BICUBIC)
        part = part.crop((128, 96, 384, 288)).resize(_SIZE, Image.Resampling.BICUBIC)
    return part


def changed(part: Image.Image, number: int) -> Image.Image:
    """A copy, made in one of five ways."""
    how, (w, h) = number // _EACH % 5, part.size
    if how == 0:
        return part.resize((w // 2, h // 2), Image.Resampling.LANCZOS)
    if how == 1:
        return part.crop((0, h // 12, w - w // 12, h))
    if how == 2:
        return ImageOps.mirror(part)
    return ImageOps.expand(part, 16, "white") if how == 3 else part


def made(job: tuple[int, list[Path], Path | None]) -> Made:
    """The preview of that photo, as decoding would leave it; what was kept in the folder, if one is
    given, from there."""
    number, sources, keep = job
    of = original_of(number)
    kept = keep / f"{number // 1000:04}" / f"{number:07}.jpg" if keep else None
    if kept and kept.exists():
        data = kept.read_bytes()
        return Made(number, data, perceptual_hash(Image.open(io.BytesIO(data))), of)
    part = picture(number, sources)
    if of >= 0:
        part = changed(part, number)
    packed = io.BytesIO()
    part.save(packed, "JPEG", quality=85 if of < 0 else 70)
    part = Image.open(packed)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole = kept.with_suffix(".part")
        whole.write_bytes(packed.getvalue())
        whole.replace(kept)
    return Made(number, packed.getvalue(), perceptual_hash(part), of)


def vectors(number: int, seed: int = 3) -> Iterator[np.ndarray]:
    """A unit vector for each photo."""
    random = np.random.default_rng(seed)
    kept = np.zeros((number, _DIM), np.float16)
    subjects = unit(random.standard_normal((max(1, number // _SUBJECT), _DIM)))
    for i in range(number):
        of = original_of(i)
        near, share = (
            (subjects[i % len(subjects)], _SHARED) if of < 0 else (kept[of].astype(float), _COPIED)
        )
        kept[i] = unit(share**0.5 * near + (1 - share) ** 0.5 * unit(random.standard_normal(_DIM)))
        yield kept[i].astype(np.float32)


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def put(library: Library, writer: Writer, root: int, one: Made, vector: np.ndarray) -> None:
    """One photo into the library."""
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
            writer, register_encoder(writer, Named.name, Named.version, Named.dim), photo_id, vector
        )
        put_present(
            writer, root, FileStat(f"{one.number:07}.jpg", 40 * len(one.jpeg), 1, 0), photo_id
        )


def timed(work: Callable[[], object]) -> tuple[float, float, Any]:
    """(seconds by the clock, seconds of the processor, what it gave)."""
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
            # Two more than are timed together.
            previews = pool.map(made, ((i, sources, keep) for i in range(number + 2)), chunksize=64)
            every = zip(previews, vectors(number + 2), strict=True)
            with writer.transaction():
                for _, (one, vector) in zip(range(number), every, strict=False):
                    put(library, writer, root, one, vector)
            stages = [kind(library, writer, Named()) for kind in (NeighborStage, PairStage)]  # type: ignore[arg-type]
            for stage, name in zip(stages, ("nearest photos", "duplicates"), strict=True):
                wall, processor, _ = timed(lambda stage=stage: stage.run(lambda done, total: None))  # type: ignore[misc]
                results[name] = {
                    "seconds": wall,
                    "processor": processor,
                    "ms a photo": 1000 * wall / number,
                }
            results["groups"] = groups(library)
            for name, (one, vector) in zip(("one photo more", "another one"), every, strict=True):
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
        # All in one folder: a folder at a time is what they are made for.
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
    """The groups, of the sure tiers and of all, as the page asks for them; and how many copies are
    in one with their original."""
    sure, _, found = timed(lambda: find_groups(library, COPY_TIERS))
    everything, _, shown = timed(lambda: find_groups(library))
    sets = [{int(Path(item.path).stem) for item in (group.keep, *group.others)} for group in found]
    of = {i: set(some) for some in sets for i in some}
    copies = [i for i in range(library.catalog.counts().photos) if original_of(i) >= 0]
    right = sum(original_of(i) in of.get(i, ()) for i in copies)
    strange = sum(
        len({max(original_of(i), i if original_of(i) < 0 else -1) for i in some}) > 1
        for some in sets
    )
    return {
        "sure tiers": sure, "all tiers": everything, "groups": len(found),
        "of all tiers": len(shown),
        "recall": right / max(1, len(copies)), "groups with a stranger": strange,
    }  # fmt: skip


def say(results: dict[str, Any]) -> None:
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
            f"{name:<18}{value['seconds']:.1f} s, {value['seconds'] / ours:.2f} times ours, {value['pairs']:,} pairs"
        )
    for name in results.get("absent", []):
        print(f"{name} is not installed (benchmarks/requirements.txt): left out")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="How long duplicates take in a library of many photos."
    )
    parser.add_argument(
        "--photos", type=Path, required=True, help="photos that the previews are made of"
    )
    parser.add_argument("--number", type=int, default=10_000, help="photos in the library (10,000)")
    parser.add_argument(
        "--keep",
        type=Path,
        help="leave the previews in this folder, and take those that are there; for the same photos",
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="have imagededup and czkawka look through the same previews",
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)
    sources = photos_below(args.photos, 100_000)
    if not sources:
        parser.error(f"no photos below {args.photos}")
    most = len(sources) * 4 * (1 + len(_TURNS)) - 2
    if args.number > most:
        parser.error(
            f"of {len(sources):,} photos no more than {most:,} previews can be made that share nothing"
        )
    with tempfile.TemporaryDirectory(prefix="duplicates-scale-") as scratch:
        results = run(sources, args.number, Path(scratch), keep=args.keep, peers=args.peers)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
    else:
        say(results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
