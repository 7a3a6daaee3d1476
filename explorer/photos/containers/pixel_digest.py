"""Hash the decoded pixels of pages and frames, within a budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.photos.containers.contents import digest_pieces
from explorer.photos.limits import check_pixels

# Limits for decoding contents besides the first picture, in pixels and in seconds of processor
# time: enough for forty pages scanned at 200 dpi.
MAX_PIXELS, MAX_SECONDS = 150_000_000, 10.0
# Modes of at most 8 bits per sample, which convert to RGB or RGBA without loss.
_EIGHT_BITS = frozenset({"1", "L", "P", "RGB", "RGBA", "LA", "PA", "RGBX"})


@dataclass
class Budget:
    """How much may still be decoded."""

    pixels: int = MAX_PIXELS
    until: float = 0.0
    """The limit in seconds of this process's processor time; 0 for MAX_SECONDS from now."""

    def __post_init__(self) -> None:
        self.until = self.until or time.process_time() + MAX_SECONDS

    def spend(self, width: int, height: int) -> bool:
        """Charge a picture of that size to the budget. Returns whether it may still be decoded.

        Raises OversizedPhoto if it does not fit into memory.
        """
        check_pixels(width, height)
        self.pixels -= width * height
        return self.pixels >= 0 and time.process_time() < self.until


def pixel_digest(opened: Callable[[], Image.Image], budget: Budget) -> str | None:
    """The digest of a page's pixels and color profile; None if it cannot be decoded or the budget
    is exhausted. opened: opens the page without decoding it."""
    try:
        page = opened()
        if not budget.spend(*page.size):
            return None
        page.load()
        profile = page.info.get("icc_profile")
        return digest_pieces(
            *canonical_pixels(page), profile if isinstance(profile, bytes) else b""
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  decoders may raise anything for a broken page; the caller hashes its bytes
        return None


def canonical_pixels(picture: Image.Image) -> tuple[bytes, bytes]:
    """The mode and size of a picture, and its pixels, with fully transparent ones set to black."""
    whole = picture
    if picture.mode in _EIGHT_BITS:
        whole = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        if whole.mode == "RGBA" and whole.getchannel("A").getextrema() == (255, 255):
            whole = whole.convert("RGB")
    values = whole.tobytes()
    if whole.mode == "RGBA":
        pixels = np.asarray(whole)
        values = (pixels * (pixels[..., 3:] > 0)).tobytes()
    return f"{whole.mode} {picture.width} {picture.height}".encode(), values
