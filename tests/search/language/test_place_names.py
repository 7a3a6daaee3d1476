"""Names of places in queries."""

from __future__ import annotations

import pytest

from explorer.search.language.parse_query import parse
from explorer.search.language.place_names import nearest_name, place_meaning
from explorer.search.language.query_chips import chips
from explorer.search.language.syntax_error import QuerySyntaxError

LISBON, PARIS, PARIS_TEXAS, NEW_YORK = 2267057, 2988507, 4717560, 5128581


@pytest.mark.parametrize(
    "name", ["Lisbon", "lisboa", "LISSABON", "里斯本", "Lisbonne", " Lisbon ", "Lisbon, Portugal"]
)
def test_a_city_has_names_in_many_languages(name: str) -> None:
    assert LISBON in place_meaning(name).places


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Portugal", "PT"), ("Deutschland", "DE"), ("España", "ES"), ("espana", "ES"),
        ("UK", "GB"), ("USA", "US"), ("Côte d'Ivoire", "CI"), ("Ivory Coast", "CI"),
        ("Guinea-Bissau", "GW"), ("日本", "JP"),
    ],
)  # fmt: skip
def test_countries(name: str, code: str) -> None:
    assert place_meaning(name).countries == {code}


def test_regions_and_cities_of_one_name_are_both_meant() -> None:
    meaning = place_meaning("New York")
    assert "US.NY" in meaning.regions and NEW_YORK in meaning.places
    assert place_meaning("Texas").regions == {"US.TX"}


def test_a_larger_place_tells_places_of_one_name_apart() -> None:
    assert {PARIS, PARIS_TEXAS} <= place_meaning("Paris").places
    for name in ("Paris, Texas", "Paris, TX", "Paris,texas,United States"):
        assert place_meaning(name).places == {PARIS_TEXAS}
    assert PARIS_TEXAS in place_meaning("Paris, USA").places
    assert PARIS not in place_meaning("Paris, USA").places
    assert not place_meaning("Paris, Portugal")
    assert place_meaning("Georgia, USA").regions == {"US.GA"}


@pytest.mark.parametrize("name", ["", " ", ",", "zxqv blorf", "Lisbo", "Lisbon\nParis", "\0"])
def test_other_texts_mean_no_place(name: str) -> None:
    assert not place_meaning(name)


def test_the_nearest_name_is_proposed() -> None:
    assert nearest_name("Lisbpn") == "Lisbon"
    assert nearest_name("San Fran") == "San Francisco"
    assert nearest_name("Protugal") == "Portugal"
    assert nearest_name("qqqqqq") is None and nearest_name("") is None


def test_an_unknown_place_is_an_error_that_says_what_was_meant() -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        parse("dog place:Lisbpn")
    assert str(raised.value) == "No place is called “Lisbpn”. Did you mean “Lisbon”?"


def test_a_place_is_a_chip() -> None:
    labels = [chip.label for chip in chips(parse("dog place:Lisboa -place:Texas|Portugal"))]
    assert labels[1:] == ["in Lisboa", "not in Texas or Portugal"]
