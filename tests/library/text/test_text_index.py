from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.library.stores.photo_text_store import TEXT_COLUMNS, read_texts
from explorer.library.text.text_folding import fold
from explorer.library.text.text_index import COLUMNS, TextIndex, TextMatch, trigram_expression
from explorer.library.text.word_ranking import rank_by_words
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place
from tests.thoroughness import times


def index_of(builder: LibraryBuilder) -> TextIndex:
    return TextIndex(builder.library.catalog)


def test_its_columns_are_those_of_the_table() -> None:
    assert COLUMNS == TEXT_COLUMNS


def test_a_typed_file_name_finds_that_file_first(builder: LibraryBuilder) -> None:
    longer = builder.put("IMG_20345.jpg", 1)
    exact = builder.put("2019/IMG_2034.jpg", 2)
    part = builder.put("old IMG_2034 copy.jpg", 3)
    described = builder.put("x.jpg", 4, description="see img_2034.jpg")
    index = index_of(builder)
    assert [match.photo_id for match in index.search("img_2034")] == [
        exact,
        longer,
        part,
        described,
    ]
    assert [match.photo_id for match in index.search("IMG_2034.jpg")] == [exact, described]
    assert [match.photo_id for match in index.search("2034")][:3] == [exact, longer, part]
    assert index.search("img_2034", limit=1) == [
        TextMatch(exact, "name", "IMG_2034.jpg", ((0, 8),))
    ]


def test_names_come_before_keywords_titles_descriptions_folders_and_cameras(
    builder: LibraryBuilder,
) -> None:
    camera = builder.put("1.jpg", 1, camera="Beach 100")
    folder = builder.put("Beach/2.jpg", 2)
    description = builder.put("3.jpg", 3, description="On the beach")
    title = builder.put("4.jpg", 4, title="Beach")
    keyword_part = builder.put("5.jpg", 5, keywords=("beaches",))
    keyword = builder.put("6.jpg", 6, keywords=("sea", "BEACH"))
    name = builder.put("the beach.jpg", 7)
    beginning = builder.put("beach ball.jpg", 8)
    lens = builder.put("9.jpg", 9, lens="Beach lens")
    found = index_of(builder).search("beach")
    assert [(match.photo_id, match.column) for match in found] == [
        (beginning, "name"),
        (name, "name"),
        (keyword, "keywords"),
        (keyword_part, "keywords"),
        (title, "title"),
        (description, "description"),
        (folder, "folder"),
        (camera, "camera"),
        (lens, "lens"),
    ]


def test_all_words_must_occur_in_any_place(builder: LibraryBuilder) -> None:
    both = builder.put("2019/birthday.jpg", 1, keywords=("Anna",))
    builder.put("2018/birthday.jpg", 2)
    together = builder.put("3.jpg", 3, title="birthday 2019")
    index = index_of(builder)
    assert [match.photo_id for match in index.search("birthday 2019")] == [together, both]
    assert [match.photo_id for match in index.search("ANNA 2019 birthday")] == [both]
    assert index.search("birthday 2020") == []
    assert index.search("  ") == []


@pytest.mark.parametrize(
    "text", ["%", "_x", "a*b", '"', "it's", "[1]", "?", "100%", "\\", "a\"b'c", "-", "AND"]
)
def test_special_characters_are_literal(builder: LibraryBuilder, text: str) -> None:
    photo = builder.put("1.jpg", 1, title=f"so {text} it is")
    builder.put("2.jpg", 2, title="something else")
    assert index_of(builder).ids_containing(text, ["title"]).tolist() == [photo]
    (match,) = index_of(builder).match_of(photo, text)
    assert [match.text[start:end] for start, end in match.ranges] == [text]
    assert match in index_of(builder).search(text)


@pytest.mark.parametrize("text", ["\0", "beach\0", "be\0ach", "\ud800", "beach\ud800"])
def test_impossible_characters_find_nothing(builder: LibraryBuilder, text: str) -> None:
    """A link to a search may ask for it."""
    photo, index = builder.put("beach.jpg", 1), TextIndex(builder.library.catalog)
    assert index.search(text) == index.match_of(photo, text) == []
    assert index.ids_containing(text).tolist() == []
    assert index.ids_named(text, 5) == []
    assert not len(rank_by_words(builder.library.catalog, text).ids)


@pytest.mark.parametrize("text", ["東京", "京", "タワー", "서울", "กรุงเทพ", "дом", "ŽLUŤ", "ﬁ"])
def test_any_script_and_short_words_are_found(builder: LibraryBuilder, text: str) -> None:
    photo = builder.put("1.jpg", 1, title=f"大{text}大")
    builder.put("2.jpg", 2, title="something else")
    assert index_of(builder).ids_containing(text).tolist() == [photo]
    assert [match.photo_id for match in index_of(builder).search(text)] == [photo]


def test_a_text_is_found_only_in_the_requested_columns(builder: LibraryBuilder) -> None:
    photo = builder.put(
        "name.jpg", 1, camera="camera", lens="lens", keywords=("keyword",), title="title",
        description="description", latitude=38.7, longitude=-9.1,
    )  # fmt: skip
    put_place(builder, photo, 38.7, -9.1, LISBON)
    index = index_of(builder)
    texts = {
        "name": "name.j", "folder": "photos", "camera": "camera", "lens": "lens",
        "keywords": "keyword", "title": "title", "description": "description",
        "place": "lisbon",
    }  # fmt: skip
    for one, other in itertools.product(COLUMNS, COLUMNS):
        assert index.ids_containing(texts[one], [other]).tolist() == [photo] * (one == other)


def test_part_of_a_keyword_is_enough(builder: LibraryBuilder) -> None:
    one = builder.put("1.jpg", 1, keywords=("New York", "Köln"))
    two = builder.put("2.jpg", 2, keywords=("York",))
    index = index_of(builder)
    assert index.ids_containing("york", ["keywords"]).tolist() == [one, two]
    assert index.ids_containing("koln", ["keywords"]).tolist() == [one]
    assert index.ids_containing("").dtype == np.int64


def test_texts_do_not_run_into_each_other(builder: LibraryBuilder) -> None:
    builder.put("1.jpg", 1, keywords=("new", "york"), title="a", description="b")
    index = index_of(builder)
    assert not len(index.ids_containing("newyork"))
    assert not len(index.ids_containing("new york"))


def test_matches_are_reported_with_their_ranges(builder: LibraryBuilder) -> None:
    photo = builder.put("Café.jpg", 1, title="Straße am Café", description="nothing")
    assert index_of(builder).match_of(photo, "CAFE strasse") == [
        TextMatch(photo, "name", "Café.jpg", ((0, 4),)),
        TextMatch(photo, "title", "Straße am Café", ((0, 6), (10, 14))),
    ]
    assert index_of(builder).match_of(photo, "else") == []
    assert index_of(builder).match_of(99, "cafe") == []


def test_only_words_of_three_characters_have_trigrams() -> None:
    assert trigram_expression(["ab", "abcd", "abc"]) == '"abc" AND "bcd"'
    assert trigram_expression(['a"b']) == '"a""b"'
    assert trigram_expression(["ab", "c"]) == ""


_TEXTS = st.text(st.sampled_from('aAbÄé1_%" -東가'), min_size=1, max_size=6)


@settings(
    max_examples=times(40, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(_TEXTS, _TEXTS, st.lists(_TEXTS, max_size=2)), max_size=5), _TEXTS)
def test_results_equal_those_of_reading_all_texts(
    builder: LibraryBuilder, photos: list[tuple[str, str, list[str]]], sought: str
) -> None:
    for number, (name, title, keywords) in enumerate(photos):
        content = (name, title, tuple(keywords), number)
        builder.put(f"{abs(hash(content))}/{name}", content, title=title, keywords=tuple(keywords))
    db = builder.writer.connection
    ids = [row[0] for row in db.execute("select id from photo where present > 0")]
    texts = read_texts(db, ids)
    index = index_of(builder)
    text = " ".join(fold(sought).split())
    for column in COLUMNS:
        expected = [
            photo_id
            for photo_id in ids
            if text
            and any(text in " ".join(fold(v).split()) for v in getattr(texts[photo_id], column))
        ]
        assert index.ids_containing(sought, [column]).tolist() == expected, column
    words = fold(sought).split()
    everywhere = [
        photo_id
        for photo_id in ids
        if words and all(any(word in line for line in texts[photo_id].folded()) for word in words)
    ]
    assert sorted(match.photo_id for match in index.search(sought, 1000)) == everywhere
