"""Which words of phrases become conditions, and which stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.phrase_vocabulary import VOCABULARY, entry_of
from explorer.search.language.print_query import print_query
from explorer.search.language.query_grammar import MAX_LENGTH, is_plain
from explorer.search.language.query_tree import FieldTest, FieldValue, PhraseTerm, QueryTree
from explorer.search.language.syntax_error import QuerySyntaxError
from tests.search.language.meant_queries import meant
from tests.search.language.query_trees import query_texts
from tests.thoroughness import times


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("black and white portrait", "portrait is:monochrome"),
        ("portrait in black and white, 2019", "portrait is:monochrome date:2019"),
        ("cat in black and white", "cat is:monochrome"),
        ("black and white photo of a cat", "a cat is:monochrome"),
        ("B&W", "is:monochrome"), ("Monochrome street scene", "street scene is:monochrome"),
        ("birthday 2019 not blurry", "birthday -is:blurred date:2019"),
        ("out of focus dog", "dog is:blurred"), ("dog, blurry", "dog is:blurred"),
        ("dark", "is:dark"), ("a dark photo", "is:dark"),
        ("dark photos of the beach", "the beach is:dark"),
        ("beach but not dark", "beach -is:dark"), ("beach - dark", "beach -is:dark"),
        ("-dark", "-is:dark"),
        ("dark and blurry", "is:dark is:blurred"), ("blurry and dark", "is:blurred is:dark"),
        ("underexposed forest", "forest is:dark"), ("overexposed", "is:overexposed"),
        ("grainy pictures", "is:noisy"), ("no screenshots", "-is:screenshot"),
        ("screenshot of a map", "a map is:screenshot"), ("chat screenshots", "chat is:screenshot"),
        ("panorama of Paris", "Paris is:panorama"), ("mountain panorama", "mountain is:panorama"),
        ("panoramic photos", "is:panorama"), ("upright", "is:upright"),
        ("vertical photos", "is:upright"),
        ("wedding portrait format", "wedding is:upright"),
        ("horizontal pictures of cats", "cats orientation:landscape"),
        ("2019", "date:2019"), ("in 2019", "date:2019"), ("June 2019", "date:2019-06"),
        ("dog Sept 2019", "dog date:2019-09"), ("4 June 2019 party", "party date:2019-06-04"),
        ("easter 2019", "easter date:2019"),
        ("christmas 2019 at home", "christmas at home date:2019"),
        ("2015-2019", "date:2015..2019"), ("dog between 2015 and 2019", "dog date:2015..2019"),
        ("since 2019", "date:>=2019"), ("beach before June 2019", "beach date:<2019-06"),
        ("dog 2019-06-04", "dog date:2019-06-04"), ("not 2019", "-date:2019"),
        ("dog (2019 OR 2020)", "dog date:2019|2020"), ("2019 OR 2020", "date:2019|2020"),
        ("before 2010 OR since 2020", "date:<2010|>=2020"), ("- (2019 OR 2020)", "-date:2019|2020"),
        ("2019, 2020", "date:2019|2020"), ("2017, 2018, and 2019", "date:2017|2018|2019"),
        ("horse 2019 + stripes 2020", "horse + stripes date:2019|2020"),
        ("2019 photos, dog, 2020", "dog date:2019|2020"), ("not 2019 or 2020", "-date:2019|2020"),
        ("since 2015, before 2019", "date:>=2015 date:<2019"),
        ("since 2015 and before 2019", "date:>=2015 date:<2019"),
        ("2015 - 2019", "date:2015..2019"), ("dog 2015 - 2019", "dog date:2015..2019"),
        ("beach June 4 - 6, 2019", "beach date:2019-06-04..2019-06-06"),
        ("June 2019 - August 2019, beach", "beach date:2019-06..2019-08"),
        ("Dec. 2018 - 2019-02-10", "date:2018-12..2019-02-10"),
        ("dog - 2019 - 2020", "dog -date:2019..2020"), ("2019 - dog", "- dog date:2019"),
        ("2015 NOT 2019", "date:2015 -date:2019"), ("2015 -2019", "date:2015 -date:2019"),
        ("birthday on June 4th, 2019", "birthday date:2019-06-04"),
        ("dog June 4, 2019 at the beach", "dog at the beach date:2019-06-04"),
        ("beach 2019!", "beach date:2019"), ("easter of 2019", "easter date:2019"),
        ("photos from 2019", "date:2019"), ("Photos taken in June 2019", "date:2019-06"),
        ("my photos from 2019", "date:2019"), ("all my pictures from 2019", "date:2019"),
        ("show me photos from 2019", "date:2019"), ("all 2019", "date:2019"),
        ("images 2019", "date:2019"), ("pics 2019", "date:2019"), ("photos of 2019", "date:2019"),
        ("photos, blurry", "is:blurred"), ("photos of dogs, 2019", "photos of dogs date:2019"),
        ("beach black and white", "beach is:monochrome"),
        ("black and white street scene", "street scene is:monochrome"),
        ("black and white portrait of a dog", "portrait of a dog is:monochrome"),
        ("photos that are blurry", "is:blurred"), ("the photo is too dark", "is:dark"),
        ("white house black and white", "white house is:monochrome"),
        ("red sports car black and white", "red sports car is:monochrome"),
        ("beach with a dog, black and white", "beach with a dog is:monochrome"),
        ("horse 2019 + stripes blurry", "horse + stripes date:2019 is:blurred"),
        ("blurry iso:>800 dog", "dog iso:>800 is:blurred"),
        ("exclude blurry", "-is:blurred"), ("except screenshots", "-is:screenshot"),
        ("everything except blurry", "-is:blurred"), ("dog except 2019", "dog -date:2019"),
        ("dogs excluding blurry ones", "dogs -is:blurred"),
        ("anything but screenshots", "-is:screenshot"), ("my favorites", "is:favourite"),
        ("favourite photos of 2019", "is:favourite date:2019"), ("raw files", "is:raw"),
        ("png images", "format:png"), ("JPGs", "format:jpeg"), ("live photos", "has:film"),
        ("photos with gps", "has:gps"), ("photos without location", "-has:gps"),
        ("photos with tags", "has:keywords"), ("without a title", "-has:title"),
        ("photos with no date", "-has:date"),
        ("canon photos", "camera:canon"), ("photos from my nikon", "camera:nikon"),
        ("my iPhone 6 pictures of dogs", 'dogs camera:"iPhone 6"'),
        ("dog from our canon", "dog camera:canon"),
        ("newest", "sort:newest"), ("the oldest photo of the dog", "the dog sort:oldest"),
        ("latest pictures from 2019", "sort:newest date:2019"), ("biggest files", "sort:largest"),
        ("first photo of anna", "anna sort:oldest"), ("recent photos of dogs", "dogs sort:newest"),
        ("newest first", "sort:newest"), ("dogs, oldest photos first", "dogs sort:oldest"),
        ("dogs sorted by date", "dogs sort:newest"), ("sort by size", "sort:largest"),
        ("dng files", "format:dng"),
        ("photos with 5 stars", "rating:5"), ("photos with one star", "rating:1"),
        ("taken with iPhone", "camera:iPhone"),
        ("dog shot on my canon in 2019", "dog date:2019 camera:canon"),
        ("photos taken with a Canon EOS 5D", 'camera:"Canon EOS 5D"'),
    ],
)  # fmt: skip
def test_words_for_the_whole_photo_are_conditions(text: str, meaning: str) -> None:
    assert meant(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "in the dark", "dark blue dress", "dark-haired woman", "a dark room", "dog in the dark",
        "blurry background", "dog with the background blurred", "black and white cat",
        "zebra black and white", "red and black and white", "black and white and red",
        "noisy children", "upright piano", "man standing upright", "portrait", "landscape",
        "vertical garden", "panorama restaurant", "square", "duplicate keys", "screenshotter",
        "room 2019", "2000 people", "2019-13", "30 February 2019", "1:dark", "2:dark", "- 2:dark",
        "(dark OR snow)", "- dark beach", "may", "march of 500 people", "12019", "dog 2019a",
        "class of 2019", "(2019 OR dog)", "2:(2019 OR 2020)", "photos", "my photos of the dog",
        "black and white boston terrier", "black and white running dog", "black and white collies",
        "dog that is black and white", "two dogs, one black and white", "red, black and white kite",
        "dog runs in blurred , rural scene", "smiles for a picture, the background is blurry",
        "the dog is not blurry", "both in black and white", "everyone is wearing black and white",
        "blurry crowd in the background", "a, blurry, one, black and white",
        "favorite toy", "raw fish", "animated crowd", "film location", "dogs tagged", "a date",
        "location", "made by hand", "soldier with tags", "clothes with tags",
        "book without a title", "ticket with no date", "sign without date", "with tags on it",
        "oldest tree", "recent newspaper", "canon", "man with iphone", "photos of an iphone",
        "added last week", "photos uploaded in 2019", "hotel with 5 stars", "first dogs first",
        "apple photos", "from canon", "not newest", "- newest", "the newest house",
        '1:"in 2019"', "not", "and", "without", "(1) 2019", "dark " * 60 + "2019",
    ],
)  # fmt: skip
def test_words_for_what_is_in_the_photo_stay(text: str) -> None:
    tree = parse(text)
    assert interpret(tree) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("June 4, 2019", "2019-06-04"), ("june 4 2019", "2019-06-04"),
        ("4th June 2019", "2019-06-04"), ("2019-06 to 2019-08", "2019-06..2019-08"),
        ("the 4th of June, 2019", "2019-06-04"), ("2019 june 4", "2019-06-04"),
        ("December 25, 2019", "2019-12-25"), ("Dec. 25, 2019", "2019-12-25"),
        ("on June 1st, 2019", "2019-06-01"), ("Dec. 2019", "2019-12"), ("sept. 2019", "2019-09"),
        ("2019 December", "2019-12"), ("June, 2019", "2019-06"), ("taken in 2019", "2019"),
        ("june 2019 to august 2019", "2019-06..2019-08"),
        ("dec 25 - jan 5 2020", "2019-12-25..2020-01-05"),
        ("november to february 2020", "2019-11..2020-02"),
        ("june to august 2019", "2019-06..2019-08"), ("June 4-6, 2019", "2019-06-04..2019-06-06"),
        ("4 to 6 June 2019", "2019-06-04..2019-06-06"), ("2015 – 2019", "2015..2019"),
        ("between June 2018 and 2019-03", "2018-06..2019-03"), ("2019 to 2015", "2015..2019"),
        ("from 2015 until 2019", "2015..2019"), ("since 2015 until 2019", "2015..2019"),
        ("dec. 30, 2018 to jan. 2, 2019", "2018-12-30..2019-01-02"),
        ("2019 or 2020", "2019|2020"), ("2019 and 2020", "2019|2020"),
        ("june or july 2019", "2019-06|2019-07"), ("4 and 6 june 2019", "2019-06-04|2019-06-06"),
        ("2010 to 2012 or june 2015", "2010..2012|2015-06"),
    ],
)  # fmt: skip
def test_dates_are_understood_in_the_ways_people_write_them(text: str, value: str) -> None:
    assert meant(text) == f"date:{value}"
    assert meant(f"dog {text}") == meant(f"dog, {text}") == f"dog date:{value}"


@pytest.mark.parametrize(
    "text", ["June 31, 2019", "2 and 2019", "may and 2019", "after 2015 to 2019", "June 4 2019b"]
)
def test_what_is_no_date_stays(text: str) -> None:
    assert interpret(parse(text)) == parse(text)


def test_the_words_are_kept_as_typed() -> None:
    tree = interpret(parse("Black and White portrait"))
    assert tree.condition == FieldTest("is", (FieldValue("monochrome"),), "Black and White")
    assert print_query(tree) == "portrait, Black and White"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("birthday 2019 not blurry", "birthday, not blurry, 2019"),
        ("- blurry", "not blurry"),
        ("photo:3 dark iso:100", "dark + photo:3 iso:100"),
        ("dark 1:dark", "dark + 1:dark"),
        ("2:snow - dark", "not dark + 2:snow"),
        ("horse 2019 + stripes", "horse, 2019 + stripes"),
        ("2019, dog june", "dog, 2019, june"),
        ("blurry, 2019, one", "blurry, 2019 + one"),
        ("2019 OR 2020", "2019 or 2020"),
        ("2019 NOT 2020", "2019, not 2020"),
        ("2015 Dec. dark", "2015 Dec, dark"),
    ],
)
def test_interpret_phrases_are_printed_as_words(text: str, printed: str) -> None:
    assert print_query(interpret(parse(text))) == printed


def test_no_expression_has_two_meanings() -> None:
    expressions = [words for meaning in VOCABULARY for words in meaning.expressions]
    assert len(set(expressions)) == len(expressions)
    for words in expressions:
        found = entry_of(words.upper())
        assert found and words in found.expressions
        text = f"without {words}" if found.only_negated else words
        assert interpret(parse(text)).terms == ()


@given(query_texts | st.lists(st.sampled_from([
    "dark", "not", "and", "of", "a", "photo", "2019", "June", "in", "black and white", "blurry",
    "dog", ",", "panorama", "screenshot", "- ", "+ ", "2:", "1:", "without", "from", "to", "at",
    "or", "OR", "(", ")", "2015", "4", "june 4,", "2020,", "2019 -", "photos", "one,", "is", "red,",
    "between", "since", "may", "what?", "Dec.", "no people", "except", "nobody", "6/2019", "July",
    "5 stars", "over 5 MB", "iso > 800", "last year", "christmas 2019", "before",
    "taken with", "canon", "apple", "no", "dogs", "today", "onwards", "with tags", "year > 2015",
    "the last year", "summer", "last summer", "in June", "june 4", "at christmas", "on weekends",
    "taken at night", "since june", "2018/19",
]), max_size=9).map(" ".join))  # fmt: skip
@settings(max_examples=times(150, 750), deadline=None)
def test_interpreting_a_printed_query_gives_the_same_query(text: str) -> None:
    try:
        tree = interpret(parse(text))
    except QuerySyntaxError:
        return
    assert interpret(tree) == tree
    printed = print_query(tree)
    assume(len(printed) <= MAX_LENGTH)
    assert unmarked(interpret(parse(printed))) == unmarked(tree)


def unmarked(tree: QueryTree) -> QueryTree:
    """The tree with phrases that can only be written in quotes not marked as literal: nothing in
    them is left to interpret."""
    terms = tuple(
        replace(term, literal=term.literal and is_plain(term.text))
        if isinstance(term, PhraseTerm)
        else term
        for term in tree.terms
    )
    return QueryTree(terms, tree.condition)
