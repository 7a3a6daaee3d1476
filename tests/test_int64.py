from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.int64 import MAX, file_id, time_ns


def test_times_out_of_range_are_clamped() -> None:
    assert time_ns(0) == 0 and time_ns(-5) == -5
    assert (time_ns(MAX), time_ns(MAX + 1), time_ns(9_999_999_999 * 10**9)) == (MAX, MAX, MAX)
    assert (time_ns(-MAX - 1), time_ns(-MAX - 2), time_ns(-(10**25))) == (-MAX - 1,) * 3


@given(st.integers(0, MAX))
def test_usual_ids_are_unchanged(number: int) -> None:
    assert file_id(number) == number


@given(st.integers(0, (1 << 128) - 1), st.integers(0, (1 << 128) - 1))
def test_every_id_fits_and_different_ids_stay_different(one: int, other: int) -> None:
    assert -(1 << 63) <= file_id(one) <= MAX and file_id(one) == file_id(one)
    assert (file_id(one) == file_id(other)) == (one == other)


def test_values_at_the_limits_are_converted() -> None:
    assert file_id(1 << 63) == -(1 << 63) and file_id((1 << 64) - 2) == -2
    # No id at all, as Windows says it.
    assert file_id((1 << 64) - 1) == 0 and file_id(-1) == 0
    assert file_id(1 << 64) not in {0, 1}
    # ReFS: the number of the folder above that of the file.
    assert file_id(0x702 << 64 | 0x1A5) != file_id(0x1A5 << 64 | 0x702)


def test_the_numbers_are_those_of_existing_libraries() -> None:
    assert [file_id(number) for number in (0, 1, MAX)] == [0, 1, MAX]
    assert file_id(0x702 << 64 | 0x1A5) == -8301483102727546266
    assert file_id(-(1 << 70)) == 6331337009144922242
