"""Albums: the user's albums, and the favorites."""

from __future__ import annotations

from explorer.ui.albums_page import album_cards

album_cards.albums_page()
