"""The expressions of phrases that are interpreted as conditions: `black and white`, `June 2019`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.library.text.ordinary_words import word_set
from explorer.search.language.camera_expressions import camera_names
from explorer.search.language.date_expressions import date_values
from explorer.search.language.number_expressions import number_test
from explorer.search.language.query_fields import typed_value
from explorer.search.language.query_tree import Condition, FieldTest, FieldValue
from explorer.search.language.recurring_dates import recurring_test
from explorer.search.language.syntax_error import QuerySyntaxError

PHOTO_WORDS = "(?:photo|photograph|picture|image|shot|pic)s?"
"""The words for photos, as a regular expression for text in lower case."""


@dataclass(frozen=True)
class VocabularyEntry:
    """Expressions that mean that a photo has a field's value.

    They are interpreted wherever they are alone, stand before a word for photos (`dark photos`), or
    are negated at the end (`a beach, not dark`). The flags say where else.
    """

    field: str
    value: str
    expressions: tuple[str, ...]
    """In lower case."""
    leads: bool = False
    """At the beginning: `blurry dog`."""
    leads_with_of: bool = False
    """At the beginning, before `of`: `panorama of Paris`."""
    trails: bool = False
    """At the end: `portrait in black and white`."""
    not_beside: frozenset[str] = frozenset()
    """Words that the expression modifies instead of the photo if they are in the noun phrase next
    to it."""
    not_with: frozenset[str] = frozenset()
    """The same for words anywhere in the segment of the phrase."""
    only_negated: bool = False
    """Only where they are negated: `without a date`, but not `a date`."""
    only_of_photos: bool = False
    """Only alone or beside words for photos: `photos with tags`, but not `clothes with tags`."""


COLORS = word_set(
    "beige black blue brown gold golden gray green grey orange pink purple red silver tan white"
    " yellow"
)
"""Words after which an expression names further colors: `red, black and white`."""
_ANIMALS = word_set(
    "animal animals bear bears beagle bird birds boxer bulldog bunny calf cat cats cattle chicken"
    " chihuahua collie collies corgi cow cows creature dalmatian dalmatians dog doggy dogs duck"
    " ducks duckling eagle fish foal foxhound frog goat goats goose greyhound gull hen hens hound"
    " hounds horse horses husky huskies kitten kittens kitty lamb lemur magpie magpies"
    " malamute mouse mutt orca panda pandas penguin penguins pet pets pig pigeon pigeons piglet"
    " pigs pinscher pointer pony ponies poodle pug pup puppies puppy pups rabbit rabbits rat"
    " retriever rooster schnauzer seagull setter sheep sheepdog shepherd shorthair skunk spaniel"
    " spaniels stork swan tabby terrier terriers tern tuxedo whippet wolf zebra zebras"
)
_CLOTHES = word_set(
    "apron attire bikini blouse boots cap clothes clothing coat costume costumes dress dresses gear"
    " hat hats helmet hoodie jacket jackets jersey jerseys kimono outfit outfits pants robe robes"
    " scarf shirt shirts shoe shoes shorts skirt sneakers socks stockings suit suits sweater"
    " sweatshirt swimsuit tie top trunks tuxedos umbrella umbrellas uniform uniforms vest wetsuit"
)
_PATTERNED_THINGS = word_set(
    "ball balls banner blanket board chess chessboard checkered checkers colored coloured colors"
    " colours flag flags floor frisbee fur furry markings motorbike motorcycle patches patterned"
    " piano pole poles print rug sign signs spots spotted stripe striped stripes tile tiles toy"
    " wallpaper"
)
_BLACK_AND_WHITE_THINGS = COLORS | _ANIMALS | _CLOTHES | _PATTERNED_THINGS
_BACKGROUNDS = word_set("background backgrounds foreground")
_BLURRED_THINGS = word_set("light lights line lines vision")
CONTINUED = word_set(
    "a about all an another appear appears are as at be been being both by each every everyone"
    " everything except excluding for from had has have he her his i in into is it its like look"
    " looked looks mainly mostly my never no not of on one ones or other others our partly she so"
    " some the their these they this those to too two very was wear wearing wears were with wore"
    " your"
)
"""Words after which an expression modifies a thing in the photo: `the dog is black and white`."""
PHRASE_ENDS = word_set(
    "about above across after against along among and are around as at be before behind below"
    " beside between but by during for from has have having in inside into is like near of"
    " off on onto or out outside over past that through to toward towards under was wearing were"
    " where which while who with without"
)
"""Words that do not belong to the noun phrase before or after them."""

_FILES = ("", "s", " file", " files")
_SORTED = (("", " first"), ("", " photos first"), ("sort by ", ""), ("sorted by ", ""))

MAX_WORDS_LENGTH = 200
"""The maximum number of characters in a phrase that is interpreted."""

VOCABULARY: tuple[VocabularyEntry, ...] = (
    VocabularyEntry(
        "is", "monochrome",
        ("black and white", "black & white", "black-and-white", "b&w", "b/w", "b & w"),
        leads=True, leads_with_of=True, trails=True, not_beside=_BLACK_AND_WHITE_THINGS,
    ),
    VocabularyEntry(
        "is", "monochrome",
        (
            "in black and white", "in black & white", "in b&w", "in monochrome", "monochrome",
            "greyscale", "grayscale",
        ),
        leads=True, trails=True,
    ),
    VocabularyEntry(
        "is", "blurred", ("blurred", "blurry", "out of focus", "out-of-focus"),
        leads=True, trails=True, not_beside=_BLURRED_THINGS, not_with=_BACKGROUNDS,
    ),
    VocabularyEntry("is", "dark", ("dark",)),
    VocabularyEntry(
        "is", "dark", ("underexposed", "under-exposed", "too dark"), leads=True, trails=True
    ),
    VocabularyEntry(
        "is", "overexposed", ("overexposed", "over-exposed", "too bright"), leads=True, trails=True
    ),
    VocabularyEntry("is", "noisy", ("noisy", "grainy")),
    VocabularyEntry(
        "is", "screenshot", ("screenshot", "screenshots", "screen shot", "screen shots"),
        leads_with_of=True, trails=True,
    ),
    VocabularyEntry(
        "is", "panorama", ("panorama", "panoramas"), leads_with_of=True, trails=True
    ),
    VocabularyEntry("is", "panorama", ("panoramic",)),
    VocabularyEntry("is", "upright", ("upright", "vertical")),
    VocabularyEntry(
        "is", "upright",
        ("portrait format", "portrait orientation", "in portrait format", "upright format"),
        trails=True,
    ),
    VocabularyEntry("orientation", "landscape", ("horizontal",)),
    VocabularyEntry(
        "orientation", "landscape",
        ("landscape format", "landscape orientation", "in landscape format"), trails=True,
    ),
    VocabularyEntry("shape", "square", ("square format", "in square format"), trails=True),
    VocabularyEntry("is", "duplicate", ("duplicate", "duplicates")),
    VocabularyEntry("is", "favourite", ("favorite", "favorites", "favourite", "favourites")),
    VocabularyEntry("is", "raw", ("raw", "raw file", "raw files")),
    VocabularyEntry("sort", "newest", ("newest", "latest", "most recent", "recent")),
    VocabularyEntry("sort", "newest", ("last photo", "last picture"), leads_with_of=True),
    VocabularyEntry("sort", "oldest", ("oldest", "earliest")),
    *(
        VocabularyEntry(
            "sort", name, tuple(form + each + end for each in words for form, end in _SORTED),
            trails=True,
        )
        for name, words in (
            ("newest", ("newest", "latest", "most recent", "date")),
            ("oldest", ("oldest", "earliest")), ("largest", ("largest", "biggest", "size")),
        )
    ),
    VocabularyEntry("sort", "oldest", ("first photo", "first picture"), leads_with_of=True),
    VocabularyEntry(
        "sort", "largest",
        ("largest", "biggest", "largest file", "largest files", "biggest file", "biggest files"),
    ),
    *(
        VocabularyEntry(
            "rating", number, tuple(f"with {each} star{end}" for each in (number, word)),
            trails=True, only_of_photos=True,
        )
        for number, word, end in (
            ("1", "one", ""), ("2", "two", "s"), ("3", "three", "s"), ("4", "four", "s"),
            ("5", "five", "s"),
        )
    ),
    VocabularyEntry("is", "animated", ("animated", "animated gif", "animated gifs")),
    VocabularyEntry("has", "film", ("live photo", "live photos", "motion photo", "motion photos")),
    VocabularyEntry("has", "gps", ("gps",)),
    VocabularyEntry("has", "gps", ("with gps", "geotagged"), trails=True),
    *(
        VocabularyEntry("has", field, words, only_negated=True, only_of_photos=True)
        for field, words in (
            ("gps", ("a location", "location")), ("date", ("a date", "date")),
            ("rating", ("a rating", "rating")), ("keywords", ("keywords", "tags")),
            ("description", ("a description", "description", "captions")),
            ("title", ("a title", "title")),
        )
    ),
    *(
        VocabularyEntry("has", field, words, trails=True, only_of_photos=True)
        for field, words in (
            ("gps", ("with a location", "with location")),
            ("keywords", ("with keywords", "with tags")), ("title", ("with a title", "with title")),
        )
    ),
    *(
        VocabularyEntry("format", name, tuple(f"{word}{end}" for word in words for end in _FILES))
        for name, words in (
            ("jpeg", ("jpeg", "jpg")), ("png", ("png",)), ("gif", ("gif",)),
            ("heic", ("heic", "heif")), ("webp", ("webp",)), ("tiff", ("tiff", "tif")),
            *((name, (name,)) for name in ("avif", "bmp", "cr2", "cr3", "dng", "jxl", "nef")),
        )
    ),
)  # fmt: skip
"""All entries. tests/search/language/test_interpret_phrases.py says for each what it must leave
alone."""

NAMES = r"(?:\*(?=[.-]*\w)[\w.-]*\*?|\w[\w.-]*\*)"
"""A part of a file's name, as a regular expression: `IMG_*`, `*.png`."""


def alternation(expressions: Iterable[str]) -> str:
    """A regular expression that matches any of these, longer ones first."""
    return "|".join(sorted(map(re.escape, expressions), key=len, reverse=True))


def entry_of(expression: str) -> VocabularyEntry | None:
    """The entry for an expression, in any case; None if there is none."""
    lower = expression.lower()
    return next((each for each in VOCABULARY if lower in each.expressions), None)


def test_of(expression: str, words: str) -> FieldTest | None:
    """The test for an expression, a date or a number, in any case; None for other words.

    words: the words that it was found in, with a word for photos.
    """
    entry = entry_of(expression)
    if entry:
        return FieldTest(entry.field, (FieldValue(entry.value),), words)
    if expression.startswith("*") or expression.endswith("*"):
        return FieldTest("name", (FieldValue(expression),), words)
    if cameras := camera_names(expression):
        return FieldTest("camera", tuple(map(FieldValue, cameras)), words)
    if number := number_test(expression.lower()):
        field, value = number
        return _valid(FieldTest(field, (value,), words))
    if recurring := recurring_test(expression.lower()):
        field, values = recurring
        return _valid(FieldTest(field, values, expression.rstrip(".")))
    values = date_values(expression.lower())
    # Without the word for photos, so that several dates can be joined, and without a full stop,
    # which ends a segment.
    return _valid(FieldTest("date", values, expression.rstrip("."))) if values else None


def _valid(test: FieldTest) -> FieldTest | None:
    """The test, unless a value does not fit its field: `30 February 2019`."""
    try:
        for value in test.values:
            typed_value(test.field, value)
    except QuerySyntaxError:
        return None
    return test


TIMES = ("date", "month", "season", "weekday", "hour")
"""The fields whose tests are alternatives if they are interpreted from words."""


def joined_dates(tests: Sequence[Condition]) -> list[Condition]:
    """The tests, with dates interpreted from words as alternatives: no photo was taken both in 2019
    and in 2020, or both in June and in July. Comparisons (`since 2019`) limit them, as before."""
    found = [*tests]
    for field in TIMES:
        dates = [test for test in found if isinstance(test, FieldTest) and _is_date(test, field)]
        if len(dates) < 2 or len((test := either(dates)).words) > MAX_WORDS_LENGTH:
            continue
        # Printed, these words have to mean the same.
        if test_of(test.words, test.words) != test:
            continue
        first, others = dates[0], [id(each) for each in dates[1:]]
        found = [test if each is first else each for each in found if id(each) not in others]
    return found


def either(dates: Sequence[FieldTest]) -> FieldTest:
    """The test that any of these tests of dates of one field, interpreted from words, passes."""
    values = tuple(value for test in dates for value in test.values)
    return FieldTest(dates[0].field, values, " or ".join(test.words for test in dates))


def _is_date(test: FieldTest, field: str) -> bool:
    return (
        test.field == field
        and bool(test.words)
        and all(value.comparison == "=" for value in test.values)
    )
