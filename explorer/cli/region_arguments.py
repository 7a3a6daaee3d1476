"""Resolve `--region`: parts of photo files to search by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.photo_arguments import named_photo
from explorer.encoders.base import Encoder
from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.photos.photo_region import PhotoRegion
from explorer.search.query import SearchHit

if TYPE_CHECKING:
    from explorer.search.ranking.region import EncodedPart

# Seconds for comparing photos by local features. The limit is higher than on a page, so that the
# result does not depend on how busy the computer is.
_SECONDS = 10.0


def pair_regions(photos: Sequence[str], regions: Sequence[str]) -> list[tuple[str, PhotoRegion]]:
    """Pair each region with its photo: one photo for all regions, or one for each, in order.

    Raises UsageError for invalid regions, and if it is not clear which photo they belong to.
    """
    if not photos:
        raise UsageError("--region needs the photo that it belongs to: add --photo FILE.")
    if len(photos) > 1 and len(photos) != len(regions):
        raise UsageError(
            "Give one --region for each --photo, in the same order, or any number for one photo."
        )
    files = list(photos) if len(photos) > 1 else list(photos) * len(regions)
    return [(file, PhotoRegion.parse(region)) for file, region in zip(files, regions, strict=True)]


def encode_regions(encoder: Encoder, parts: Sequence[tuple[str, PhotoRegion]]) -> list[EncodedPart]:
    """Encode parts of photo files for a search. Raises FolderError for a file that does not exist,
    and PhotoError for one that cannot be read."""
    from explorer.search.ranking.region import EncodedPart, RegionEncoder

    encoded = list[EncodedPart]()
    with RegionEncoder(encoder) as regions:
        for given, region in parts:
            with named_photo(given) as path:
                encoded.append(regions.of_file(path, region, Path(path).name))
    return encoded


def search_regions(
    library: Library,
    search: Callable[[int], list[SearchHit]],
    top: int,
    regions: Sequence[EncodedPart],
) -> list[SearchHit]:
    """The `top` best hits of a search by parts of photos. Photos that show the same object as one
    of the parts come first. search: returns a given number of hits."""
    from explorer.search.ranking.object_match import MAX_VERIFIED, same_object_first_of

    by_id = {hit.id: hit for hit in search(max(top, MAX_VERIFIED))}
    previews = [region.preview for region in regions]
    ids = same_object_first_of(library, list(by_id), previews, _SECONDS)[:top]
    return [by_id[photo_id]._replace(rank=rank) for rank, photo_id in enumerate(ids, 1)]
