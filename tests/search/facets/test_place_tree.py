"""Countries, regions and cities as a tree."""

from __future__ import annotations

from explorer.library.stores.location_store import LocationCount
from explorer.search.facets.place_tree import PlaceNode, place_tree
from explorer.search.language.parse_query import parse
from explorer.search.language.place_names import place_meaning
from explorer.search.language.query_tree import FieldTest
from tests.fixtures.places import BROOKLYN, LISBON, TEXAS

MANHATTAN = BROOKLYN._replace(place=5125771, place_name="Manhattan")
SOMEWHERE = LISBON._replace(place=0, city=0, region_code="", city_name="", region_name="")


def outline(nodes: list[PlaceNode]) -> list[object]:
    return [(node.name, node.photos, node.newest, outline(node.inside)) for node in nodes]


def test_places_lie_in_each_other_and_are_counted() -> None:
    found = place_tree(
        [
            LocationCount(LISBON, 3, 30),
            LocationCount(BROOKLYN, 2, 20),
            LocationCount(MANHATTAN, 2, 25),
            LocationCount(TEXAS, 1, 40),
            LocationCount(SOMEWHERE, 1, 5),
        ]
    )
    assert outline(found) == [
        (
            "United States", 5, 40,
            [("New York", 4, 25, [("New York City", 4, 25, [])]), ("Texas", 1, 40, [])],
        ),
        ("Portugal", 4, 30, [("Lisbon", 3, 30, [("Lisbon", 3, 30, [])])]),
    ]  # fmt: skip
    assert place_tree([]) == []


def test_the_query_of_a_place_means_that_place() -> None:
    (country,) = place_tree([LocationCount(BROOKLYN, 1, 1)])
    (region,) = country.inside
    (city,) = region.inside
    assert city.query == 'place:"New York City, United States"'
    meanings = []
    for node in (country, region, city):
        condition = parse(node.query).condition
        assert isinstance(condition, FieldTest)
        meanings.append(place_meaning(condition.values[0].text))
    assert meanings[0].countries == {"US"}
    assert meanings[1].regions == {"US.NY"}
    assert BROOKLYN.city in meanings[2].places


def test_a_city_is_told_apart_from_its_region_of_the_same_name() -> None:
    ((region,),) = (node.inside for node in place_tree([LocationCount(LISBON, 1, 1)]))
    (city,) = region.inside
    assert region.query == 'place:"Lisbon, Portugal"'
    assert city.query == 'place:"Lisbon, Lisbon, Portugal"'
    meaning = place_meaning("Lisbon, Lisbon, Portugal")
    assert LISBON.city in meaning.places and not meaning.regions and not meaning.countries
