"""Try the program on the system that this runs on: index, search, remove and undo, with photos of
its own and a library in the user's profile.

    python scripts/try_system.py FOLDER

FOLDER is created, and holds the photos. Only the standard library is used, so that any Python can
run this; run.py sets up its environment itself. Exits with code 1 and says what is wrong if
anything ends otherwise than it should.
"""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

_RUN = Path(__file__).resolve().parent.parent / "run.py"
_SIDE = 160
_NAMES = ("Straße.png", "été.png", "海.png", "copy.png")


def main(folder: Path) -> int:
    """Run all steps. Returns the exit code."""
    folder.mkdir(parents=True)
    photos = [folder / name for name in _NAMES]
    for seed, photo in enumerate(photos[:-1]):
        photo.write_bytes(png(seed))
    photos[-1].write_bytes(photos[0].read_bytes())
    before = {photo.name: photo.read_bytes() for photo in photos}

    done = run("index", str(folder), "--offline")
    check(done["indexed"] == 4 and done["failed"] == 0, f"index: {done}")
    found = run("search", "a pattern")
    check(len(found) == 3, f"search: {found}")

    plan = folder.parent / "plan.json"
    run("duplicates", "--plan", str(plan))
    removed = run("remove", "--plan", str(plan))
    check(removed["removed"] == 1 and removed["kept"] == 0, f"remove: {removed}")
    check(len(list(folder.iterdir())) == 3, "the removed photo is still there")
    undone = run("undo")
    check(undone["restored"] == 1 and undone["lost"] == 0, f"undo: {undone}")
    check(
        {photo.name: photo.read_bytes() for photo in folder.iterdir()} == before,
        "undo did not restore every byte",
    )
    again = run("index", str(folder), "--offline")
    check(again["unchanged"] == 4, f"the second index: {again}")
    sys.stdout.write("Index, search, remove and undo work here.\n")
    return 0


def run(*words: str) -> Any:
    """Run a command and return its JSON."""
    done = subprocess.run(
        [sys.executable, str(_RUN), *words, "--json"], stdout=subprocess.PIPE, check=False
    )
    check(done.returncode == 0, f"{words[0]} ended with code {done.returncode}")
    return json.loads(done.stdout.decode("utf-8"))


def check(right: bool, otherwise: str) -> None:
    """End with this message unless it is right."""
    if not right:
        sys.exit(otherwise)


def png(seed: int) -> bytes:
    """A picture of waves, which differ from seed to seed."""
    chance = random.Random(seed)  # noqa: S311
    waves = [(chance.uniform(0.02, 0.4), chance.uniform(0.02, 0.4)) for _ in range(3)]
    rows = bytearray()
    for y in range(_SIDE):
        rows.append(0)
        for x in range(_SIDE):
            rows.extend(int(127 + 120 * math.sin(a * x + b * y)) for a, b in waves)
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
