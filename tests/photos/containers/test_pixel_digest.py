"""Hashes of decoded pages: what makes two of them different, and how much is decoded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from explorer.errors import OversizedPhoto
from explorer.photos.containers.pixel_digest import Budget, canonical_pixels, pixel_digest
from tests.pictures import draw

SIZE = (8, 6)


def opener(picture: Image.Image, profile: object = None) -> Callable[[], Image.Image]:
    def opened() -> Image.Image:
        copy = picture.copy()
        copy.info = {"icc_profile": profile} if profile is not None else {}
        return copy

    return opened


def transparent(*alphas: int, colour: tuple[int, int, int] = (9, 8, 7)) -> Image.Image:
    picture = Image.new("RGBA", (len(alphas), 1))
    picture.putdata([(*colour, alpha) for alpha in alphas])
    return picture


def test_pages_of_other_pixels_sizes_or_colour_profiles_differ() -> None:
    picture = draw(1, SIZE)
    pages = [
        opener(picture),
        opener(draw(2, SIZE)),
        opener(picture.resize((6, 8))),
        opener(picture, b"Display P3"),
        opener(picture, b"Adobe RGB"),
    ]
    digests = {pixel_digest(page, Budget()) for page in pages}
    assert None not in digests and len(digests) == len(pages)
    assert pixel_digest(pages[0], Budget()) in digests
    # A profile that is no profile.
    assert pixel_digest(opener(picture, "text"), Budget()) == pixel_digest(pages[0], Budget())


def test_transparency_counts_and_the_colour_of_transparent_pixels_does_not() -> None:
    assert canonical_pixels(transparent(255, 0)) != canonical_pixels(transparent(255, 255))
    assert canonical_pixels(transparent(255, 1)) != canonical_pixels(transparent(255, 2))
    assert canonical_pixels(transparent(0, 0)) == canonical_pixels(
        transparent(0, 0, colour=(1, 2, 3))
    )
    assert canonical_pixels(transparent(1, 1)) != canonical_pixels(
        transparent(1, 1, colour=(1, 2, 3))
    )


def test_opaque_pixels_are_the_same_with_and_without_alpha() -> None:
    picture = draw(1, SIZE)
    assert canonical_pixels(picture.convert("RGBA")) == canonical_pixels(picture)


def test_a_palette_with_a_transparent_colour_is_transparent() -> None:
    picture = Image.new("P", SIZE)
    opaque = canonical_pixels(picture)
    picture.info["transparency"] = 0
    assert canonical_pixels(picture) != opaque


def test_a_page_that_cannot_be_decoded_has_no_digest() -> None:
    def broken() -> Image.Image:
        raise OSError("broken")

    assert pixel_digest(broken, Budget()) is None


def test_a_lack_of_memory_is_raised() -> None:
    def short() -> Image.Image:
        raise MemoryError

    with pytest.raises(MemoryError):
        pixel_digest(short, Budget())


def test_forty_scanned_pages_are_decoded_and_no_more() -> None:
    budget = Budget()
    assert all(budget.spend(1700, 2200) for _ in range(40))
    assert not budget.spend(1700, 2200)
    assert Budget(6).spend(2, 3) and not Budget(5).spend(2, 3)


def test_no_page_is_decoded_once_the_time_is_over() -> None:
    assert Budget().spend(1, 1) and not Budget(until=1e-9).spend(1, 1)
    assert pixel_digest(opener(draw(1, SIZE)), Budget(until=1e-9)) is None


def test_a_page_too_large_for_the_free_memory_is_not_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[tuple[int, int]]()

    def refuse(width: int, height: int) -> None:
        asked.append((width, height))
        raise OversizedPhoto("too large")

    monkeypatch.setattr("explorer.photos.containers.pixel_digest.check_pixels", refuse)
    assert pixel_digest(opener(draw(1, SIZE)), Budget()) is None and asked == [SIZE]
