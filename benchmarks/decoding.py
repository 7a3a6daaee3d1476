"""How fast photos are decoded for indexing, compared with plain Pillow.

    python -m benchmarks.decoding FOLDER [--workers N] [--limit N] [--side PIXELS]

Photo Explorer runs the decode processes of indexing, which read the file and compute its hash,
metadata, preview, perceptual hash and the encoder's input. The baseline uses Pillow as most
programs do: it decodes in full, rotates by EXIF, converts to RGB, scales to the preview and to the
input (bicubic), and saves the preview as a JPEG, without hashes and metadata. Both use the same
number of processes and the same files, twice each; the shorter time counts. Files that one of them
cannot read are left out of its count, and reported.
"""

from __future__ import annotations

import argparse
import functools
import io
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from explorer.decoding.decode_result import DecodeJob
from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.photos import decode as decoding
from explorer.photos.file_io import read_file
from explorer.photos.formats import EXTENSIONS
from explorer.photos.input_spec import InputSpec


class Figure(NamedTuple):
    """The result of one run. size: bytes read. seconds: wall-clock time without starting the
    processes. failed: the number of unreadable files."""

    photos: int
    size: int
    seconds: float
    failed: int

    def line(self, name: str) -> str:
        rate, megabytes = self.photos / self.seconds, self.size / 1e6 / self.seconds
        return (
            f"{name:<16}{rate:>10.1f} photos/s {megabytes:>9.1f} MB/s   {self.photos:,} photos,"
            f" {self.failed:,} not read"
        )


def files_below(folder: Path, limit: int) -> list[Path]:
    """At most `limit` photo files in a folder and its subfolders, spread evenly over them."""
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    return found[:: max(1, len(found) // limit)][:limit]


def ours(files: Sequence[Path], workers: int, side: int) -> Figure:
    """Time the decode processes, which are started beforehand."""
    jobs = [DecodeJob(str(path), path.stat().st_mtime) for path in files]
    with DecodePool(workers, InputSpec(side, "squash", "bicubic")) as pool:
        list(pool.run([jobs[0]] * workers * 3, lambda _: False))
        start = time.perf_counter()
        outcomes = list(pool.run(jobs, lambda _: False))
        seconds = time.perf_counter() - start
    read = [outcome for outcome in outcomes if outcome.photo]
    return Figure(
        len(read), sum(outcome.size for outcome in read), seconds, len(outcomes) - len(read)
    )


def theirs(files: Sequence[Path], workers: int, side: int) -> Figure:
    """Time plain Pillow in processes that return the same amount of data."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_plain) as pool:
        work = functools.partial(_plain, side=side)
        list(pool.map(work, [str(files[0])] * workers * 3))
        start = time.perf_counter()
        sizes = list(pool.map(work, map(str, files), chunksize=1))
        seconds = time.perf_counter() - start
    read = [size for size, _, _ in sizes if size]
    return Figure(len(read), sum(read), seconds, len(sizes) - len(read))


def _start_plain() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = None


def _plain(path: str, side: int) -> tuple[int, Any, bytes]:
    try:
        data = Path(path).read_bytes()
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        pixels = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))
        scale = min(1.0, decoding.PREVIEW_SIDE / max(picture.size))
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        packed = io.BytesIO()
        picture.resize(size, Image.Resampling.BICUBIC).save(packed, "JPEG", quality=85)
    except Exception:  # noqa: BLE001  decoders may raise any error for broken files
        return 0, None, b""
    return len(data), pixels, packed.getvalue()


STAGES = {
    "read_file": "read the file",
    "content_hash": "hash its bytes",
    "open_picture": "open",
    "load_picture": "decode",
    "read_metadata": "metadata",
    "to_rgb": "reduce and convert colors",
    "fit": "scale the preview",
    "encoder_input": "scale the input",
    "_measure_quality": "measure quality",
    "perceptual_hash": "perceptual hash",
}


def stages(files: Iterable[Path], side: int) -> dict[str, float]:
    """The mean processor time per photo and stage in milliseconds, measured in this process. The
    time outside all stages counts as writing the preview, which is most of it."""
    spent, spec, count = defaultdict[str, float](float), InputSpec(side, "squash", "bicubic"), 0
    real = {name: getattr(decoding, name) for name in STAGES}
    try:
        for name, function in real.items():
            setattr(decoding, name, _timed(function, STAGES[name], spent))
        for path in files:
            start = time.process_time()
            try:
                data = decoding.read_file(path)
                decoding.content_hash(data)
                decoding.decode(data, spec, mtime=0.0, name=path.name)
            except PhotoError:
                continue
            spent["all"] += time.process_time() - start
            count += 1
    finally:
        for name, function in real.items():
            setattr(decoding, name, function)
    spent["write the preview"] = spent["all"] - sum(
        value for name, value in spent.items() if name != "all"
    )
    spent["all"] = spent.pop("all")
    return {name: 1000 * value / max(1, count) for name, value in spent.items()}


def _timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return function(*args, **options)
        finally:
            spent[stage] += time.process_time() - start

    return timed


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Measure how fast photos in a folder are decoded, compared with plain Pillow."
    )
    parser.add_argument("folder", type=Path, help="folder of photos, including subfolders")
    parser.add_argument(
        "--workers",
        type=int,
        default=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=2000,
        help="maximum number of photos, spread over the folder (2000)",
    )
    parser.add_argument("--side", type=int, default=224, help="side of the encoder's input (224)")
    args = parser.parse_args()
    files = files_below(args.folder, args.limit)
    if not files:
        parser.error(f"no photos below {args.folder}")
    for path in files:
        # Read all files once, so that they are in the page cache for every run.
        try:
            read_file(path)
        except PhotoError:
            continue
    print(f"{len(files):,} files, {args.workers} processes")
    mine = min(
        (ours(files, args.workers, args.side) for _ in range(2)), key=lambda figure: figure.seconds
    )
    plain = min(
        (theirs(files, args.workers, args.side) for _ in range(2)),
        key=lambda figure: figure.seconds,
    )
    print(mine.line("Photo Explorer"))
    print(plain.line("plain Pillow"))
    print(
        f"ratio          "
        f" {(mine.photos / mine.seconds) / max(plain.photos / plain.seconds, 1e-9):>10.2f}"
    )
    print("\nProcessor time of one photo, in milliseconds:")
    for name, value in stages(files[:: max(1, len(files) // 200)], args.side).items():
        print(f"  {name:<20}{value:>8.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
