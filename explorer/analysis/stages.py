"""The stages, each of which keeps rows that are derived from many photos up to date.

A stage follows the catalog as the vector index does, and stores the change number up to which it
has followed. Each of its transactions leaves its rows consistent, so that after an interruption at
any point the next run continues from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.analysis.photo_map import MapStage
from explorer.analysis.place_stage import PlaceStage
from explorer.analysis.text_stage import TextStage
from explorer.encoders.base import Encoder
from explorer.library.library import Library
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]
"""Called several times a second with (done, total); may raise to stop the run, which loses nothing.
"""


class Stage(Protocol):
    """One kind of derived rows."""

    @property
    def what(self) -> str:
        """A name of the work for the user, such as “Comparing photos”."""
        ...

    def run(self, tick: Tick) -> None:
        """Bring the rows up to date with the catalog; quick if nothing has changed.

        Work that takes minutes is split: each call does a part of it.
        """
        ...


def stages(
    library: Library, writer: Writer, encoder: Encoder, *, with_map: bool = True
) -> Sequence[Stage]:
    """All stages, in the order in which they depend on each other.

    with_map: include the map, which only the app uses.
    """
    found: list[Stage] = [
        TextStage(library, writer),
        PlaceStage(library, writer),
        NeighborStage(library, writer, encoder),
        PairStage(library, writer, encoder),
    ]
    return [*found, MapStage(library, writer, encoder)] if with_map else found
