"""A query as chips."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_chips import chips
from explorer.search.language.query_tree import PhraseTerm, QueryTree
from tests.search.language.query_trees import query_trees
from tests.thoroughness import times


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("snow", ["looks like “snow”"]),
        ("2:snow - people", ["looks like “snow” ×2", "without “people”"]),
        ("- 0.5:fog", ["without “fog” ×0.5"]), ("photo:3", ["looks like photo 3"]),
        ("photo:1,2,3", ["looks like photos 1, 2 and 3"]),
        ("photo:1|2 - photo:3&4", [
            "looks like any of photos 1 and 2", "looks unlike each of photos 3 and 4",
        ]),
        ("./x/a.jpg C:\\y\\b.png", ["looks like a.jpg", "looks like b.png"]),
        ("(dog OR photo:2)", ["looks like “dog” or photo 2"]),
        ('"a b" -"c"', ["with the words “a b”", "without the words “c”"]),
        ("camera:Canon|nikon", ["Camera: Canon or nikon"]),
        ("-camera:canon", ["Camera: not canon"]),
        ("folder:work -folder:old", ["in folder work", "not in folder old"]),
        ("date:2019", ["taken in 2019"]), ("date:2019-06", ["taken in June 2019"]),
        ("date:2019-06-04|2019-W23", ["taken on 4 June 2019 or in week 23 of 2019"]),
        ("date:2019..2020-02", ["taken 2019 to February 2020"]),
        ("date:>2019", ["taken after 2019"]),
        ("date:2019..", ["taken since 2019"]), ("date:..2019", ["taken until 2019"]),
        ("after:2019-06-04 before:2020", ["taken since 4 June 2019", "taken until 2020"]),
        ("-date:<=2019", ["not taken until 2019"]),
        ("iso:>800 size:<=5MB f:1.8..2.8 focal:85..", [
            "ISO: above 800", "Size: at most 5MB", "f-number: 1.8 to 2.8",
            "Focal length: at least 85",
        ]),
        ("size:>5 size:5..2MB", ["Size: above 5 bytes", "Size: 5 bytes to 2MB"]),
        ("size:5 megabytes iso:100", ["Size: 5 megabytes", "ISO: 100"]),
        ("near:48.85,2.35", ["within 10 km of 48.85, 2.35"]),
        ("has:gps -has:gps", ["with a location", "without a location"]),
        ("is:monochrome -is:blurry", ["black and white", "not blurred"]),
        ("format:jpg", ["Format: JPEG"]), ("-orientation:portrait", ["not portrait format"]),
        ("(is:dark OR iso:100 has:gps)", ["dark or (ISO: 100 and with a location)"]),
        ("-(is:dark has:gps)", ["not (dark and with a location)"]), ("", []),
    ],
)  # fmt: skip
def test_chips_have_labels(text: str, labels: list[str]) -> None:
    assert [chip.label for chip in chips(parse(text))] == labels


def test_a_chip_gives_the_query_without_it() -> None:
    found = chips(parse("beach - people camera:canon is:dark"))
    assert [print_query(chip.without) for chip in found] == [
        "- people camera:canon is:dark",
        "beach camera:canon is:dark",
        "beach - people is:dark",
        "beach - people camera:canon",
    ]
    assert [chip.kind for chip in found] == ["phrase", "phrase", "field", "field"]
    assert all(chip.as_phrase is None for chip in found)


def test_interpret_phrases_can_be_searched_by_meaning() -> None:
    phrase, dark = chips(interpret(parse("beach, not dark")))
    assert (phrase.label, dark.label) == ("looks like “beach”", "not dark")
    assert dark.as_phrase and phrase.as_phrase is None
    assert print_query(dark.as_phrase) == "beach - 1:dark"
    assert interpret(parse(print_query(dark.as_phrase))) == dark.as_phrase
    assert dark.as_phrase.terms[1] == PhraseTerm("dark", -1, literal=True)


@given(query_trees)
@settings(max_examples=times(60, 300), deadline=None)
def test_every_term_has_a_chip_and_removing_all_leaves_an_empty_query(tree: QueryTree) -> None:
    left, seen = tree, 0
    while left:
        first = chips(left)[0]
        assert first.label
        left, seen = first.without, seen + 1
    assert seen == len(chips(tree))
