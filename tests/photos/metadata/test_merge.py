from __future__ import annotations

import pytest

from explorer.photos.metadata.merge import Facts, Reading, Unread, joined, lacking, unknown

FULL = Facts("2015-08-22T10:08:59", (1.0, 2.0), 3, ("a", "b"))


def test_what_the_other_does_not_say() -> None:
    assert lacking(FULL, Facts()) == FULL
    assert lacking(FULL, FULL) == lacking(Facts(), FULL) == Facts()
    assert lacking(FULL, Facts("2016-01-01", (0.0, 1.0), 5, ("b",))) == Facts(keywords=("a",))


@pytest.mark.parametrize(
    ("gone", "kept", "missing"),
    [
        ("2015-08-22T10:08:59", "2015-08-22", "2015-08-22T10:08:59"),
        ("2015-08-22T10:08:59Z", "2015", "2015-08-22T10:08:59Z"),
        ("2015-08-22", "2015-08-22T10:08:59", None),
        ("2015-08-23T10:08:59", "2015-08-22", None),
        ("2015-08-22", "2015-08-22", None),
        (None, "2015", None),
        ("2015", None, "2015"),
    ],
)
def test_a_date_that_says_the_same_and_more_is_missing(
    gone: str | None, kept: str | None, missing: str | None
) -> None:
    assert lacking(Facts(gone), Facts(kept)).taken_at == missing


def test_nothing_is_nothing() -> None:
    assert not Facts()
    for some in (Facts("2015"), Facts(place=(0.0, 1.0)), Facts(rating=1), Facts(keywords=("a",))):
        assert some


def test_the_first_is_believed() -> None:
    two = Reading(Facts("2016", (3.0, 4.0), 5, ("b", "c")), (Unread("place", "two"),))
    assert joined([Reading(FULL, (Unread("date", "one"),)), two]) == Reading(
        Facts("2015-08-22T10:08:59", (1.0, 2.0), 3, ("a", "b", "c")),
        (Unread("date", "one"), Unread("place", "two")),
    )
    assert joined([Reading(), two]).facts == two.facts
    assert (
        joined(
            [Reading(Facts("2016")), Reading(Facts("2016-05-06")), Reading(Facts("2016-05"))]
        ).facts.taken_at
        == "2016-05-06"
    )
    assert joined([]) == Reading()


@pytest.mark.parametrize(
    ("about", "gone", "kept", "lost"),
    [
        ("date", Facts(), Facts(), True),
        ("date", Facts("2015"), Facts(), False),
        ("date", Facts(), Facts("2015"), False),
        ("date", FULL.__class__(place=(1.0, 2.0)), Facts(rating=2), True),
        ("place", Facts(), Facts("2015", None, 3), True),
        ("place", Facts(place=(0.0, 1.0)), Facts(), False),
        ("place", Facts(), Facts(place=(0.0, 1.0)), False),
        ("rating", Facts("2015", (1.0, 2.0)), Facts(), True),
        ("rating", Facts(rating=1), Facts(), False),
        ("rating", Facts(), Facts(rating=1), False),
        ("keywords", FULL, FULL, True),
        ("all", FULL, FULL, True),
    ],
)
def test_what_nobody_can_tell(about: str, gone: Facts, kept: Facts, lost: bool) -> None:
    unread = Unread(about, "x")  # type: ignore[arg-type]
    assert unknown(Reading(gone, (unread,)), kept) == ([unread] if lost else [])
