from __future__ import annotations

import io

import pytest
from PIL import Image

from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import FileContents
from explorer.photos.containers.pixel_digest import Budget
from tests.containers import animation, apng_chunks, film, png_of
from tests.photos.containers.content_pictures import SIZE, words
from tests.pictures import draw


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames(kind: str) -> None:
    held = read_contents(animation(kind, [1, 2, 3]))
    assert held.words() == ["3 frames"] and held.complete
    others = [
        animation(kind, [1, 2]),
        animation(kind, [1, 2, 4]),
        animation(kind, [1, 3, 2]),
        animation(kind, [1, 2, 3], 200),
        animation(kind, [1, 2, 3], [100, 100, 200]),
    ]
    assert len({held.parts, *(read_contents(other).parts for other in others)}) == 6
    assert read_contents(animation(kind, [1, 2, 3]) + bytes(9)) == held
    assert words(animation(kind, [1, 2, 3]) + film()) == ["3 frames", "video inside"]


def test_frames_without_durations() -> None:
    packed = io.BytesIO()
    first, *others = (draw(number, SIZE).quantize() for number in (1, 2))
    first.save(packed, "GIF", save_all=True, append_images=others)
    with Image.open(packed) as picture:
        assert "duration" not in picture.info
    held = read_contents(packed.getvalue())
    assert held.words() == ["2 frames"] and held.complete


def test_the_same_frames_in_another_file_are_the_same() -> None:
    held = read_contents(animation("PNG", [1, 2, 3], 100))
    assert (
        read_contents(animation("WEBP", [1, 2, 3], 100))
        == held
        == read_contents(animation("PNG", [1, 2, 3], 100, compress_level=1))
    )
    chunks = apng_chunks(animation("PNG", [1, 2, 3], 100))
    assert read_contents(png_of([chunks[0], (b"tEXt", b"Title\0Mine"), *chunks[1:]])) == held


def test_transparent_pixels_have_no_colour() -> None:
    def moving(colour: tuple[int, int, int, int]) -> FileContents:
        packed = io.BytesIO()
        draw(1, SIZE).convert("RGBA").save(
            packed,
            "PNG",
            save_all=True,
            append_images=[Image.new("RGBA", SIZE, colour)],
            duration=100,
            blend=0,
        )
        return read_contents(packed.getvalue())

    assert moving((255, 0, 0, 0)) == moving((0, 255, 0, 0)) and moving((255, 0, 0, 1)) != moving(
        (0, 255, 0, 1)
    ) != moving((0, 255, 0, 2))


def test_frames_beyond_the_budget_are_compared_byte_for_byte() -> None:
    data, pixels = animation("PNG", [1, 2, 3]), 3 * SIZE[0] * SIZE[1]
    assert read_contents(data, Budget(pixels)) == read_contents(data)
    scarce = read_contents(data, Budget(pixels - 1))
    assert scarce.words() == ["3 frames"] and scarce.complete and scarce != read_contents(data)
    assert (
        scarce
        == read_contents(data, Budget(pixels - 1))
        != read_contents(data + bytes(1), Budget(pixels - 1))
    )
    assert read_contents(data, Budget(pixels, until=1e-9)) == scarce


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_truncated_animation_is_incomplete(kind: str) -> None:
    held, data = read_contents(animation(kind, [1, 2, 3])), animation(kind, [1, 2, 3])
    for share in (0.4, 0.6, 0.9):
        cut = read_contents(data[: int(share * len(data))])
        assert not cut.complete or cut.parts != held.parts


def test_the_frames_of_an_avif_are_hashed_by_their_pixels() -> None:
    data, pixels = animation("AVIF", [1, 2, 3]), 3 * SIZE[0] * SIZE[1]
    held, scarce = (read_contents(data, Budget(allowed)) for allowed in (pixels, pixels - 1))
    assert held == read_contents(data)
    # What is too much to decode is hashed by its bytes instead.
    assert scarce != held and scarce.words() == held.words() == ["3 frames"]
