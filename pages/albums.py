"""Albums: those that the user made, and the favourites."""

from __future__ import annotations

from explorer.ui.albums_page import album_cards

album_cards.albums_page()
