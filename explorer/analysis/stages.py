"""What is kept about photos beside their vectors, brought up to the catalog after photos came or
went.

A stage follows the catalog like the vector index does: it notes the change number up to which it
has taken everything in, works in transactions that each leave its rows sound, and, cut off at any
point, goes on from there the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.analysis.photo_map import MapStage
from explorer.encoders.base import Encoder
from explorer.library.library import Library
from explorer.library.writer import Writer

Tick = Callable[[int, int], None]
"""Called several times a second with (done, total); may raise to stop the run, which loses nothing.
"""


class Stage(Protocol):
    """One of them. what: the work in words for the person, as in “Comparing photos”."""

    @property
    def what(self) -> str: ...

    def run(self, tick: Tick) -> None:
        """Bring its rows up to the catalog; quick where nothing has changed. What takes minutes is
        done by and by, at each call a part."""
        ...


def stages(
    library: Library, writer: Writer, encoder: Encoder, *, drawing: bool = True
) -> Sequence[Stage]:
    """All stages, in the order in which they build on each other. drawing: with the map, which only
    the app has a use for."""
    found: list[Stage] = [
        NeighborStage(library, writer, encoder),
        PairStage(library, writer, encoder),
    ]
    return [*found, MapStage(library, writer, encoder)] if drawing else found
