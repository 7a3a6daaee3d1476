"""Faces marked by other programs are found in the upright photo, whatever else the packet holds."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.photos.metadata.embedded import read_metadata
from explorer.photos.metadata.face_regions import (
    MAX_FACES,
    FaceRegion,
    face_regions,
    person_names,
    upright_box,
)
from explorer.photos.metadata.xmp import parse_lenient
from explorer.photos.photo_region import Box
from tests import pictures

_HEAD = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:MP="http://ns.microsoft.com/photo/1.2/"
 xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
 xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
 <rdf:Description rdf:about="">"""
_TAIL = "</rdf:Description></rdf:RDF></x:xmpmeta>"
ADA = FaceRegion("Ada", (0.1, 0.2, 0.2, 0.4))


def area(x: object = 0.2, y: object = 0.4, w: object = 0.2, h: object = 0.4, more: str = "") -> str:
    return f'<mwg-rs:Area stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" stArea:h="{h}" {more}/>'


def mwg(*items: str) -> str:
    """Regions as digiKam and Lightroom write them."""
    listed = "".join(f"<rdf:li>{item}</rdf:li>" for item in items)
    return (
        '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>'
        f"{listed}</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )


def person(name: str, where: str = "", kind: str = "Face") -> str:
    given = f'<rdf:Description mwg-rs:Name="{name}" mwg-rs:Type="{kind}">{where or area()}'
    return given + "</rdf:Description>"


def microsoft(*items: str) -> str:
    listed = "".join(f"<rdf:li {item}/>" for item in items)
    return (
        '<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        f"{listed}</rdf:Bag></MPRI:Regions></MP:RegionInfo>"
    )


def faces(content: str, orientation: int = 1) -> list[FaceRegion]:
    data = pictures.encoded(
        pictures.plain("white"),
        xmp=(_HEAD + content + _TAIL).encode(),
        exif=pictures.exif(orientation=orientation),
    )
    found = face_regions(Image.open(io.BytesIO(data)))
    return [FaceRegion(face.name, rounded(face.box)) for face in found]


def people(content: str) -> tuple[str, ...]:
    return person_names(parse_lenient((_HEAD + content + _TAIL).encode()).root)


def listed_people(*names: str) -> str:
    """People as Lightroom and Photo Mechanic list them, without regions."""
    items = "".join(f"<rdf:li>{name}</rdf:li>" for name in names)
    return (
        '<e:PersonInImage xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><rdf:Bag>'
        f"{items}</rdf:Bag></e:PersonInImage>"
    )


def rounded(box: Box) -> Box:
    left, top, width, height = (round(value, 6) for value in box)
    return left, top, width, height


def test_faces_are_read_in_both_notations_and_ordered() -> None:
    assert faces(mwg(person("Bob", area(x=0.7)), person("Ada"))) == [
        ADA,
        FaceRegion("Bob", (0.6, 0.2, 0.2, 0.4)),
    ]
    written = 'MPReg:PersonDisplayName="Ada" MPReg:Rectangle="0.1, 0.2, 0.2, 0.4"'
    assert faces(microsoft(written)) == [ADA]
    # Of a photo with both, each face once.
    assert faces(mwg(person("Ada")) + microsoft(written)) == [ADA]


def test_properties_may_be_elements() -> None:
    item = (
        "<rdf:Description><mwg-rs:Name>Ada</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>"
        '<mwg-rs:Area rdf:parseType="Resource"><stArea:x>0.2</stArea:x><stArea:y>0.4</stArea:y>'
        "<stArea:w>0.2</stArea:w><stArea:h>0.4</stArea:h></mwg-rs:Area></rdf:Description>"
    )
    assert faces(mwg(item)) == [ADA]


def test_faces_are_where_they_are_in_the_upright_photo() -> None:
    # Of a photo that is turned clockwise to be upright, the left edge becomes the upper one.
    assert faces(mwg(person("Ada")), orientation=6) == [FaceRegion("Ada", (0.4, 0.1, 0.4, 0.2))]


@pytest.mark.parametrize(
    "item",
    [
        person("A flower", kind="Focus"),
        person("Ada", area(x="left")),
        person("Ada", area(x="nan")),
        person("Ada", area(w="inf")),
        person("Ada", area(x=5)),
        person("Ada", area(w=0)),
        person("Ada", area(more='stArea:unit="pixel"')),
        '<rdf:Description mwg-rs:Name="Ada" mwg-rs:Type="Face"/>',
        "",
    ],
)
def test_what_is_no_face_is_left_out(item: str) -> None:
    assert faces(mwg(item, person("Ada"))) == [ADA]


def test_a_box_is_cut_at_the_edge_and_a_name_cleaned() -> None:
    (face,) = faces(mwg(person(" Ada\n Lovelace ", area(x=0.05))))
    assert face == FaceRegion("Ada Lovelace", (0.0, 0.2, 0.15, 0.4))
    assert len(faces(mwg(person("A" * 5000)))[0].name) <= 120


def test_a_broken_or_absent_packet_has_no_faces() -> None:
    assert faces("<mwg-rs:Regions>") == []
    assert face_regions(pictures.plain("white")) == []


def test_there_is_a_limit() -> None:
    assert len(faces(mwg(*[person("Ada")] * (MAX_FACES + 20)))) == MAX_FACES


@given(
    st.integers(1, 8),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
    st.floats(0.01, 0.1),
    st.floats(0.01, 0.1),
)
def test_boxes_turn_as_pixels_do(
    turn: int, left: float, top: float, width: float, height: float
) -> None:
    from explorer.photos.orientation import ORIENTATION_TRANSPOSE

    stored = Image.new("L", (200, 100))
    box = (left, top, width, height)
    stored.paste(255, pixels(box, stored.size))
    transpose = ORIENTATION_TRANSPOSE.get(turn)
    upright = stored.transpose(transpose) if transpose is not None else stored
    marked = upright.getbbox()
    expected = pixels(upright_box(box, turn), upright.size)
    if marked is not None:
        assert all(abs(one - other) <= 1 for one, other in zip(marked, expected, strict=True))


def pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top, width, height = box
    return (
        round(left * size[0]),
        round(top * size[1]),
        round((left + width) * size[0]),
        round((top + height) * size[1]),
    )


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (mwg(person("Ada"), person("Bob", area(x=0.7))), ("Ada", "Bob")),
        # A name counts also without a usable region.
        (mwg(person("Ada", area(x="?"))), ("Ada",)),
        (mwg(person("Rex", kind="Pet"), person("Code", kind="BarCode")), ()),
        (microsoft('MPReg:PersonDisplayName="Ada"'), ("Ada",)),
        (listed_people("Ada", " Bob \n Builder ", ""), ("Ada", "Bob Builder")),
        (mwg(person("Ada")) + listed_people("Bob", "Ada"), ("Ada", "Bob")),
        (mwg(person("")), ()),
        ("<e:other xmlns:e='urn:e'/>", ()),
    ],
)
def test_names_of_people(content: str, names: tuple[str, ...]) -> None:
    assert people(content) == names


@pytest.mark.parametrize(
    "content",
    [mwg(person("Ada")), microsoft('MPReg:PersonDisplayName="Ada"'), listed_people("Ada")],
)
def test_people_are_keywords_of_the_photo(content: str) -> None:
    data = pictures.encoded(pictures.plain("white"), xmp=(_HEAD + content + _TAIL).encode())
    assert read_metadata(Image.open(io.BytesIO(data))).keywords == ("Ada",)
