from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from explorer.photos.containers.content_reader import read_contents
from explorer.photos.containers.contents import FileContents
from tests.containers import ZIP, box, coded, film, heic, heif, samsung
from tests.photos.containers.content_pictures import SIZE, words


def test_bursts_of_heic() -> None:
    one, more, other = (
        read_contents(heic(seeds)) for seeds in ([1, 2, 3], [1, 2, 3, 4], [1, 2, 5])
    )
    assert one.words() == ["3 pictures"] and more.words() == ["4 pictures"]
    assert (
        not one.parts_missing_from(more)
        and len(one.parts_missing_from(other)) == len(more.parts_missing_from(one)) == 1
    )


def test_maps_in_heic() -> None:
    picture, small = coded(1), coded(2, (64, 64))._replace(urn=b"urn:mpeg:hevc:2015:auxid:2")
    assert words(heif([picture, small], [(b"auxl", 2, [1])])) == ["depth map"]
    gain = small._replace(urn=b"urn:com:apple:photo:2020:aux:hdrgainmap")
    assert words(heif([picture, gain], [(b"auxl", 2, [1])])) == ["gain map"]
    with Image.open(io.BytesIO(heif([picture, small], [(b"auxl", 2, [1])]))) as opened:
        assert opened.size == SIZE


def test_videos_in_heic() -> None:
    picture = [coded(1)]
    point = samsung(b"", (0x0A30, b"MotionPhoto_Data", b"mpv2\0\0\1\0\0\0\0\1"))
    tails = [
        box(b"mpvd", film()),
        film(),
        box(b"mpvd", film()) + box(b"sefd", point),
        box(b"sefd", samsung(b"", (0x0A30, b"Motion", film()))),
    ]
    held = [read_contents(heif(picture, tail=tail)) for tail in tails]
    assert {tuple(each.words()) for each in held} == {("video inside",)} and len(
        {each.parts for each in held}
    ) == 1
    assert words(heif(picture, tail=box(b"free", ZIP))) == [] and words(
        heif(picture, tail=box(b"user", ZIP))
    ) == ["other data"]
    assert read_contents(heif(picture, tail=box(b"user", ZIP))) != read_contents(
        heif(picture, tail=box(b"usex", ZIP))
    )
    assert words(heif(picture, tail=ZIP)) == ["other data"]


@pytest.mark.parametrize(
    ("handler", "held"), [(b"vide", ["video inside"]), (b"pict", ["2 frames"])]
)
def test_a_track_besides_the_picture(handler: bytes, held: list[str]) -> None:
    def moving(sample: bytes) -> FileContents:
        return read_contents(
            heif(
                [coded(1)],
                tail=box(b"moov", box(b"hdlr", bytes(8), handler)) + box(b"mdat", sample),
            )
        )

    assert moving(b"one").words() == held and moving(b"one") != moving(b"two")


def test_the_number_of_pictures_in_a_sequence() -> None:
    for samples, held in (
        (12, ["12 frames"]), (2, ["2 frames"]), (0, ["2 frames"]), (1 << 24, ["16,777,216 frames"]),
    ):  # fmt: skip
        # The number, followed by the sizes themselves.
        sizes = box(b"stsz", bytes(8), struct.pack(">III", samples, 1000, 1000))
        assert (
            words(heif([coded(1)], tail=box(b"moov", box(b"hdlr", bytes(8), b"pict"), sizes)))
            == held
        )


def test_a_file_with_only_a_track() -> None:
    data = (
        box(b"ftyp", b"msf1", bytes(4))
        + box(b"moov", box(b"hdlr", bytes(8), b"pict"))
        + box(b"mdat", b"samples")
    )
    assert words(data) == ["2 frames"]


def test_a_film_is_the_same_whatever_surrounds_its_data() -> None:
    movie = box(b"moov", box(b"hdlr", bytes(8), b"vide"))

    def moving(*boxes: bytes) -> FileContents:
        return read_contents(heif([coded(1)], tail=movie + b"".join(boxes)))

    data, other, space = box(b"mdat", b"some"), box(b"mdat", b"more"), box(b"free", bytes(7))
    assert moving(data, space) == moving(data) == moving(space, data)
    assert read_contents(heif([coded(1)], tail=space + movie + data)) == moving(data)
    assert len({moving(data), moving(other), moving(data, other), moving(other, data)}) == 4
