"""What a page offers to be done with photos: one kind of button, in the lightbox and below a
gallery's selection alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple


class Action(NamedTuple):
    """A button. run: called with the ids of the photos it was pressed for: the one in the lightbox,
    or the selected ones, in order.

    It runs before the page is drawn anew, so the page shows what came of it. icon: one of
    Streamlit's, `:material/…:`.
    then: where the person is after it: with the same photo or selection (`stay`), at the lightbox's
    next photo (`next`, for photos that leave the page), or back at the page (`leave`). A selection
    is undone by both of the latter.
    """

    label: str
    icon: str
    run: Callable[[Sequence[int]], None]
    then: Literal["stay", "next", "leave"] = "stay"
    help: str | None = None
