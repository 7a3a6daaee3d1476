"""Pictures whose contents are read."""

from __future__ import annotations

import io

from explorer.photos.containers.content_reader import read_contents
from tests.pictures import draw, encoded

SIZE = (160, 120)
JPEG = encoded(draw(1, SIZE))


def words(data: bytes) -> list[str]:
    return read_contents(data).words()


def mpo(*seeds: int, size: tuple[int, int] = SIZE) -> bytes:
    packed = io.BytesIO()
    first, *others = (draw(seed, size) for seed in seeds)
    first.save(packed, "MPO", save_all=True, append_images=others, quality=90)
    return packed.getvalue()
