"""The wire format of the decode processes: whatever comes out of one is checked before it is
used."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import numpy as np
import pytest

from explorer.decoding import protocol
from explorer.photos.containers.contents import NOTHING_PACKED
from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from explorer.photos.metadata.embedded_texts import (
    MAX_DESCRIPTION_LENGTH,
    MAX_KEYWORD_LENGTH,
    MAX_KEYWORDS,
    MAX_TITLE_LENGTH,
)
from tests import pictures

SPEC = InputSpec(32, "squash", "bilinear")


@pytest.mark.parametrize("stream", [b"", b"\1\0", b"\2\0\0\0\0\0\0\0{", b"\2\0\0\0\5\0\0\0{}abc"])
def test_a_truncated_frame_is_the_end_of_the_stream(stream: bytes) -> None:
    assert protocol.receive(io.BytesIO(stream)) is None


@pytest.mark.parametrize(
    "stream",
    [
        b"\xff" * 40,
        b"\2\0\0\0\0\0\0\0[]",
        b"\2\0\0\0\0\0\0\0\xff\xff",
        b"\2\0\0\0\xff\xff\0\0{}",
        (100_000).to_bytes(4, "little") + bytes(4) + b"[" * 100_000,
    ],
)
def test_data_that_is_not_a_frame_is_rejected_without_reading_a_body(stream: bytes) -> None:
    with pytest.raises(ValueError):
        protocol.receive(io.BytesIO(stream), max_body=1000)


def test_a_photo_is_unpacked_as_it_was_packed() -> None:
    photo = decode(
        pictures.encoded(
            pictures.draw(1), exif=pictures.exif("2019:07:12 14:30:00", (1.5, 2.5), ("A", "B"))
        ),
        SPEC,
    )
    stream = io.BytesIO()
    header, body = protocol.pack(photo)
    protocol.send(stream, header, body)
    stream.seek(0)
    answer = protocol.receive(stream)
    assert answer is not None
    back = protocol.unpack(*answer)
    assert np.array_equal(back.input, photo.input)  # type: ignore[arg-type]
    for name in photo.__dataclass_fields__:
        if name != "input":
            assert getattr(back, name) == getattr(photo, name)


@pytest.mark.parametrize(
    "changed",
    [
        {"width": 0},
        {"height": -1},
        {"height": 0},
        {"frames": 0},
        {"frames": 1 << 31},
        {"longitude": float("inf")},
        {"exposure_time": float("nan")},
        {"f_number": float("nan")},
        {"focal_length": float("inf")},
        {"format": "JP\0EG"},
        {"taken_at": "x" * 4097},
        {"taken_source": "\0"},
        {"impossible_date": "\0"},
        {"diagnostics": "00"},
        {"width": 1 << 31},
        {"frames": "2"},
        {"width": None},
        {"latitude": float("nan")},
        {"iso": float("inf")},
        {"camera": "half \ud800 a pair"},
        {"lens": "a\0b"},
        {"camera": "x" * 4097},
        {"camera": 7},
        {"phash": "00"},
        {"phash": "no"},
        {"preview": 3},
        {"side": 31},
        {"side": -1},
        {"surplus": 1},
        {"damaged": ["x"]},
        {"f_number": "4"},
        {"taken_precision": "hour"},
        {"taken_precision": 7},
        # JSON has numbers that no float, or no integer, can hold.
        {"latitude": 10**400},
        {"width": 10**400},
        {"preview": float("inf")},
        {"side": 10**400},
        {"contents": "[" * 100_000},
        {"keywords": 5},
        {"title": "x" * 4097},
        {"description": "x" * (4 * MAX_DESCRIPTION_LENGTH + 1)},
        {"description": "\0"},
        {"keywords": ["x"] * (MAX_KEYWORDS + 1)},
        {"keywords": [7]},
        {"keywords": [None]},
        {"keywords": ["half \ud800 a pair"]},
        {"keywords": None},
        {"rating": 0},
        {"rating": 5.5},
        {"rating": float("nan")},
    ],
)
def test_values_that_no_photo_has_are_rejected(changed: dict[str, Any]) -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    protocol.unpack(dict(facts), body)
    with pytest.raises(ValueError):
        protocol.unpack(facts | changed, body)


def test_the_longest_texts_fit_into_a_frame() -> None:
    photo = dataclasses.replace(
        decode(pictures.encoded(pictures.draw(1)), None),
        title="😀" * MAX_TITLE_LENGTH,
        description="😀" * MAX_DESCRIPTION_LENGTH,
        keywords=("😀" * MAX_KEYWORD_LENGTH,) * MAX_KEYWORDS,
    )
    stream = io.BytesIO()
    protocol.send(stream, *protocol.pack(photo))
    stream.seek(0)
    answer = protocol.receive(stream)
    assert answer is not None and protocol.unpack(*answer) == photo


def test_invalid_contents_are_rejected() -> None:
    header, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    assert protocol.unpack(header | {"contents": NOTHING_PACKED}, body).contents == NOTHING_PACKED
    for contents in ("", "[]", 5, '{"parts": 5, "complete": true}'):
        with pytest.raises((TypeError, ValueError)):
            protocol.unpack(header | {"contents": contents}, body)


@pytest.mark.parametrize(
    "changed",
    [
        {"width": 1},
        {"height": (1 << 31) - 1},
        {"frames": 1},
        {"latitude": None},
        {"camera": "x" * 4096},
        {"taken_precision": "day"},
        {"taken_precision": None},
        {"description": "x" * 4 * MAX_DESCRIPTION_LENGTH},
        {"keywords": ("x",) * MAX_KEYWORDS},
        {"rating": 5},
    ],
)
def test_values_at_the_limits_are_accepted(changed: dict[str, Any]) -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    ((name, value),) = changed.items()
    assert getattr(protocol.unpack(facts | changed, body), name) == value


def test_a_photo_without_an_encoder_input_is_unpacked_without_one() -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), None))
    photo = protocol.unpack(facts, body)
    assert photo.input is None and photo.preview == body


def test_a_body_may_have_as_many_bytes_as_the_limit_and_no_more() -> None:
    stream = io.BytesIO()
    protocol.send(stream, {"a": 1}, b"12345")
    stream.seek(0)
    assert protocol.receive(stream, max_body=5) == ({"a": 1}, b"12345")
    stream.seek(0)
    with pytest.raises(ValueError, match="not a frame"):
        protocol.receive(stream, max_body=4)


def test_a_header_may_have_a_megabyte_and_no_more() -> None:
    longest = (1 << 20) - len(b'{"a": ""}')
    stream = io.BytesIO()
    protocol.send(stream, {"a": "x" * longest})
    protocol.send(stream, {"a": "x" * (longest + 1)})
    stream.seek(0)
    assert protocol.receive(stream) == ({"a": "x" * longest}, b"")
    with pytest.raises(ValueError, match="not a frame"):
        protocol.receive(stream)


def test_a_quality_figure_that_is_not_finite_is_rejected() -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    figures = np.frombuffer(bytes.fromhex(facts["quality"]), "<f4").copy()
    figures[-1] = np.inf
    with pytest.raises(ValueError, match="not a finite number"):
        protocol.unpack(facts | {"quality": figures.tobytes().hex()}, body)


def test_a_preview_that_is_not_a_jpeg_is_rejected() -> None:
    facts, body = protocol.pack(decode(pictures.encoded(pictures.draw(1)), SPEC))
    with pytest.raises(ValueError, match="preview"):
        protocol.unpack(facts, b"\x00" + body[1:])
