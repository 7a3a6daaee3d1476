"""How broken files are handled: a folder of them, and further damaged copies, are indexed among
good photos.

    python -m benchmarks.robustness --files FOLDER [--mutate N] [--good N] [--seed N] [--keep DIR]
    [--list]

Every file of the folder, whatever its name, is copied under a photo's name; `--mutate` adds that
many copies of each with flipped bits, cut ends, and removed, repeated or swapped parts. All are
indexed together with good photos, in the usual decode processes. It prints how many were indexed or
failed, by reason, and how many decoders crashed or were stopped because they took too long. The
exit code is 1 if a file is missing from the results, a good photo is not indexed, a failure has no
reason, a second run finds anything to do, or the library fails verification.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.encoders.base import Pixels, Vectors, unit
from explorer.indexing.foreground import index_folders
from explorer.indexing.progress import Progress
from explorer.indexing.verification.verify import verify
from explorer.library.library import Library
from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.photos.input_spec import InputSpec
from explorer.scanning.index_summary import IndexSummary

CRASHED, STOPPED = "crashed", "too long"
_MAX_BYTES = 64 << 20


class MeanColors:
    """An encoder that takes almost no time: the mean colors of a 4 × 4 grid."""

    name, version, dim = "mean-colors", "1", 48
    spec = InputSpec(64, "squash", "bilinear")
    has_text = False

    def warm_up(self) -> None:
        """There is nothing to load."""

    def encode_images(self, pixels: Pixels) -> Vectors:
        cells = pixels.astype(np.float32).reshape(len(pixels), 4, 16, 4, 16, 3).mean(axis=(2, 4))
        return unit(cells.reshape(len(pixels), -1) - 127.3)

    def encode_texts(self, phrases: object) -> Vectors:
        raise NotImplementedError


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.robustness", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--files", required=True, type=Path, help="the folder of broken files")
    parser.add_argument(
        "--mutate",
        type=int,
        default=0,
        metavar="N",
        help="further broken copies of each (default: none)",
    )
    parser.add_argument(
        "--good", type=int, default=50, metavar="N", help="intact photos among them (default: 50)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the damage to copies (default: 0)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="work in this new folder and keep it"
    )
    parser.add_argument("--list", action="store_true", help="name every file that failed, and why")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = args.keep or Path(scratch)
        photos = place / "photos"
        photos.mkdir(parents=True)
        broken = _copy(args.files, photos / "broken", args.mutate, np.random.default_rng(args.seed))
        good = _good(photos / "good", args.good)
        return _measure(photos, place / "library", broken, good, names=args.list)


def _copy(source: Path, target: Path, mutate: int, random: np.random.Generator) -> int:
    number = 0
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            continue
        data = path.read_bytes()
        suffix = path.suffix.lower()
        name = path.name if suffix in EXTENSIONS or suffix in UNSUPPORTED else f"{path.name}.jpg"
        # Hidden folders and system folders would not be indexed, so change their names.
        folder = target / "".join(
            part.strip(".@#$") + "/" for part in path.relative_to(source).parts[:-1]
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"0-{name}").write_bytes(data)
        for copy in range(mutate):
            (folder / f"{copy + 1}-{name}").write_bytes(mutated(data, random))
        number += 1 + mutate
    return number


def mutated(data: bytes, random: np.random.Generator) -> bytes:
    """The bytes, damaged in one to three ways."""
    changed = bytearray(data)
    for _ in range(int(random.integers(1, 4))):
        size = len(changed)
        if size < 4:
            return bytes(changed) + bytes(random.integers(0, 256, 8, np.uint8))
        start, length = int(random.integers(size)), int(random.integers(1, max(2, min(size, 4096))))
        match int(random.integers(7)):
            case 0:
                # Flip single bits, mostly in the headers.
                for at in random.integers(
                    0,
                    min(size, 2048) if random.random() < 0.6 else size,
                    int(random.integers(1, 12)),
                ):
                    changed[at] ^= 1 << int(random.integers(8))
            case 1:
                del changed[start:]
            case 2:
                del changed[start : start + length]
            case 3:
                changed[start : start + length] = random.integers(
                    0, 256, length, np.uint8
                ).tobytes()
            case 4:
                changed[start:start] = changed[start : start + length]
            case 5:
                # Write a number that is far too large, or zero.
                value = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\0\0")[
                    int(random.integers(4))
                ]
                at = min(int(random.integers(min(size, 512))), size - 4)
                changed[at : at + 4] = value
            case _:
                other = int(random.integers(size))
                changed[start : start + length], changed[other : other + length] = (
                    changed[other : other + length],
                    changed[start : start + length],
                )
    return bytes(changed)


def _good(target: Path, number: int) -> int:
    target.mkdir()
    for seed in range(number):
        picture = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(picture).resize((640, 480), Image.Resampling.BICUBIC).save(
            target / f"{seed}.jpg", quality=90
        )
    return number


def _measure(photos: Path, folder: Path, broken: int, good: int, *, names: bool) -> int:
    library = Library.open(folder)
    try:
        started = time.monotonic()
        summary = index_folders(library, [str(photos)], MeanColors(), _show)
        seconds = time.monotonic() - started
        again = index_folders(library, [str(photos)], MeanColors(), _show)
        rows = {row["path"]: row["reason"] or "" for row in library.catalog.failures()}
        present = set(_present(library))
        report = verify(library)
    finally:
        library.close()
    files = [str(path) for path in photos.rglob("*") if path.is_file()]
    faults = [
        f"{path} is missing from the results"
        for path in files
        if path not in present and path not in rows
    ]
    faults += [f"{path} failed without a reason" for path, reason in rows.items() if not reason]
    faults += [
        f"{path} is an intact photo and was not indexed"
        for path in files
        if Path(path).parent == photos / "good" and path not in present
    ]
    faults += (
        [f"a second run changed something: {again}"]
        if again.indexed or again.moved or again.missing or again.encoded
        else []
    )
    faults += [f"verify: {problem.text}" for problem in report.problems]
    crashed = [path for path, reason in rows.items() if CRASHED in reason]
    stopped = [path for path, reason in rows.items() if STOPPED in reason]
    _print_summary(summary, Counter(rows.values()), seconds, broken, good)
    for path, reason in rows.items():
        if names or path in crashed or path in stopped:
            print(f"  {Path(path).relative_to(photos)}: {reason}")
    print(
        f"decoders that crashed: {len(crashed)}, that were stopped: {len(stopped)}, faults:"
        f" {len(faults)}"
    )
    for fault in faults[:50]:
        print(fault)
    return int(bool(faults))


def _present(library: Library) -> Iterator[str]:
    from explorer.library.repair import integrity

    return (file.path for file in integrity.present_files(library.catalog))


def _show(progress: Progress) -> None:
    if sys.stderr.isatty() and progress.total:
        sys.stderr.write(f"\r{progress.done:,} of {progress.total:,} ")


def _print_summary(
    summary: IndexSummary, reasons: Counter[str], seconds: float, broken: int, good: int
) -> None:
    print(
        f"{broken:,} broken files and {good:,} good photos in {seconds:.1f} s"
        f" ({(broken + good) / seconds:.0f}/s):"
    )
    print(
        f"  {summary.indexed:,} indexed, {summary.failed:,} failed,"
        f" {summary.encoded:,} different photos"
    )
    for reason, number in reasons.most_common(25):
        print(f"  {number:6,} {reason}")


if __name__ == "__main__":
    sys.exit(main())
