"""How fast a folder is indexed, and how long a search takes in a new process.

    python run.py bench indexing --photos DIR [--most N] [--encoder NAME]
    python run.py bench indexing --photos DIR [--most N] --peer rclip [--weights FILE] [--int8 DIR]
    python run.py bench indexing --cold 10000 [--encoder NAME]

The first runs `index` on the folder with an empty library, and then again, when nothing should be
encoded. The time is that of the whole command: starting Python, loading the model, reading,
decoding, encoding, writing and comparing. The second indexes the folder with CLIP ViT-B-32-256 and
then with rclip on the same weights, and prints the time from start to exit and the peak memory of
both (benchmarks/requirements.txt; rclip itself may be in an environment of its own on the PATH).
Converting the model is not measured, and neither is the self-test of INT8 with the photos of
another folder, which the app makes in the background. The third fills a library with synthetic
vectors and times `search` with a phrase, from the start of the command to its end. The first run
does not count, as it may have to convert the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _rclip
from explorer.config import PROJECT
from explorer.encoders import registry
from explorer.encoders.base import Encoder, Pixels, unit
from explorer.encoders.runtime import encoder_engines
from explorer.encoders.runtime.encoder_engines import INT8_PHOTOS
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.file_store import put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root
from explorer.library.stores.setting_store import put_setting
from explorer.library.writer import Writer
from explorer.photos.decode import decode
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.photos.formats import EXTENSIONS


def environment() -> dict[str, str]:
    """The environment of the commands: this one, in which Python keeps the bytecode of modules.

    Where it may not, each process compiles all of its modules again, which a user's does only once.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def command(library: Path, *words: str) -> tuple[str, float]:
    """Run a command; return its standard output and the seconds from start to exit."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(PROJECT / "run.py"), *words, "--library", str(library)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment(),
    )
    return done.stdout, time.perf_counter() - start


def index(photos: Path, encoder: str) -> None:
    """Index a folder twice, and print the times."""
    with tempfile.TemporaryDirectory() as scratch:
        first, seconds = command(
            Path(scratch), "index", str(photos), "--encoder", encoder, "--json"
        )
        summary: dict[str, Any] = json.loads(first)
        speed = summary["indexed"] / seconds
        print(
            f"index        {summary['indexed']:,} photos, {summary['failed']:,} failed in"
            f" {seconds:.1f} s: {speed:.1f} photos/s"
        )
        again, seconds = command(
            Path(scratch), "index", str(photos), "--encoder", encoder, "--json"
        )
        summary = json.loads(again)
        print(
            f"index again  {summary['unchanged']:,} unchanged, {summary['encoded']:,} encoded in"
            f" {seconds:.1f} s"
        )


def beside_rclip(photos: Path, weights: Path | None, int8_photos: Sequence[Path]) -> None:
    """Index a folder with this program and with rclip, on the same weights, and print the time from
    start to exit and the peak memory of each, and the ratio. Raises SystemExit if rclip, or what
    exporting its model needs, is not installed.

    weights: of open_clip's ViT-B-32-256; None for random ones. int8_photos: INT8_PHOTOS photos to
    test INT8 with beforehand; none to run in what was decided on this computer before.
    """
    program = _rclip.program()
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        file = weights or base / "weights.safetensors"
        if weights is None:
            _rclip.random_weights(file)
        _rclip.export(file, base / "rclip")
        encoder = f"open_clip:{_rclip.ARCHITECTURE}@{file}"
        # Once beforehand: the model is converted once and then kept.
        (base / "one").mkdir()
        shutil.copy(next(iter(sample(photos, 1))), base / "one")
        command(base / "warm", "index", str(base / "one"), "--encoder", encoder, "--json")
        if int8_photos and encoder_engines.wants_int8_test(encoder):
            encoder_engines.assess_int8(encoder, _pixels(int8_photos, encoder))
        words = ["index", str(photos), "--encoder", encoder, "--library", str(base / "library")]
        ours = _rclip.measure(
            [sys.executable, str(PROJECT / "run.py"), *words], base, environment()
        )
        theirs = _rclip.measure(
            [program, "a photo"], photos, environment() | {"RCLIP_DATADIR": str(base / "rclip")}
        )
        number = len(sample(photos, None))
        for name, found in (("index", ours), ("rclip", theirs)):
            print(
                f"{name:12} {number:,} photos in {found.seconds:.1f} s:"
                f" {number / found.seconds:.1f} photos/s, {found.peak / 1e9:.2f} GB"
            )
        print(f"ratio        {theirs.seconds / ours.seconds:.2f}")
        print(command(base / "library", "status")[0])


def _pixels(files: Sequence[Path], encoder: str) -> Pixels:
    """These photos as the encoder takes them."""
    spec = registry.get_encoder(encoder).spec
    found = [decode(file.read_bytes(), spec).input for file in files]
    return np.stack([pixels for pixels in found if pixels is not None])


def sample(folder: Path, most: int | None) -> list[Path]:
    """Photo files in a folder and its subfolders; at most `most`, spread evenly over them."""
    files = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS and path.is_file()
    )
    if most is None or len(files) <= most:
        return files
    return [files[len(files) * n // most] for n in range(most)]


def fill(library: Path, number: int, encoder: Encoder) -> None:
    """Fill a library with photos that have no files, and random vectors."""
    opened = Library.open(library)
    writer = Writer(opened.catalog)
    (library / "photos").mkdir()
    root = add_root(writer, str(library / "photos"))
    encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
    random = np.random.default_rng(1)
    for start in range(0, number, 1000):
        with writer.transaction():
            for n, vector in enumerate(
                unit(random.standard_normal((min(1000, number - start), encoder.dim))), start
            ):
                photo = add_photo(
                    writer, hashlib.blake2b(str(n).encode(), digest_size=16).digest(), 1, _plain()
                )
                put_embedding(writer, encoder_id, photo, vector)
                put_present(writer, root, FileStat(f"{n // 500}/{n}.jpg", 1, n, 0), photo)
    put_setting(opened.catalog, "encoder", encoder.name)
    opened.vectors(encoder.name, encoder.version, encoder.dim).save()
    writer.close()
    opened.close()


def _plain() -> DecodedPhoto:
    return DecodedPhoto(
        format="JPEG", width=640, height=480, frames=1, taken_at=None, taken_source=None,
        latitude=None, longitude=None, camera=None,
        lens=None, exposure_time=None, f_number=None, iso=None, focal_length=None, phash=bytes(32),
        preview=b"", input=None, damaged=None,
    )  # fmt: skip


def cold(number: int, name: str) -> None:
    """Time searches for phrases in a library of this many photos, each in a new process."""
    with tempfile.TemporaryDirectory() as scratch:
        fill(Path(scratch), number, registry.get_encoder(name))
        command(Path(scratch), "search", "a dog", "--json")
        taken = [
            command(Path(scratch), "search", phrase, "--json")[1]
            for phrase in ("a beach", "red car", "two people", "snow", "a cat")
        ]
    print(
        f"cold search  {number:,} photos: median {statistics.median(taken):.2f} s, from"
        f" {min(taken):.2f} to {max(taken):.2f} s"
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench indexing", description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder of photos, including subfolders")
    parser.add_argument(
        "--most", type=int, metavar="N", help="maximum number of photos, spread over the folder"
    )
    parser.add_argument("--encoder", default="starter", metavar="NAME")
    parser.add_argument(
        "--peer", choices=["rclip"], help="index with CLIP, and then with this program"
    )
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="with --peer: .safetensors of open_clip's ViT-B-32-256 (default: random weights)",
    )
    parser.add_argument(
        "--int8",
        type=Path,
        metavar="DIR",
        help=f"with --peer: test INT8 first, with {INT8_PHOTOS} photos of this folder",
    )
    parser.add_argument(
        "--cold", type=int, metavar="N", help="time a cold search over this many synthetic photos"
    )
    args = parser.parse_args(argv)
    if not args.photos and not args.cold:
        parser.error("give --photos DIR, --cold N, or both")
    if args.weights and not args.peer:
        parser.error("--weights needs --peer rclip")
    if args.weights and not args.weights.is_file():
        parser.error(f"there is no file {args.weights}")
    int8_photos = sample(args.int8, INT8_PHOTOS) if args.int8 else []
    if args.int8 and (not args.peer or len(int8_photos) < INT8_PHOTOS):
        parser.error(f"--int8 needs --peer rclip and a folder of {INT8_PHOTOS} photos")
    if args.photos:
        files = sample(args.photos, args.most)
        if not files:
            raise SystemExit(f"There are no photos below {args.photos}.")
        # Both programs get copies in one flat folder, so that neither has to wait for a slow drive.
        with tempfile.TemporaryDirectory() as scratch:
            for n, path in enumerate(files):
                shutil.copy(path, Path(scratch) / f"{n:06d}{path.suffix}")
            if args.peer:
                beside_rclip(Path(scratch), args.weights, int8_photos)
            else:
                index(Path(scratch), args.encoder)
    if args.cold:
        cold(args.cold, args.encoder)


if __name__ == "__main__":
    main()
