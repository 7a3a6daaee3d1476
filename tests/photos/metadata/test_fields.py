from __future__ import annotations

import pytest

from explorer.photos.metadata.fields import (
    MetadataFields,
    MetadataReading,
    UnreadableField,
    combine,
    missing_fields,
    unaccounted,
)

FULL = MetadataFields("2015-08-22T10:08:59", (1.0, 2.0), 3, ("a", "b"))


def test_fields_that_the_target_lacks() -> None:
    assert missing_fields(FULL, MetadataFields()) == FULL
    assert missing_fields(FULL, FULL) == missing_fields(MetadataFields(), FULL) == MetadataFields()
    assert missing_fields(
        FULL, MetadataFields("2016-01-01", (0.0, 1.0), 5, ("b",))
    ) == MetadataFields(keywords=("a",))


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
def test_a_more_precise_date_is_missing(
    gone: str | None, kept: str | None, missing: str | None
) -> None:
    assert missing_fields(MetadataFields(gone), MetadataFields(kept)).taken_at == missing


def test_empty_fields_are_falsy() -> None:
    assert not MetadataFields()
    for some in (
        MetadataFields("2015"),
        MetadataFields(place=(0.0, 1.0)),
        MetadataFields(rating=1),
        MetadataFields(keywords=("a",)),
    ):
        assert some


def test_the_first_of_two_values_counts() -> None:
    two = MetadataReading(
        MetadataFields("2016", (3.0, 4.0), 5, ("b", "c")), (UnreadableField("place", "two"),)
    )
    assert combine(
        [MetadataReading(FULL, (UnreadableField("date", "one"),)), two]
    ) == MetadataReading(
        MetadataFields("2015-08-22T10:08:59", (1.0, 2.0), 3, ("a", "b", "c")),
        (UnreadableField("date", "one"), UnreadableField("place", "two")),
    )
    assert combine([MetadataReading(), two]).fields == two.fields
    assert (
        combine(
            [
                MetadataReading(MetadataFields("2016")),
                MetadataReading(MetadataFields("2016-05-06")),
                MetadataReading(MetadataFields("2016-05")),
            ]
        ).fields.taken_at
        == "2016-05-06"
    )
    assert combine([]) == MetadataReading()


@pytest.mark.parametrize(
    ("about", "gone", "kept", "lost"),
    [
        ("date", MetadataFields(), MetadataFields(), True),
        ("date", MetadataFields("2015"), MetadataFields(), False),
        ("date", MetadataFields(), MetadataFields("2015"), False),
        ("date", FULL.__class__(place=(1.0, 2.0)), MetadataFields(rating=2), True),
        ("place", MetadataFields(), MetadataFields("2015", None, 3), True),
        ("place", MetadataFields(place=(0.0, 1.0)), MetadataFields(), False),
        ("place", MetadataFields(), MetadataFields(place=(0.0, 1.0)), False),
        ("rating", MetadataFields("2015", (1.0, 2.0)), MetadataFields(), True),
        ("rating", MetadataFields(rating=1), MetadataFields(), False),
        ("rating", MetadataFields(), MetadataFields(rating=1), False),
        ("keywords", FULL, FULL, True),
        ("all", FULL, FULL, True),
    ],
)
def test_unreadable_fields_that_nothing_else_gives(
    about: str, gone: MetadataFields, kept: MetadataFields, lost: bool
) -> None:
    unread = UnreadableField(about, "x")  # type: ignore[arg-type]
    assert unaccounted(MetadataReading(gone, (unread,)), kept) == ([unread] if lost else [])
