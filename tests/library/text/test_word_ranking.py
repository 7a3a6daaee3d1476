from __future__ import annotations

import pytest

from explorer.library.stores.location_store import Location
from explorer.library.text import word_ranking
from explorer.library.text.word_ranking import rank_by_words, whole_word
from tests.factory import LibraryBuilder
from tests.fixtures.places import BROOKLYN, put_place

LONG_BEACH = Location(
    5367929, 5367929, "US.CA", "US", "Long Beach", "Long Beach", "California", "United States",
    33.767, -118.189,
)  # fmt: skip


def ranked(builder: LibraryBuilder, phrase: str) -> list[int]:
    return rank_by_words(builder.library.catalog, phrase).ids.tolist()


def named(builder: LibraryBuilder, phrase: str) -> list[int]:
    return rank_by_words(builder.library.catalog, phrase).named.tolist()


def test_photos_with_more_and_rarer_words_come_first(builder: LibraryBuilder) -> None:
    dog = [builder.put(f"dog {number}.jpg", number) for number in range(3)]
    both = builder.put("x.jpg", "both", title="A dog at the beach")
    beach = builder.put("beach/y.jpg", "beach")
    builder.put("z.jpg", "neither")
    found = rank_by_words(builder.library.catalog, "The dog on a beach")
    assert found.ids.tolist() == [both, beach, *dog]
    assert 1 == found.coverage[0] > found.coverage[1] > found.coverage[2] == found.coverage[4] > 0
    assert found.named.tolist() == []


def test_words_that_no_photo_has_count_as_missing(builder: LibraryBuilder) -> None:
    builder.put("dog.jpg", 1)
    (coverage,) = rank_by_words(builder.library.catalog, "dog zebra").coverage
    assert 0 < coverage <= 0.5


def test_only_whole_words_count(builder: LibraryBuilder) -> None:
    builder.put("vacation.jpg", 1)
    cat = builder.put("cat01.jpg", 2)
    assert ranked(builder, "a cat") == [cat]
    assert ranked(builder, "on") == ranked(builder, "the photo") == ranked(builder, "") == []


@pytest.mark.parametrize("phrase", ["IMG_2034.jpg", "img_2034", "2034", "dog img_2034"])
def test_a_typed_name_names_the_file(builder: LibraryBuilder, phrase: str) -> None:
    photo = builder.put("IMG_2034.jpg", 1)
    builder.put("IMG_20345.jpg", 2)
    builder.put("dog.jpg", 3)
    assert named(builder, phrase) == [photo]


def test_a_name_without_digits_names_the_file_if_nothing_else_is_typed(
    builder: LibraryBuilder,
) -> None:
    photo = builder.put("Summer holiday.jpg", 1)
    assert named(builder, "summer  Holiday") == [photo]
    assert named(builder, "our summer holiday") == []


def test_a_number_in_many_names_names_none(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_ranking, "MAX_NAMED", 2)
    for number in range(3):
        builder.put(f"{number}/2019-{number}.jpg", number)
    assert named(builder, "2019") == []
    assert len(ranked(builder, "2019")) == 3


def test_a_word_in_very_many_photos_is_ignored(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_ranking, "MAX_WORD_MATCHES", 2)
    for number in range(3):
        builder.put(f"{number} dog.jpg", number)
    assert ranked(builder, "dog") == []


def test_a_word_whose_trigrams_are_in_very_many_photos_is_ignored(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_ranking, "MAX_WORD_MATCHES", 1)
    for number in range(6):
        builder.put(f"{number}.jpg", number, camera="Acme Sea")
    sea = builder.put("sea bird.jpg", "sea")
    assert ranked(builder, "sea") == []
    (coverage,) = rank_by_words(builder.library.catalog, "sea bird").coverage
    assert ranked(builder, "sea bird") == [sea] and coverage < 1


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("dog", "a dog.jpg", True),
        ("dog", "dogs", False),
        ("dog", "dog_7", True),
        ("dog", "dog7", True),
        ("dog", "hotdog", False),
        ("2034", "img_2034", True),
        ("2034", "20341", False),
        ("img_2034", "img_2034.jpg", True),
        ("東京", "夏の東京駅", True),
        ("a.b", "axb", False),
    ],
)
def test_whole_words_are_recognized(word: str, text: str, found: bool) -> None:
    assert bool(whole_word(word).search(text)) == found


@pytest.mark.parametrize("phrase", ["100 people", "iso 400", "747 landing", "200 meter race"])
def test_a_number_in_a_phrase_names_no_file(builder: LibraryBuilder, phrase: str) -> None:
    for name in ("100_7100.JPG", "DSC_0400-400.jpg", "747.jpg", "IMG_200.jpg"):
        builder.put(name, name)
    race = builder.put("race 200 meter.jpg", "race")
    assert named(builder, phrase) == ([race] if phrase == "200 meter race" else [])


@pytest.mark.parametrize("phrase", ["IMG 0565", "0565", "photo 0565", "img_0565.jpg", "dsc 0565"])
def test_a_number_names_the_file_if_the_other_words_are_in_its_name(
    builder: LibraryBuilder, phrase: str
) -> None:
    one, other = builder.put("IMG_0565.JPG", 1), builder.put("DSC_0565.JPG", 2)
    expected = {"dsc 0565": [other], "img_0565.jpg": [one]}.get(phrase, [one, other])
    assert named(builder, phrase) == expected


def coverage_of(builder: LibraryBuilder, phrase: str) -> dict[int, float]:
    found = rank_by_words(builder.library.catalog, phrase)
    return dict(zip(found.ids.tolist(), found.coverage.tolist(), strict=True))


def test_short_words_with_digits_count_where_a_longer_word_is(builder: LibraryBuilder) -> None:
    days = {
        day: [builder.put(f"Trip/Day {day}/{at}.jpg", (day, at)) for at in (1, 2, 3)]
        for day in (1, 2, 3)
    }
    found = coverage_of(builder, "day 2")
    assert {photo for photo, share in found.items() if share == 1} == set(days[2])
    assert len(found) == 9 and all(found[photo] < 0.9 for photo in days[1] + days[3])
    seven, six = builder.put("iphone_7.heic", "seven"), builder.put("iphone_6.heic", "six")
    found = coverage_of(builder, "iphone 6")
    assert found[six] == 1 > found[seven]
    # There is none with an 8.
    assert coverage_of(builder, "iphone 8")[seven] < 0.9


@pytest.mark.parametrize("phrase", ["#beach", "beach?", "beach!!!", "a beach, summer."])
def test_punctuation_around_words_is_ignored(builder: LibraryBuilder, phrase: str) -> None:
    photo = builder.put("beach in summer.jpg", 1)
    assert coverage_of(builder, phrase) == {photo: 1}


def test_a_place_counts_only_by_its_whole_name(builder: LibraryBuilder) -> None:
    photos = [builder.put(f"{at}.jpg", at, latitude=1.0, longitude=float(at)) for at in (1, 2)]
    put_place(builder, photos[0], 1.0, 1.0, LONG_BEACH)
    put_place(builder, photos[1], 1.0, 2.0, BROOKLYN)
    assert ranked(builder, "beach") == ranked(builder, "york") == ranked(builder, "states") == []
    assert coverage_of(builder, "long beach") == {photos[0]: 1}
    assert coverage_of(builder, "california") == {photos[0]: 1}
    assert coverage_of(builder, "new york") == {photos[1]: 1}
    assert coverage_of(builder, "united states") == dict.fromkeys(photos, 1)
