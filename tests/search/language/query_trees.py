"""Hypothesis strategies: trees that queries can have, and texts that people or accidents type."""

from __future__ import annotations

from hypothesis import strategies as st

from explorer.search.language.query_fields import FIELDS
from explorer.search.language.query_grammar import is_plain
from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    Combination,
    ConceptTerm,
    Condition,
    FieldTest,
    FieldValue,
    FileTerm,
    NotTest,
    PhotoTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
    SimpleTerm,
    WordsTest,
)

PIECES = (
    "dog", "two dogs", "schöner Strand", "海", "🐶", "t-shirt", "it's", "R&B", "AC/DC", "10:30",
    "what?", "50%", ":)", ":(", "(: ", "(1)", "IMG(1).jpg", "f(x)", '17"', "->", "--", "...",
    " ", "  ", "\t", "\n", "\0", "+", "-", " + ", " - ", "-", "(", ")", '"', "“", "”", "„", "|",
    " OR ", " AND ", " NOT ", "OR", "or", "2:", "0.5:", "1:", "0:", "999:", ".5:", ":", "::",
    "photo:", "photo:12", "photo:1,2", "photo:1|2", "photo:1&2", "photo:x", "12", "./a.jpg",
    "~/b c.png", "C:\\x\\y.JPG", '"./a b.jpg"', "/a(1).heic", "http://x.org/a.jpg", "f:\\x",
    "camera:", "camera:canon", "Camera: canon", "camra:x", "iso:>800", "iso:", "iso:x", "f:<2.8",
    "date:2019-06..2019-08", "date:", "near:48.85,2.35,2km", "format:png|gif", "is:blurred", "is:",
    "has:gps", "folder:", 'title:"a ""b"""', "size:>5MB", ">", "<=", "=", "≥", "..", ",", "&",
    "black and white", "blurry", "not ", "2019", "in ", "June ", "\ud800", "\u200d", "\u00a0",
)  # fmt: skip
query_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)

_characters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_texts = (
    (st.text(_characters, min_size=1, max_size=12) | query_texts)
    .map(lambda text: " ".join(text.split()))
    .filter(
        lambda text: text and text.encode("utf-8", "ignore").decode() == text and text.isprintable()
    )
)
_paths = st.sampled_from(["./a.jpg", "./a b.jpg", "C:\\x.png"])
_weights = st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.5, 0.01, 100.0]) | st.floats(0.01, 100)


@st.composite
def _phrases(draw: st.DrawFn, negative: bool = True) -> PhraseTerm:
    text, weight = draw(_texts | _paths), draw(_weights)
    literal = weight == 1 and (draw(st.booleans()) or not is_plain(text))
    return PhraseTerm(text, -weight if negative and draw(st.booleans()) else weight, literal)


@st.composite
def _photos(draw: st.DrawFn, negative: bool = True) -> PhotoTerm:
    ids = draw(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3))
    combination: Combination = "mean"
    if len(ids) > 1:
        combination = draw(st.sampled_from(["mean", "any", "all"]))
    weight = draw(_weights)
    return PhotoTerm(
        tuple(ids), combination, -weight if negative and draw(st.booleans()) else weight
    )


@st.composite
def _files(draw: st.DrawFn, negative: bool = True) -> FileTerm:
    start = draw(st.sampled_from(["./", "../", "/", "~/", "C:\\", "\\\\server\\"]))
    end = draw(st.sampled_from([".jpg", ".JPG", ".heic", ".cr2"]))
    weight = draw(_weights)
    return FileTerm(
        f"{start}{draw(_texts)}{end}", -weight if negative and draw(st.booleans()) else weight
    )


@st.composite
def _concepts(draw: st.DrawFn, negative: bool = True) -> ConceptTerm:
    weight = draw(_weights)
    return ConceptTerm(draw(_texts), -weight if negative and draw(st.booleans()) else weight)


def _single_terms(negative: bool) -> st.SearchStrategy[SimpleTerm]:
    return st.one_of(_phrases(negative), _photos(negative), _files(negative), _concepts(negative))


@st.composite
def _alternatives(draw: st.DrawFn) -> AlternativeTerms:
    terms = draw(st.lists(_single_terms(negative=False), min_size=2, max_size=3))
    weight = draw(_weights)
    return AlternativeTerms(tuple(terms), -weight if draw(st.booleans()) else weight)


_values = {
    "text": st.builds(FieldValue, _texts, st.sampled_from(["=", "=="])),
    "number": st.builds(
        FieldValue, st.sampled_from(["1", "3", "2.5"]), st.sampled_from(["=", "<", "<=", ">", ">="])
    ),
    "date": st.builds(
        FieldValue,
        st.sampled_from(["2019", "2019-06", "20190604", "2019-W18"]),
        st.sampled_from(["=", "<", "<=", ">", ">="]),
    )
    | st.just(FieldValue("2019..2020-02")),
    "days of the year": st.sampled_from(
        [FieldValue("june"), FieldValue("11..2"), FieldValue("12-24..12-26")]
    ),
    "season": st.sampled_from([FieldValue("fall"), FieldValue("winter 2018-07..2019-06")]),
    "hours": st.sampled_from([FieldValue("8"), FieldValue("22..4")]),
    "first day": st.just(FieldValue("2019-06")),
    "last day": st.just(FieldValue("2019-06-04")),
    "named place": st.sampled_from([FieldValue("Lisboa"), FieldValue("Paris, Texas")]),
    "area": st.sampled_from([FieldValue("38.6,-9.5,38.9,-9"), FieldValue("-20, 170, 0, -170")]),
    "place": st.sampled_from([FieldValue("48.85,2.35"), FieldValue("-33, 151.2, 500m")]),
}


@st.composite
def _field_tests(draw: st.DrawFn) -> FieldTest:
    field = draw(st.sampled_from([*FIELDS.values()]))
    value = (
        st.sampled_from([*field.choices, *field.spellings]).map(FieldValue)
        if field.choices
        else _values[field.kind]
    )
    return FieldTest(field.name, tuple(draw(st.lists(value, min_size=1, max_size=3))))


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Tests of which none stands directly in one of its own kind."""

    def several(kind: type) -> st.SearchStrategy[list[Condition]]:
        other = inner.filter(lambda test: not isinstance(test, kind))
        return st.lists(other, min_size=2, max_size=3)

    return st.one_of(
        inner.filter(lambda test: not isinstance(test, NotTest)).map(NotTest),
        several(AllTests).map(lambda tests: AllTests(tuple(tests))),
        several(AnyTest).map(lambda tests: AnyTest(tuple(tests))),
    )


_conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of((_texts | _paths).map(WordsTest), _field_tests()), _combined, max_leaves=6
)
query_trees = st.builds(
    QueryTree,
    st.lists(st.one_of(_single_terms(True), _alternatives()), max_size=3).map(
        tuple[RankingTerm, ...]
    ),
    st.none() | _conditions,
)
