"""Buttons that act on photos, in the viewer and below a gallery's selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple


class PhotoAction(NamedTuple):
    """A button that acts on one or several photos."""

    label: str
    icon: str
    """One of Streamlit's icons, `:material/…:`."""
    run: Callable[[Sequence[int]], None]
    """Called with the ids of the photos: the one in the viewer, or the selected ones, in order.
    It runs before the page is redrawn, so the page shows the result. It may raise ExplorerError
    or OSError: whoever calls it shows why it failed (`change_errors.attempt`)."""
    then: Literal["stay", "next", "leave"] = "stay"
    """What the user sees next: the same photo or selection (`stay`), the next photo in the
    viewer (`next`, for photos that leave the page), or the page (`leave`). The latter two clear
    the selection."""
    help: str | None = None
    rare: bool = False
    """Whether it is in the selection's menu rather than among its buttons, and without its name in
    the viewer."""
    toggles: Literal["favourite"] | None = None
    """The property of a photo that the button turns on and off, which the viewer shows and has a
    key for."""
