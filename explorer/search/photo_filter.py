"""Evaluate the condition of a query.

Each test of the condition is a mask over the photos' ids (`library/queries/condition_masks.py`);
AND, OR and NOT are operations on masks. A photo with an unknown value fails the test for it, and so
passes the negated test: `-iso:>800` finds photos without a film speed, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from explorer.errors import UsageError
from explorer.library.catalog import Ids
from explorer.library.library import Library
from explorer.library.paths import from_line
from explorer.library.queries import photo_conditions, recurring_times
from explorer.library.queries.condition_masks import ALL_PHOTOS, ConditionMasks
from explorer.library.queries.filters import Filters
from explorer.library.queries.photo_conditions import PhotoCondition
from explorer.library.queries.photo_masks import PhotoMask
from explorer.library.stores.album_store import find_album, in_album
from explorer.library.stores.location_store import photos_in
from explorer.library.text.text_index import COLUMNS, TextColumn, TextIndex
from explorer.search.derived_properties import DerivedProperties
from explorer.search.language.holidays import all_days
from explorer.search.language.query_fields import (
    CONCEPT,
    ORDER,
    SHAPE_RATIOS,
    field_named,
    typed_value,
)
from explorer.search.language.query_tree import (
    AllTests,
    AnyTest,
    Condition,
    FieldTest,
    FieldValue,
    NotTest,
    WordsTest,
)
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.language.typed_dates import (
    SEASONS,
    SOUTHERN,
    DateRange,
    DaysOfYear,
    Hours,
    MovableHoliday,
    RecurringTime,
    SeasonTime,
)
from explorer.search.language.typed_values import (
    Area,
    Choice,
    NamedPlace,
    NumberRange,
    Place,
    TextValue,
    TypedValue,
)

_TEXT_COLUMNS: Mapping[str, TextColumn] = {
    "name": "name",
    "folder": "folder",
    "camera": "camera",
    "lens": "lens",
    "keyword": "keywords",
    "title": "title",
    "description": "description",
}
_FORMATS: Mapping[str, tuple[str, ...]] = {
    "jpeg": ("JPEG", "MPO"),
    "bmp": ("BMP", "DIB"),
    "heic": ("HEIF",),
}


class PhotoFilter:
    """Evaluates conditions for one library. Thread-safe."""

    def __init__(
        self, library: Library, concepts: Callable[[str], PhotoMask] | None = None
    ) -> None:
        """concepts: returns the photos that match the concept with a name."""
        self._concepts = concepts
        self._catalog = library.catalog
        self._masks = ConditionMasks(library.catalog)
        self._texts = TextIndex(library.catalog)
        self._pictures = DerivedProperties(library, self._masks)

    def mask(self, condition: Condition | None) -> PhotoMask:
        """The visible photos that meet a condition; None: all. Shared: do not modify it. Raises
        QuerySyntaxError for an unknown field or value.
        """
        if condition is None:
            return self._masks.visible()
        # Exclude photos that were hidden between two of the tests.
        return _and(self._mask(condition), self._masks.visible())

    def ids(self, condition: Condition | None) -> Ids:
        """The ids of the visible photos that meet a condition, ascending. Raises as `mask` does."""
        return np.flatnonzero(self.mask(condition))

    def _mask(self, condition: Condition) -> PhotoMask:
        match condition:
            case AllTests():
                return reduce(_and, (self._mask(test) for test in condition.tests))
            case AnyTest() if any(map(_is_order, condition.tests)):
                raise QuerySyntaxError(
                    f"An order cannot be one of several alternatives: write {ORDER}:oldest outside"
                    " the brackets."
                )
            case AnyTest():
                return reduce(_or, (self._mask(test) for test in condition.tests))
            case NotTest() if _is_order(condition.test):
                raise QuerySyntaxError(f"An order cannot be excluded: write {ORDER}:oldest.")
            case NotTest():
                return _without(self._masks.visible(), self._mask(condition.test))
            case WordsTest():
                return self._containing(condition.text, COLUMNS)
            case FieldTest():
                name = field_named(condition.field).name
                masks = (self._value(name, value) for value in condition.values)
                return reduce(_or, masks)

    def _value(self, name: str, value: FieldValue) -> PhotoMask:
        typed = typed_value(name, value)
        if name == CONCEPT and isinstance(typed, TextValue) and self._concepts is not None:
            return self._concepts(typed.text)
        if isinstance(typed, TextValue):
            return self._text(name, typed)
        if isinstance(typed, Choice) and name == "is" and typed.name in self._pictures.NAMES:
            return self._pictures.mask(typed.name)
        if isinstance(typed, RecurringTime):
            return self._masks.meeting(self._at_times(typed))
        condition = self._condition(name, typed)
        if isinstance(typed, NamedPlace):
            return self._masks.meeting(condition, lambda: photos_in(self._catalog, *typed.meaning))
        return self._masks.meeting(condition)

    def _text(self, name: str, value: TextValue) -> PhotoMask:
        text = value.text
        if name == "album":
            return self._masks.meeting(self._in_album(text))
        path = os.path.expanduser(from_line(text)) if name == "folder" else ""
        if os.path.isabs(path):
            folder = Filters(folder=os.path.normpath(path), subfolders=not value.whole)
            return self._masks.meeting(self._in_filters(folder))
        if value.whole and name == "folder":
            condition = photo_conditions.in_folder_named(text)
            return self._masks.meeting(condition, lambda: self._texts.ids_in_folder_named(text))
        if value.whole:
            column = _TEXT_COLUMNS[name]
            return self._masks.meeting(
                photo_conditions.with_value(text, column),
                lambda: self._texts.ids_with_value(text, column),
            )
        return self._containing(text, (_TEXT_COLUMNS[name],))

    def _containing(self, text: str, columns: tuple[TextColumn, ...]) -> PhotoMask:
        return self._masks.meeting(
            photo_conditions.containing(text, columns),
            lambda: self._texts.ids_containing(text, columns),
        )

    def _in_album(self, name: str) -> PhotoCondition:
        try:
            return in_album(find_album(self._catalog, name).id)
        except UsageError as error:
            raise QuerySyntaxError(str(error)) from None

    def _in_filters(self, filters: Filters) -> PhotoCondition:
        return photo_conditions.in_filters(filters, self._catalog.root_paths())

    def _condition(self, name: str, typed: TypedValue) -> PhotoCondition:
        match typed:
            case NumberRange():
                return photo_conditions.number_between(
                    name,
                    typed.low,
                    typed.high,
                    low_included=typed.low_included,
                    high_included=typed.high_included,
                )
            case DateRange():
                return self._in_filters(Filters(since=typed.since, until=typed.until))
            case Place():
                return photo_conditions.near(typed.latitude, typed.longitude, typed.kilometers)
            case Area():
                return photo_conditions.in_area(typed.south, typed.west, typed.north, typed.east)
            case NamedPlace():
                return photo_conditions.in_locations(*typed.meaning)
            case Choice():
                return _CHOICES[name](typed.name)
            case _:
                raise ValueError(f"“{name}” has no condition of its own")

    def _at_times(self, typed: RecurringTime) -> PhotoCondition:
        match typed:
            case DaysOfYear(first, last):
                return recurring_times.on_days_of_year(first, last)
            case MovableHoliday(name):
                return recurring_times.on_days(all_days(name))
            case Hours(first, last):
                return recurring_times.in_hours(first, last)
            case SeasonTime(name, within):
                condition = recurring_times.in_season(
                    SEASONS[name], SEASONS[SOUTHERN[name]], elsewhere_south=self._is_southern()
                )
        if within == DateRange():
            return condition
        return photo_conditions.all_of([condition, self._condition("date", within)])

    def _is_southern(self) -> bool:
        """Whether more photos were taken in the south than in the north."""
        south, north = (
            self._masks.meeting(PhotoCondition(f"p.latitude {sign} 0")).sum() for sign in ("<", ">")
        )
        return bool(south > north)


def _is_order(condition: Condition) -> bool:
    return isinstance(condition, FieldTest) and field_named(condition.field).name == ORDER


def as_condition(filters: Filters | None) -> Condition | None:
    """Date and folder filters as a condition; None if there are none."""
    tests = list[Condition]()
    if filters and filters.since:
        tests.append(FieldTest("after", (FieldValue(filters.since),)))
    if filters and filters.until:
        tests.append(FieldTest("before", (FieldValue(filters.until),)))
    if filters and filters.folder:
        tests.append(FieldTest("folder", (FieldValue(filters.folder),)))
    return tests[0] if len(tests) == 1 else AllTests(tuple(tests)) if tests else None


def stored_formats(name: str) -> tuple[str, ...]:
    """The formats that a choice of `format:` stands for, as the catalog names them."""
    return _FORMATS.get(name, (name.upper(),))


def _of_shape(name: str) -> PhotoCondition:
    ranges = [photo_conditions.ratio_between(low, high) for low, high in SHAPE_RATIOS[name]]
    return photo_conditions.any_of(ranges)


def _what_it_is(name: str) -> PhotoCondition:
    if name == "panorama":
        return _of_shape("panorama")
    return photo_conditions.fixed_condition("portrait" if name == "upright" else name)


_CHOICES: Mapping[str, Callable[[str], PhotoCondition]] = {
    "format": lambda name: photo_conditions.of_format(stored_formats(name)),
    "orientation": photo_conditions.fixed_condition,
    "has": photo_conditions.fixed_condition,
    "shape": _of_shape,
    "is": _what_it_is,
    "weekday": recurring_times.on_weekday,
    ORDER: lambda name: ALL_PHOTOS,
}


def _and(one: PhotoMask, other: PhotoMask) -> PhotoMask:
    size = min(len(one), len(other))
    return one[:size] & other[:size]


def _or(one: PhotoMask, other: PhotoMask) -> PhotoMask:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    both = longer.copy()
    both[: len(shorter)] |= shorter
    return both


def _without(one: PhotoMask, other: PhotoMask) -> PhotoMask:
    rest = one.copy()
    size = min(len(one), len(other))
    rest[:size] &= ~other[:size]
    return rest
