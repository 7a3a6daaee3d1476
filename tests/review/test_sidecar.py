from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.library import Library
from explorer.review.removal import remove
from explorer.review.sidecar import Facts, facts_of, merged, sidecar_of
from explorer.review.undo import undo
from tests import pictures
from tests.review.field import Field

XMP = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" {attributes}>
<darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq></darktable:history>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta>"""
WORDS = """<dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Bag><rdf:li>beach</rdf:li><rdf:li>Zoë &amp; dog</rdf:li></rdf:Bag></dc:subject>"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A photo that says a lot: in its EXIF block and in a sidecar."""
    block = pictures.exif(taken="2015:06:07 08:09:10", place=(48.8584, -2.2945))
    path = pictures.write(tmp_path / "photos" / "told.jpg", pictures.draw(1), exif=block)
    Path(sidecar_of(str(path))).write_text(XMP.format(attributes='xmp:Rating="4"', elements=WORDS), encoding="utf-8")
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return pictures.write(tmp_path / "photos" / "bare.jpg", pictures.draw(1))


def keep(told: Path, bare: Path) -> None:
    _, after = merged(str(told), str(bare))
    assert after is not None
    Path(sidecar_of(str(bare))).write_bytes(after)


def test_what_a_photo_says(told: Path, bare: Path) -> None:
    found = facts_of(str(told))
    assert (found.taken_at, found.rating, found.keywords) == ("2015-06-07T08:09:10", 4, ("beach", "Zoë & dog"))
    assert found.place == pytest.approx((48.8584, -2.2945), abs=1e-4)
    assert facts_of(str(bare)) == Facts()
    assert facts_of(str(bare.parent / "absent.jpg")) == Facts()


def test_what_an_export_says_of_a_photo(bare: Path) -> None:
    export = bare.parent / "bare.jpg.supplemental-metadata.json"
    said: dict[str, Any] = {"photoTakenTime": {"timestamp": "1433664550"}, "geoData": {"latitude": 48.8584, "longitude": -2.2945}}
    export.write_text(json.dumps(said))
    assert facts_of(str(bare)) == Facts("2015-06-07T08:09:10Z", (48.8584, -2.2945))
    other = pictures.write(bare.parent / "other.jpg", pictures.draw(1))
    keep(bare, other)
    assert facts_of(str(other)).place == pytest.approx((48.8584, -2.2945), abs=1e-6)
    assert "2015-06-07T08:09:10Z" in Path(sidecar_of(str(other))).read_text()
    export.write_text(json.dumps(said | {"geoData": {"latitude": 0.0, "longitude": 0.0}}))
    assert facts_of(str(bare)).place is None
    for text in ("", "[]", "{}", '{"photoTakenTime": {"timestamp": "99999999999999999999"}}', '{"photoTakenTime": 3}', "no json"):
        export.write_text(text)
        assert facts_of(str(bare)) == Facts()


def test_the_one_kept_learns_what_it_lacks(told: Path, bare: Path) -> None:
    bytes_before = bare.read_bytes()
    keep(told, bare)
    kept, gone = facts_of(str(bare)), facts_of(str(told))
    assert (kept.taken_at, kept.rating, kept.keywords) == (gone.taken_at, gone.rating, gone.keywords)
    assert kept.place == pytest.approx(gone.place, abs=1e-6)
    assert bare.read_bytes() == bytes_before
    # Once it is there, there is nothing more to say.
    assert merged(str(told), str(bare))[1] is None


def test_what_a_sidecar_holds_stays(told: Path, bare: Path) -> None:
    sidecar = Path(sidecar_of(str(bare)))
    sidecar.write_text(
        XMP.format(attributes='xmp:Rating="2" darktable:flag="on"', elements=WORDS.replace("beach", "sea")), encoding="utf-8"
    )
    keep(told, bare)
    found, text = facts_of(str(bare)), sidecar.read_text(encoding="utf-8")
    assert (found.rating, found.keywords) == (2, ("sea", "Zoë & dog", "beach"))
    assert 'darktable:operation="exposure"' in text and 'darktable:flag="on"' in text


@pytest.mark.parametrize(
    "text", ["not xml", "<a/>", '<!DOCTYPE x [<!ENTITY e "e">]>' + XMP.format(attributes="", elements=""), "", "<x:xmpmeta"]
)
def test_a_sidecar_that_is_not_understood_is_left_alone(told: Path, bare: Path, text: str) -> None:
    Path(sidecar_of(str(bare))).write_text(text)
    assert merged(str(told), str(bare)) == (text.encode(), None)


def test_nothing_to_say_writes_nothing(told: Path, bare: Path) -> None:
    assert merged(str(bare), str(told))[1] is None


@pytest.fixture
def field(tmp_path: Path, told: Path, bare: Path) -> Iterator[Field]:
    made = Field.__new__(Field)
    made.base, made.photos = tmp_path, tmp_path / "photos"
    made.library = Library.open(tmp_path / "library")
    from explorer.library.writer import Writer

    writer = Writer(made.library.catalog)
    made.root = writer.add_root(str(made.photos))
    writer.close()
    made.know("told.jpg")
    made.know("bare.jpg")
    made.pair("told.jpg", "bare.jpg")
    yield made
    made.close()


@pytest.mark.parametrize("existing", [False, True])
def test_removal_writes_it_only_when_asked_and_undo_takes_it_back(field: Field, existing: bool) -> None:
    sidecar = Path(sidecar_of(str(field.photos / "bare.jpg")))
    if existing:
        sidecar.write_text(XMP.format(attributes="", elements=""))
    before = field.tree()
    wanted = [field.removal("told.jpg", "bare.jpg")]
    remove(field.library, wanted)
    assert sidecar.exists() == existing
    undo(field.library)
    assert field.tree() == before
    remove(field.library, wanted, sidecars=True)
    assert facts_of(str(field.photos / "bare.jpg")).rating == 4
    undo(field.library)
    assert field.tree() == before


def test_a_sidecar_that_was_changed_since_is_not_taken_back(field: Field) -> None:
    sidecar = Path(sidecar_of(str(field.photos / "bare.jpg")))
    remove(field.library, [field.removal("told.jpg", "bare.jpg")], sidecars=True)
    sidecar.write_text(sidecar.read_text() + "<!-- edited -->")
    undo(field.library)
    assert "edited" in sidecar.read_text()


def test_a_sidecar_that_cannot_be_written_stops_the_removal(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    before = field.tree()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.review.moving.write_whole", full)
    outcome = remove(field.library, [field.removal("told.jpg", "bare.jpg")], sidecars=True)
    assert outcome.results[0].state == "failed" and "no space" in outcome.results[0].reason
    assert field.tree() == before
