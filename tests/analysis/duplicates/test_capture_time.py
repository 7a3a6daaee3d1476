"""Whether the cameras' clocks show two shots."""

from __future__ import annotations

import pytest

from explorer.analysis.duplicates.capture_time import CapturedFile, taken_at_different_times
from explorer.photos.decoded_photo import Precision


def captured(
    taken: str | None,
    source: str | None = "exif",
    camera: str | None = "X",
    *,
    precision: Precision | None = None,
) -> CapturedFile:
    return CapturedFile(1, ("/a.jpg",), 10, 10, taken, source, camera, taken_precision=precision)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (captured("2024-05-01T10:00:00"), captured("2024-05-01T10:00:00"), False),
        (captured("2024-05-01T10:00:00"), captured("2024-05-01T10:00:01"), True),
        (captured("2024-05-01T10:00:00"), captured("2024-05-01T12:00:00"), False),
        (captured("2024-05-01T10:00:00"), captured("2024-05-01T10:00:07", "file"), False),
        (captured("2024-05-01T10:00:00"), captured(None, None), False),
        (captured("2024-05-01T10:00:00"), captured("2024-05-01T10:00:00", camera="Y"), True),
        # Only what is known of both is compared.
        (captured("2024-05-01T00:00:00", precision="day"), captured("2024-05-01T10:00:07"), False),
        (
            captured("2024-05-01T10:00:07", precision="second"),
            captured("2024-05-01T00:00:00", precision="day"),
            False,
        ),
        (captured("2024-05-01T00:00:00", precision="day"), captured("2024-05-02T10:00:07"), True),
        (
            captured("2024-01-01T00:00:00", precision="year"),
            captured("2024-05-01T00:00:00", precision="month"),
            False,
        ),
        (
            captured("2023-01-01T00:00:00", precision="year"),
            captured("2024-05-01T00:00:00", precision="month"),
            True,
        ),
        (
            captured("2024-05-01T10:00:00", precision="minute"),
            captured("2024-05-01T10:00:07"),
            False,
        ),
        (
            captured("2024-05-01T10:01:00", precision="minute"),
            captured("2024-05-01T10:00:59"),
            True,
        ),
        (
            captured("2024-05-01T00:00:00", precision="day"),
            captured("2024-05-01T00:00:00", camera="Y", precision="day"),
            True,
        ),
        (
            captured("2024-05-01T00:00:00", precision="day"),
            captured("2024-05-02T00:00:00", "name", precision="day"),
            False,
        ),
    ],
)
def test_different_times_make_two_shots(
    one: CapturedFile, other: CapturedFile, apart: bool
) -> None:
    assert taken_at_different_times(one, other, lambda file: None) is apart


def test_the_fraction_of_the_second_decides_if_the_rest_is_equal() -> None:
    one, other = captured("2024-05-01T10:00:00"), captured("2024-05-01T10:00:00")
    for fractions, apart in ((["1", "2"], True), (["1", "1"], False), ([None, "2"], False)):
        left = list(fractions)
        assert taken_at_different_times(one, other, lambda file: left.pop()) is apart  # noqa: B023
        assert left == []


def test_the_fraction_is_not_read_if_the_seconds_differ() -> None:
    def fail(file: CapturedFile) -> str:
        raise AssertionError("the file was read")

    one = captured("2024-05-01T10:00:00")
    assert taken_at_different_times(one, captured("2024-05-01T10:15:00"), fail) is False
    assert taken_at_different_times(one, captured("2024-05-01T10:14:59"), fail) is True
    assert taken_at_different_times(captured("2024-05-01T10:15:01"), one, fail) is True


def test_a_missing_camera_does_not_make_two_shots() -> None:
    one = captured("2024-05-01T10:00:00")
    for other in (None, "X"):
        taken = captured("2024-05-01T10:00:00", camera=other)
        assert taken_at_different_times(one, taken, lambda file: None) is False


@pytest.mark.parametrize("swapped", [False, True])
def test_only_a_time_set_by_the_camera_counts(swapped: bool) -> None:
    for other in (captured(None), captured("2024-05-01T11:00:01", "name"), captured("", "exif")):
        pair = [captured("2024-05-01T10:00:00"), other]
        one, two = reversed(pair) if swapped else pair
        assert taken_at_different_times(one, two, lambda file: "1") is False
