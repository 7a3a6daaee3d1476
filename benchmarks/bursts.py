"""How long indexing a phone's bursts takes, how much of it is looking for duplicates, and whether
two shots are mistaken for one picture.

    python -m benchmarks.bursts --photos DIR [--bursts N] [--same-second] [--peers] [--json]

Each burst is simulated from one photo of the folder, which should be larger than 1,200 pixels: five
to ten frames of 800×600 pixels, from a hand that moves and turns a little, with noise, changing
exposure, and something that passes through the picture. Their EXIF times are 0.6 seconds apart, or
with --same-second all equal, so that the clock proves nothing. No two frames are one picture, so
every pair that is found in the tiers of copies is wrong. --peers: imagededup and czkawka find the
duplicates of the same files (benchmarks/requirements.txt).
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from benchmarks._copies import photos_below
from benchmarks._duplicate_finders import OTHER_PROGRAMS, FoundPairs, photo_explorer

SIZE = (800, 600)
# Shakes of the hand from frame to frame: as a share of the width, and in degrees.
_SHIFT, _TURN = 0.01, 0.6
# The radius in pixels of what passes through the picture, and its speed in pixels per frame.
_RADIUS, _SPEED = 45, 30
_INTERVAL = dt.timedelta(seconds=0.6)
_START = dt.datetime(2024, 5, 1, 10)
_EXIF, _DATE, _TAKEN, _MODEL = 0x8769, 306, 36867, 272


def make_burst(job: tuple[int, Path, Path, bool]) -> int:
    """Write the frames of one burst. job: (its number, the photo, the folder, whether all frames
    have one time). Returns the number of frames."""
    number, source, folder, same_second = job
    random = np.random.default_rng(number)
    try:
        with Image.open(source) as opened:
            scene = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return 0
    height, width = scene.shape[:2]
    across = min(width, height * SIZE[0] / SIZE[1]) * random.uniform(0.5, 0.8)
    corner = random.uniform(0.02, 0.98, 2) * (width - across, height - across * SIZE[1] / SIZE[0])
    frames = int(random.integers(5, 11))
    taken = _START + number * dt.timedelta(hours=3)
    for frame in range(frames):
        shot = _frame(scene, corner, across, frame, random)
        at = (taken + frame * _INTERVAL * (not same_second)).strftime("%Y:%m:%d %H:%M:%S")
        exif = Image.Exif()
        exif[_DATE], exif[_MODEL] = at, "Phone"
        exif.get_ifd(_EXIF)[_TAKEN] = at
        path = folder / f"{number:04}_{frame:02}.jpg"
        Image.fromarray(shot).save(path, quality=90, exif=exif)
    return frames


def _frame(
    scene: npt.NDArray[np.uint8],
    corner: npt.NDArray[np.floating],
    across: float,
    frame: int,
    random: np.random.Generator,
) -> npt.NDArray[np.uint8]:
    """One frame. corner, across: the upper left corner of the view in the scene and its width, in
    pixels."""
    scale, turn = across / SIZE[0], np.radians(random.normal(0, _TURN))
    x, y = corner + random.normal(0, across * _SHIFT, 2)
    rotation = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    view = cv2.warpAffine(
        cv2.GaussianBlur(scene, (0, 0), 0.45 * scale) if scale > 1 else scene,
        np.column_stack([rotation, [x, y]]),
        SIZE,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    ).astype(np.float32)
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    passing = (columns - 200 - _SPEED * frame) ** 2 + (rows - 300) ** 2 < _RADIUS**2
    view[passing] = np.roll(view[::-1, ::-1], 7 * frame, 1)[passing]
    view = view * random.normal(1, 0.02) + random.normal(0, 2.5, view.shape)
    return np.asarray(view.clip(0, 255), np.uint8)


def run(sources: list[Path], bursts: int, *, same_second: bool, peers: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bursts-") as scratch:
        folder = Path(scratch)
        jobs = [(i, sources[i % len(sources)], folder, same_second) for i in range(bursts)]
        with ProcessPoolExecutor() as pool:
            frames = sum(pool.map(make_burst, jobs))
        results: dict[str, Any] = {"photos": frames, "bursts": bursts}
        for name, program in {"": photo_explorer, **(OTHER_PROGRAMS if peers else {})}.items():
            if name and importlib.util.find_spec(name) is None:
                results.setdefault("absent", []).append(name)
                continue
            found = program(folder)
            results[found.program] = _summary(found)
    return results


def _summary(found: FoundPairs) -> dict[str, Any]:
    wrong = [sorted(path.name for path in pair) for pair in found.pairs]
    return {"seconds": found.seconds, **found.parts, "wrong pairs": len(wrong)}


def print_results(results: dict[str, Any]) -> None:
    print(f"{results['photos']:,} photos in {results['bursts']:,} bursts")
    ours = results["Photo Explorer"]["seconds"]
    for name, value in results.items():
        if isinstance(value, dict):
            parts = ", ".join(
                f"{key} {figure:.1f} s" if isinstance(figure, float) else f"{key} {figure:,}"
                for key, figure in value.items()
            )
            print(f"{name:<16}{parts}, {value['seconds'] / ours:.2f} times ours")
    for name in results.get("absent", []):
        print(f"{name} is not installed (benchmarks/requirements.txt): skipped")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Measure how long indexing bursts takes, and find mistaken copies."
    )
    parser.add_argument("--photos", type=Path, required=True, help="large photos of scenes")
    parser.add_argument("--bursts", type=int, default=50, help="number of bursts (50)")
    parser.add_argument("--same-second", action="store_true", help="give all frames one time")
    parser.add_argument("--peers", action="store_true", help="run imagededup and czkawka, too")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)
    sources = photos_below(args.photos, 100_000)
    if not sources:
        parser.error(f"no photos below {args.photos}")
    results = run(sources, args.bursts, same_second=args.same_second, peers=args.peers)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
    else:
        print_results(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
