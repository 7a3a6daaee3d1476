"""Plant faults and foreign photos among ordinary photos."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from benchmarks._faults import FAULTS
from explorer.photos.formats import EXTENSIONS


class PlantedFaults(NamedTuple):
    """Photos with planted faults, in the subfolder `photos/` of a folder."""

    ordinary: Path
    """The folder of the unmodified photos."""
    number: int
    """The number of photos with each fault."""
    paths: dict[tuple[str, float], list[str]]
    """The paths of the photos with a fault, by its name and strength."""
    truncated: Path
    """The folder of truncated files."""


def plant_faults(files: Sequence[Path], folder: Path, planted: int) -> PlantedFaults:
    """Copy the photos, and plant each fault in `planted` of them."""
    ordinary, paths = folder / "photos" / "ordinary", dict[tuple[str, float], list[str]]()
    ordinary.mkdir(parents=True)
    good = list[tuple[Path, Image.Image]]()
    for number, path in enumerate(files):
        with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
            copy = ordinary / f"{number:04d}{path.suffix.lower()}"
            shutil.copyfile(path, copy)
            if len(good) < planted:
                good.append((copy, picture))
    for name, _, strengths, _, change in FAULTS:
        for strength in strengths:
            place = folder / "photos" / f"{name} {strength:g}"
            place.mkdir()
            for copy, picture in good:
                (place / f"{copy.stem}.jpg").write_bytes(change(np.asarray(picture), strength))
            paths[name, strength] = [str(place / f"{copy.stem}.jpg") for copy, _ in good]
    truncated = folder / "photos" / "truncated"
    truncated.mkdir()
    for share in (0.3, 0.6, 0.9):
        for copy, picture in good:
            whole = io.BytesIO()
            picture.save(whole, "JPEG", quality=90)
            (truncated / f"{copy.stem}-{share:g}.jpg").write_bytes(
                whole.getvalue()[: int(share * len(whole.getvalue()))]
            )
    return PlantedFaults(ordinary, len(good), paths, truncated)


class PlantedPhotos(NamedTuple):
    """Photos in themed folders, and photos that do not belong there."""

    tree: Path
    themes: int
    themed: list[Path]
    """All photos of the themes, including the misplaced ones."""
    misplaced: set[str]
    """Photos of one theme in the folder of another."""
    alien: set[str]
    """Pictures of another domain."""


def plant_photos(
    themes: dict[str, list[Path]], foreign: Path | None, folder: Path
) -> PlantedPhotos:
    """Copy photos to one folder per theme, some of them to the wrong one, and add pictures of
    another domain: generated ones, and those in the folder `foreign`."""
    tree = folder / "photos"
    misplaced, alien = set[str](), set[str]()
    chance = random.Random(9)
    names = sorted(themes)
    spare = {name: themes[name][-max(3, len(themes[name]) // 10) :] for name in names}
    for name in names:
        (tree / name).mkdir(parents=True)
        for path in themes[name][: -len(spare[name])]:
            shutil.copyfile(path, tree / name / path.name)
    for name in names:
        for path in spare[name]:
            other = chance.choice([theme for theme in names if theme != name])
            shutil.copyfile(path, tree / other / path.name)
            misplaced.add(str(tree / other / path.name))
    themed = list(tree.glob("*/*"))
    for number, picture in enumerate(_drawn(max(6, len(themed) // 60))):
        place = tree / names[number % len(names)] / f"IMG_{number:04d}.png"
        picture.save(place)
        alien.add(str(place))
    for path in sorted(foreign.iterdir()) if foreign else []:
        if path.suffix.lower() in EXTENSIONS:
            place = tree / chance.choice(names) / f"foreign-{path.name}"
            shutil.copyfile(path, place)
            alien.add(str(place))
    return PlantedPhotos(tree, len(names), themed, misplaced, alien)


def _drawn(number: int) -> Iterator[Image.Image]:
    """Generated pages of text, bar charts and diagrams."""
    for seed in range(number):
        chance = random.Random(seed)
        picture = Image.new("RGB", (800, 600), chance.choice(["white", "#fdf6e3", "#202020"]))
        draw = ImageDraw.Draw(picture)
        ink = "white" if picture.getpixel((0, 0)) == (32, 32, 32) else "black"
        if seed % 3 == 0:
            for line in range(24):
                draw.text(
                    (40, 20 + 24 * line),
                    " ".join("x" * chance.randint(2, 9) for _ in range(14)),
                    fill=ink,
                )
        elif seed % 3 == 1:
            for bar in range(9):
                draw.rectangle(
                    (60 + 80 * bar, 560 - chance.randint(40, 480), 110 + 80 * bar, 560),
                    fill=chance.choice(["red", "blue", "teal"]),
                )
            draw.line((40, 20, 40, 560, 780, 560), fill=ink, width=3)
        else:
            spots = [(chance.randint(40, 760), chance.randint(40, 560)) for _ in range(12)]
            for one, two in pairwise(spots):
                draw.line((*one, *two), fill=ink, width=2)
            for x, y in spots:
                draw.ellipse(
                    (x - 22, y - 22, x + 22, y + 22),
                    fill=chance.choice(["orange", "green", "purple"]),
                    outline=ink,
                )
        yield picture
