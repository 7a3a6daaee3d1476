"""A strip of cards, each with a photo and a title, of which one can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from explorer.ui.components.component_events import follow
from explorer.ui.components.javascript import component_loader
from explorer.ui.static_files import STATIC

_component = st.components.v2.component(
    "photo_cards",
    html='<section><h2></h2><div class="cards"></div></section>',
    css=(STATIC / "photo_cards.css").read_text(encoding="utf-8"),
    js=component_loader("photo_cards"),
)


class PhotoCard(NamedTuple):
    """One card."""

    value: str
    """What choosing it reports."""
    title: str
    day: int
    """A date below the title, as the number `YYYYMMDD`, shown in the browser's language; 0 for
    none."""
    note: str
    """Further text below the title."""
    src: str
    """URL of its photo; '' for none."""


def photo_cards(
    cards: Sequence[PhotoCard], key: str, *, heading: str, choose: Callable[[str], None]
) -> None:
    """Show cards below a heading. choose: called with the value of the card that was chosen, before
    the page runs."""
    widget = f"cards-{key}"
    _component(
        key=widget,
        data={"heading": heading, "cards": [card._asdict() for card in cards]},
        on_chosen_change=follow(widget, "chosen", choose),
    )
