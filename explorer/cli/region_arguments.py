"""`--region` of the command line: parts of photo files to search by."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from explorer.cli.arguments import absolute
from explorer.encoders.base import Encoder
from explorer.errors import FolderError, PhotoError, UsageError
from explorer.library.paths import printable
from explorer.photos.photo_region import PhotoRegion
from explorer.search.query import ExamplePhoto


def pair_regions(photos: Sequence[str], regions: Sequence[str]) -> list[tuple[str, PhotoRegion]]:
    """The photo of each region: the only photo for all, or one photo each, in order.

    Raises UsageError for regions that are none, or where it is not clear which photo they are of.
    """
    if not photos:
        raise UsageError("--region needs the photo that it is a part of: add --photo FILE.")
    if len(photos) > 1 and len(photos) != len(regions):
        raise UsageError(
            "Give one --region for each --photo, in the same order, or any number for one photo."
        )
    files = list(photos) if len(photos) > 1 else list(photos) * len(regions)
    return [(file, PhotoRegion.parse(region)) for file, region in zip(files, regions, strict=True)]


def encode_regions(
    encoder: Encoder, parts: Sequence[tuple[str, PhotoRegion]]
) -> tuple[ExamplePhoto, ...]:
    """Parts of photo files, encoded to search with. Raises FolderError for a file that does not
    exist, and PhotoError for one that cannot be read."""
    from explorer.search.region import RegionEncoder

    examples = list[ExamplePhoto]()
    with RegionEncoder(encoder) as regions:
        for given, region in parts:
            path = absolute(given)
            if not os.path.exists(path):
                raise FolderError(f"There is no photo {printable(path)}: check its spelling.")
            try:
                examples.append(regions.of_file(path, region, Path(path).name).example)
            except PhotoError as error:
                raise PhotoError(f"{printable(path)}: {error}") from error
    return tuple(examples)
