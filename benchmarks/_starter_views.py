"""The outputs of the starter's image model for several views of each photo."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks._captions import Captioned, Ids
from explorer.encoders.conversion.starter_image_model import SIDE
from explorer.encoders.starter import ImageFeatures, StarterEncoder

Views = list[ImageFeatures]
"""What the image model says of each view of the photos. The first view is the whole photo."""


def of_photos(image: ImageFeatures, chosen: Ids | npt.NDArray[np.bool_]) -> ImageFeatures:
    """What the image model says of some of the photos."""
    return ImageFeatures(*(part[chosen] for part in image))


def image_views(starter: StarterEncoder, data: Captioned) -> Views:
    """Run the image network on five views of every photo. The crops differ between photos but not
    between runs."""
    views = list[ImageFeatures]()
    for number in range(5):
        batches = list[ImageFeatures]()
        for start in range(0, len(data.photos), 16):
            batch = np.stack([_view(path, number) for path in data.photos[start : start + 16]])
            batches.append(starter.image_features(batch))
        views.append(ImageFeatures(*map(np.concatenate, zip(*batches, strict=True))))
        sys.stderr.write(f"view {number + 1} of 5 done\n")
    return views


def _view(path: Path, number: int) -> npt.NDArray[np.uint8]:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    box = (0.0, 0.0, float(width), float(height))
    if number in (1, 4):
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if number >= 2:
        random = np.random.default_rng([number, *path.name.encode()])
        scale = random.uniform(0.6, 0.95)
        w, h = width * scale, height * min(1.0, scale * random.uniform(0.9, 1.1))
        x, y = random.uniform(0, width - w), random.uniform(0, height - h)
        box = (x, y, x + w, y + h)
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box))
