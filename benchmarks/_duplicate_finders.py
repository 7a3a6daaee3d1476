"""Programs that find duplicates in a folder: Photo Explorer, imagededup (pHash) and czkawka.

The others run with the settings of their own documentation: imagededup's pHash with a maximum
distance of 10, czkawka with a similarity of 15 (for hashes of 64 to 256 bits), as in its examples.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.analysis.duplicates.connected_components import connected_components
from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import Tier
from explorer.encoders import registry
from explorer.indexing.foreground import index_folders
from explorer.indexing.progress import Progress
from explorer.library.library import Library

# The tiers whose photos are copies.
COPY_TIERS: tuple[Tier, ...] = ("identical", "pixels", "picture")
Pairs = set[frozenset[Path]]


class FoundPairs(NamedTuple):
    """The result of one program."""

    program: str
    pairs: Pairs
    seconds: float
    """The total time, from the folder to the pairs."""
    parts: dict[str, float]
    """The seconds of the individual steps, if known."""


def photo_explorer(folder: Path) -> FoundPairs:
    """Index the folder into a temporary library, and read the groups."""
    encoder, started = registry.get_encoder("starter"), time.perf_counter()
    stage_starts = {"": started}

    def note(progress: Progress) -> None:
        stage_starts.setdefault(progress.stage, time.perf_counter())

    with tempfile.TemporaryDirectory(prefix="duplicates-library-") as place:
        library = Library.open(place)
        try:
            index_folders(library, [str(folder)], encoder, note)
            indexed = time.perf_counter()
            groups = find_groups(library, COPY_TIERS)
            end = time.perf_counter()
        finally:
            library.close()
    pairs = pairs_of(
        [[Path(item.path) for item in (group.keep, *group.others)] for group in groups]
    )
    compared = next(
        (at for stage, at in stage_starts.items() if stage.startswith("Looking")), indexed
    )
    return FoundPairs(
        "Photo Explorer",
        pairs,
        end - started,
        {"comparing": indexed - compared, "reading the groups": end - indexed},
    )


def pairs_of(groups: Iterable[Sequence[Path]]) -> Pairs:
    """All pairs of files that belong to the same picture according to groups.

    In a looser tier, the keeper of a group represents its copies, so groups that share a file are
    merged.
    """
    together = defaultdict[Path, set[Path]](set)
    for group in groups:
        for path in group:
            together[path].update(group)
    return {
        frozenset(pair)
        for members in connected_components(together)
        for pair in itertools.combinations(members, 2)
    }


def imagededup(folder: Path) -> FoundPairs:
    """imagededup's pHash, with the documented maximum distance of 10."""
    from imagededup.methods import PHash

    started, pairs = time.perf_counter(), Pairs()
    hasher = PHash(verbose=False)
    # It takes one folder at a time; file names are unique.
    hashes = dict[str, str]()
    for part in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        hashes |= {
            str(part / name): value for name, value in hasher.encode_images(image_dir=part).items()
        }
    for name, others in hasher.find_duplicates(
        encoding_map=hashes, max_distance_threshold=10
    ).items():
        pairs |= {frozenset((Path(name), Path(other))) for other in others}
    return FoundPairs("imagededup pHash@10", pairs, time.perf_counter() - started, {})


def czkawka(folder: Path) -> FoundPairs:
    """czkawka's similar images, with the similarity of its own example."""
    from czkawka import ImageSimilarity

    started, finder = time.perf_counter(), ImageSimilarity()
    finder.set_directories([folder])
    finder.set_similarity(15)
    pairs = {
        frozenset(map(Path, pair))
        for group in finder.find_similar()
        for pair in itertools.combinations(group, 2)
    }
    return FoundPairs("czkawka", pairs, time.perf_counter() - started, {})


OTHER_PROGRAMS: dict[str, Callable[[Path], FoundPairs]] = {
    "imagededup": imagededup,
    "czkawka": czkawka,
}
