from __future__ import annotations

import re
import struct

import pytest

from explorer.photos.containers import appended_data
from explorer.photos.containers.appended_data import appended_pieces, samsung_trailer_pieces
from tests.containers import ZIP, box, film, heic, samsung
from tests.pictures import draw, encoded

JPEG, PNG, WAVE = (
    encoded(draw(1)),
    encoded(draw(2), "PNG"),
    b"RIFF" + struct.pack("<I", 40) + b"WAVE" + bytes(range(1, 37)),
)


@pytest.mark.parametrize("fill", [b"", b"\0" * 70, b"\xff" * 9, b"\xff\xd9", b"\r\n \t"])
def test_trailer_segments_are_recognized_by_their_first_bytes(fill: bytes) -> None:
    known = [
        ("picture", JPEG),
        ("film", film(1)),
        ("picture", PNG),
        ("audio", WAVE),
        ("picture", heic([3], (64, 64))),
        ("film", film(2)),
    ]
    data = b"begin" + fill + b"".join(each + fill for _, each in known)
    assert appended_pieces(data, 5) == known


@pytest.mark.parametrize("fill", [b"", bytes(5000), b"\xff\xff\xd9\n\0"])
def test_padding_is_not_a_segment(fill: bytes) -> None:
    assert appended_pieces(JPEG + fill, len(JPEG)) == []


def test_unknown_bytes_are_data_to_the_end() -> None:
    assert appended_pieces(ZIP, 0) == [("data", ZIP)]
    assert appended_pieces(b"1" + JPEG, 0) == [("data", b"1" + JPEG)]
    assert appended_pieces(b"#!AMR" + JPEG, 0) == [("audio", b"#!AMR" + JPEG)]
    cut = JPEG[:-2]
    assert appended_pieces(cut, 0) == [("picture", cut)] and appended_pieces(PNG[:-8], 0) == [
        ("picture", PNG[:-8])
    ]


@pytest.mark.parametrize(("before", "kinds"), [(256, ["film"]), (257, ["data", "film"])])
def test_a_video_behind_a_makers_pointers(before: int, kinds: list[str]) -> None:
    pieces = appended_pieces(b"#" * before + film(), 0)
    assert [piece.kind for piece in pieces] == kinds and pieces[-1].data.endswith(film())
    assert b"".join(piece.data for piece in pieces) == b"#" * before + film()


def test_unknown_bytes_between_a_picture_and_a_video_are_a_piece_of_their_own() -> None:
    unknown = b"#" * 300
    assert appended_pieces(JPEG + unknown + film(), 0) == [
        ("picture", JPEG),
        ("data", unknown),
        ("film", film()),
    ]


@pytest.mark.parametrize(("after", "kinds"), [(256, ["film"]), (257, ["film", "data"])])
def test_a_makers_pointers_behind_a_video(after: int, kinds: list[str]) -> None:
    pieces = appended_pieces(film() + b"#" * after, 0)
    assert [piece.kind for piece in pieces] == kinds and pieces[0].data.startswith(film())


def test_a_small_piece_behind_a_video_is_not_a_pointer() -> None:
    assert [piece.kind for piece in appended_pieces(film() + WAVE, 0)] == ["film", "audio"]


def test_ftyp_without_a_size_is_not_a_video() -> None:
    assert appended_pieces(b"text \0\0\0\1ftyp about films", 0) == [
        ("film", b"text \0\0\0\1ftyp about films")
    ]
    alone = b"\0\0\0\1ftyp about films"
    assert appended_pieces(alone, 0) == [("film", alone)]
    data = b"#" * 300 + b"\0\0\0\1ftyp" + b"x" * 300
    assert appended_pieces(data, 0) == [
        ("data", b"#" * 300),
        ("film", b"\0\0\0\1ftyp" + b"x" * 300),
    ]
    assert appended_pieces(b"ftyp and nothing", 0) == [("data", b"ftyp and nothing")]


def test_only_a_riff_file_with_a_wave_is_audio() -> None:
    size = struct.pack("<I", 40)
    for other in (b"RIFF" + size + b"WEBP" + bytes(36), b"\1IFF" + size + b"WAVE" + bytes(36)):
        assert appended_pieces(other, 0) == [("data", other)]


def test_samsung_trailer() -> None:
    data = samsung(
        JPEG,
        (0x0A01, b"Image_UTC_Data", b"1705124333853"),
        (0x0A30, b"MotionPhoto_Data", film(1)),
        (0x0100, b"SoundShot_000", b"sound"),
        (0x0AB1, b"DualShot_DepthMap_1", b"depth"),
        (0x0A20, b"DualShot_1", JPEG),
        (0x0BBB, b"New", b"n" * 4096),
        (0x0BBC, b"Newer", b"n" * 4097),
    )
    expected = [
        ("film", film(1)),
        ("audio", b"sound"),
        ("depth map", b"depth"),
        ("picture", JPEG),
        ("data", b"n" * 4097),
    ]
    assert appended_pieces(data, len(JPEG)) == expected
    assert appended_pieces(data + bytes(30), len(JPEG)) == expected
    # What lies before is found as well.
    assert appended_pieces(
        samsung(JPEG + film(2) + bytes(4), (0x0A01, b"Image_UTC_Data", b"17")), len(JPEG)
    ) == [("film", film(2))]
    assert appended_pieces(samsung(JPEG, (0x0100, b"Else", b"x")), len(JPEG)) == [("audio", b"x")]
    assert appended_pieces(samsung(JPEG, (0x0A01, b"SoundShot_000", b"x")), len(JPEG)) == [
        ("audio", b"x")
    ]


def test_a_malformed_directory_is_data() -> None:
    trailer = samsung(b"", (0x0A01, b"Image_UTC_Data", b"17"))
    for broken in (
        trailer.replace(b"SEFH", b"SEFG"),
        trailer[:-8] + struct.pack("<I", 1 << 30) + b"SEFT",
        trailer[:-4] + b"SEFU",
    ):
        # But for the zeros at its beginning.
        assert appended_pieces(JPEG + broken, len(JPEG)) == [("data", broken[2:])]
    # An entry that leads out of what was appended is passed over; what it hides is still seen.
    far = samsung(b"", (0x0A30, b"MotionPhoto_Data", film(1)))
    at = far.index(b"SEFH") + 16
    moved = far[:at] + struct.pack("<I", 1 << 20) + far[at + 4 :]
    assert [piece.kind for piece in appended_pieces(moved, 0)] == ["film"]


def test_pieces_between_the_entries_of_a_directory_count() -> None:
    notes = ((0x0A01, b"Image_UTC_Data", b"17"), (0x0BBB, b"Note", b"n" * 50))
    plain = samsung(b"", *notes)
    ends = [plain.index(b"17") + 2, plain.index(b"SEFH")]
    for end, unlisted in ((ends[0], film(3)), (ends[1], film(4))):
        data = bytearray(plain[:end] + unlisted + plain[end:])
        head = data.index(b"SEFH")
        for number, start in enumerate((0, ends[0] + (len(unlisted) if end == ends[0] else 0))):
            at = head + 12 + 12 * number + 4
            data[at : at + 4] = struct.pack("<I", head - start)
        assert appended_pieces(bytes(data), 0) == [("film", unlisted)]
    assert appended_pieces(plain, 0) == []
    # Entries that lie within each other leave no gap.
    outer = samsung(b"", (0x0BBB, b"Note", b"n" * 50), (0x0BBB, b"Note", b"n" * 20))
    at = outer.index(b"SEFH") + 12 + 12 + 4
    within = outer[:at] + struct.pack("<II", outer.index(b"SEFH") - 4, 8) + outer[at + 8 :]
    assert [piece.data for piece in appended_pieces(within, 0)] == [
        outer[62 : outer.index(b"SEFH")].lstrip(b"\0")
    ]


def test_directory_entries_may_be_pointers_in_heic() -> None:
    content = samsung(
        b"",
        (0x0A30, b"MotionPhoto_Data", b"mpv2\0\0\1\0\0\0\0\1"),
        (0x0A01, b"Image_UTC_Data", b"17"),
    )
    assert samsung_trailer_pieces(content) == [] and samsung_trailer_pieces(b"what else") == [
        ("data", b"what else")
    ]
    assert samsung_trailer_pieces(
        film(1) + samsung(b"", (0x0A30, b"MotionPhoto_Data", film(2)))
    ) == [("film", film(1)), ("film", film(2))]
    assert appended_pieces(box(b"sefd", content), 8) == []


@pytest.mark.parametrize(
    "behind", [b"", b"x", b"\xff\xd8\xff", b"\0\0\0\x18ftypmp42", b"\x89PNG\r\n\x1a\n"]
)
@pytest.mark.parametrize("fill", [b"", b"\0", bytes(3), b"\xff\xd9\r\n ", bytes(8), bytes(11)])
def test_padding_ends_where_a_piece_begins(
    monkeypatch: pytest.MonkeyPatch, behind: bytes, fill: bytes
) -> None:
    monkeypatch.setattr(appended_data, "_PIECE", 4)
    for start in (0, 5):
        assert appended_data._skip_padding(b"begin"[:start] + fill + behind, start) == start + len(
            fill
        )


def test_the_padding_bytes_are_those_of_the_pattern() -> None:
    padding = re.compile(appended_data._PADDING)
    assert sorted(appended_data._PADDING_BYTES) == [
        byte for byte in range(256) if padding.match(bytes([byte]))
    ]
