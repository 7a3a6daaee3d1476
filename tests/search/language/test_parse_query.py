"""Queries as people type them, and the trees that they mean."""

from __future__ import annotations

import pytest

from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    Comparison,
    Condition,
    FieldTest,
    FieldValue,
    FileTerm,
    NotTest,
    PhotoTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
    WordsTest,
)
from explorer.search.language.syntax_error import QuerySyntaxError

P = PhraseTerm


def field(name: str, text: str, comparison: Comparison = "=") -> FieldTest:
    return FieldTest(name, (FieldValue(text, comparison),))


@pytest.mark.parametrize(
    "text",
    [
        "two dogs on a beach", "what?", "50% off", "R&B", "AC/DC", "it's a dog :)", ":( sad",
        "(: happy", "great:)", "photo (1)", "IMG_1234(1).jpg", "f(x) = y", '17" monitor', "10:30",
        "16:9 wallpaper", "http://example.com/a.png", "Star Wars: A New Hope", "a -> b", "--",
        "t-shirt", "🐶 beach", "日本の海", "naïve café", "C++", "+1", "dog or cat", "not a dog",
        "F:\\photos\\x", "C:\\notes.txt", "-_-", "x = 5", "rock 'n' roll", "<3", "#beach",
        "photo of a dog", "2: snow", "\u0627\u0644\u0628\u062d\u0631",
    ],
)  # fmt: skip
def test_plain_text_is_one_phrase_and_unchanged(text: str) -> None:
    assert parse(text) == QueryTree((P(text),))


def test_spaces_and_control_characters_are_single_spaces() -> None:
    assert parse(" two\t\n dogs\0on\u00a0 a  beach ") == QueryTree((P("two dogs on a beach"),))
    assert parse(" \n\0") == QueryTree() and not parse("")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("horse + stripes", [P("horse"), P("stripes")]),
        ("beach - people on it", [P("beach"), P("people on it", -1)]),
        ("beach -people sunset", [P("beach sunset"), P("people", -1)]),
        ("beach -t-shirt", [P("beach"), P("t-shirt", -1)]),
        ("beach camera:canon sunset", [P("beach sunset")]),
        ("beach -(two people) sunset", [P("beach sunset"), P("two people", -1)]),
        ("horse + stripes camera:canon zebra", [P("horse zebra"), P("stripes")]),
        ("2:snow and ice", [P("snow and ice", 2)]), ("0.5:beach", [P("beach", 0.5)]),
        ("dog 2:snow - .5:ice", [P("dog"), P("snow", 2), P("ice", -0.5)]),
        ("-2:snow", [P("snow", -2)]), ('2:"a OR b" c', [P("c"), P("a OR b", 2)][::-1]),
        ("1:dark", [P("dark", literal=True)]), ("- 1:dark", [P("dark", -1, literal=True)]),
        ("NOT blurry", [P("blurry", -1)]), ("dog AND NOT cat", [P("dog"), P("cat", -1)]),
        ("dog AND cat", [P("dog"), P("cat")]), ("dog AND -cat", [P("dog"), P("cat", -1)]),
        ("photo:12", [PhotoTerm((12,))]), ("photo:12,15", [PhotoTerm((12, 15))]),
        ("photo:12|15", [PhotoTerm((12, 15), "any")]),
        ("Photo:1&2&3", [PhotoTerm((1, 2, 3), "all")]),
        ("2:photo:12 snow", [PhotoTerm((12,), weight=2), P("snow")]),
        ("snow -photo:12", [P("snow"), PhotoTerm((12,), weight=-1)]),
        ("./a.jpg", [FileTerm("./a.jpg")]), ("/a(1).HEIC", [FileTerm("/a(1).HEIC")]),
        ("~/x.png + C:\\x\\y.cr2", [FileTerm("~/x.png"), FileTerm("C:\\x\\y.cr2")]),
        ('"./swimming pool.jpg"', [FileTerm("./swimming pool.jpg")]),
        ('-2:"./swimming pool.jpg"', [FileTerm("./swimming pool.jpg", -2)]),
        ("(dog OR cat)", [AlternativeTerms((P("dog"), P("cat")))]),
        ("dog | cat", [AlternativeTerms((P("dog"), P("cat")))]),
        ("beach (dog|photo:3) -(x OR y)", [
            P("beach"), AlternativeTerms((P("dog"), PhotoTerm((3,)))),
            AlternativeTerms((P("x"), P("y")), -1),
        ]),
        ("((a OR b) OR 2:(c OR d))", [AlternativeTerms((P("a"), P("b"), P("c", 2), P("d", 2)))]),
        ("-(dog - cat)", [P("dog", -1), P("cat")]), ("((dog))", [P("dog")]),
        ("2:(dog + cat)", [P("dog", 2), P("cat", 2)]),
    ],
)  # fmt: skip
def test_terms_are_parsed(text: str, terms: list[RankingTerm]) -> None:
    assert parse(text).terms == tuple(terms)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ('"actransit"', WordsTest("actransit")), ("“two words”", WordsTest("two words")),
        ('"say ""hi"""', WordsTest('say "hi"')), ("„Wort“", WordsTest("Wort")),
        ('" ./no file.jpg"', WordsTest("./no file.jpg")), ("-\"x\"", NotTest(WordsTest("x"))),
        ("iso:>800", field("iso", "800", ">")), ("ISO: ≥ 800", field("iso", "800", ">=")),
        ("iso:=800", field("iso", "800")), ("f:<2.8", field("f", "2.8", "<")),
        ("camera: canon", field("camera", "canon")), ("tag:x", field("keyword", "x")),
        ("format:png|gif", FieldTest("format", (FieldValue("png"), FieldValue("gif")))),
        ('folder:"a ""b"" | c"|d', FieldTest("folder", (FieldValue('a "b" | c'), FieldValue("d")))),
        ("folder:Trip(1)", field("folder", "Trip(1)")), ("name:10:30", field("name", "10:30")),
        ("-folder:work", NotTest(field("folder", "work"))),
        ("NOT folder:work", NotTest(field("folder", "work"))),
        ("- folder:work", NotTest(field("folder", "work"))),
        ("-(-folder:work)", field("folder", "work")),
        ("near:48.85,2.35,10km", field("near", "48.85,2.35,10km")),
        ("camera:canon|iso:>800", AnyTest((field("camera", "canon"), field("iso", "800", ">")))),
        ("(camera:canon is:dark OR -iso:100) has:gps", AllTests((
            AnyTest((
                AllTests((field("camera", "canon"), field("is", "dark"))),
                NotTest(field("iso", "100")),
            )),
            field("has", "gps"),
        ))),
        ("(is:dark AND has:gps) iso:100", AllTests((
            field("is", "dark"), field("has", "gps"), field("iso", "100")
        ))),
        ("-(is:dark has:gps)", NotTest(AllTests((field("is", "dark"), field("has", "gps"))))),
        ("(is:dark OR (has:gps OR iso:100))", AnyTest((
            field("is", "dark"), field("has", "gps"), field("iso", "100")
        ))),
    ],
)  # fmt: skip
def test_conditions_are_parsed(text: str, condition: Condition) -> None:
    assert parse(text) == QueryTree(condition=condition)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ('a "lone', '"', "not closed"), ("a ”", "”", "not closed"),
        ("a (dog", "(", "never closed"), ("dog)", ")", "never opened"), ("(", "(", "never closed"),
        ("()", "()", "nothing in these brackets"), ('""', '""', "nothing in these quotation marks"),
        ("dog +", "+", "missing after “+”"), ("dog - ", "-", "missing after “-”"),
        ("dog + - cat", "+", "missing after “+”"), ("OR dog", "OR", "missing before “OR”"),
        ("dog OR", "OR", "missing after “OR”"), ("a | | b", "|", "missing after “|”"),
        ("a OR b |", "|", "missing after “|”"), ("| a OR b", "|", "missing before “|”"),
        ("AND dog", "AND", "missing before “AND”"), ("NOT", "NOT", "missing after “NOT”"),
        ("(dog OR iso:>800)", "OR", "but not a phrase with a condition"),
        ("(dog + cat OR bird)", "dog + cat", "one phrase or one photo"),
        ("(dog OR -cat)", "-cat", "Nothing can be subtracted"),
        ("-(dog is:dark)", "(dog is:dark)", "cannot be subtracted together"),
        ("camra:canon", "camra:", "Did you mean “camera:”?"),
        ("x camera:", "camera:", "needs a value"),
        ("camera:|x", "camera:", "a value, such as camera:canon|nikon"),
        ("iso: >", "iso: >", "“iso:” needs a value"), ('camera:"x', '"', "not closed"),
        ("iso:fast dog", "fast", "not a number"),
        ("is:dark|blured", "blured", "Did you mean “blurred”?"),
        ('lens:" "', '" "', "nothing in these quotation marks"),
        ("photo:x", "photo:x", "takes the ids of photos"),
        ("photo:", "photo:", "takes the ids of photos"),
        ("photo:1,2|3", "photo:1,2|3", "not by several"),
        ("photo:" + "9" * 30, "photo:" + "9" * 30, "no photo"),
        ("0:dog", "0:", "from 0.01 to 100"), ("101:dog", "101:", "from 0.01 to 100"),
        ("20:(20:dog + cat)", "(20:dog + cat)", "from 0.01 to 100"),
        ("2:is:dark", "is:dark", "Only phrases, photos and concepts can have a weight"),
        ("(" * 21 + "a" + ")" * 21, "(", "nested too deeply"), ("a" * 2001, "a", "too long"),
    ],
)  # fmt: skip
def test_errors_point_at_the_position_and_suggest_a_correction(
    text: str, at: str, said: str
) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        parse(text)
    start, end = error.value.position
    assert said in str(error.value)
    assert text[start:end] == at


def test_an_error_is_one_short_line_for_any_text() -> None:
    with pytest.raises(QuerySyntaxError) as error:
        parse("is:" + "x\u202ey" * 300)
    assert "\u202e" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("place:new york beach", 'place:"new york"'), ("date:4 june 2019", 'date:"4 june 2019"'),
        ("dog after:june 2019", 'after:"june 2019"'),
    ],
)  # fmt: skip
def test_a_value_of_several_words_is_to_be_quoted(text: str, advice: str) -> None:
    with pytest.raises(QuerySyntaxError, match=f"quotation marks: {advice}"):
        parse(text)
    assert parse(advice)
