"""Sidecars that cannot be read now, how they are listed, and what `verify` says of them."""

from __future__ import annotations

import pytest

from explorer.decoding.sidecar_reader import SidecarReader
from explorer.indexing.verification.verify import verify
from explorer.library.stores.sidecar_store import sidecars_of, unapplied_sidecars
from explorer.photos.metadata.sidecar_content import SidecarContent, SidecarReading
from explorer.systems.this_system import this_system
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_sidecar_updates import in_process, put_file, row, write


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SidecarReader, "read", in_process)


def test_one_that_cannot_be_read_now_changes_nothing_and_is_read_later(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    write(setup, "a.xmp", "xmp:Rating='4'")
    setup.run()
    write(setup, "a.xmp", "xmp:Rating='2'  ")
    failed = SidecarReading(SidecarContent(), "input/output error", final=False)
    monkeypatch.setattr(SidecarReader, "read", lambda _, paths: [failed for _ in paths])
    setup.run()
    assert row(setup, "a.jpg")["rating"] == 4
    monkeypatch.setattr(SidecarReader, "read", in_process)
    setup.run()
    assert row(setup, "a.jpg")["rating"] == 2


def test_a_placeholder_in_the_cloud_is_not_read_and_not_gone(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    write(setup, "a.xmp", "xmp:Rating='4'")
    setup.run()
    monkeypatch.setattr(
        type(this_system()), "is_in_cloud", lambda _, facts: facts.st_size < 1000, raising=False
    )
    write(setup, "a.xmp", "xmp:Rating='2'  ")
    assert (setup.photos / "a.jpg").stat().st_size > 1000 > (setup.photos / "a.xmp").stat().st_size
    setup.run()
    assert row(setup, "a.jpg")["rating"] == 4


def test_those_of_a_photo_are_listed_with_what_is_wrong_with_them(setup: IndexingSetup) -> None:
    setup.draw("in/a.jpg")
    setup.draw("b.jpg", 1)
    write(setup, "in/a.jpg.xmp", "xmp:Rating='4'")
    put_file(setup, "in/a.xmp", b"<broken")
    setup.run()
    catalog, photo_id = setup.library.catalog, setup.present()["in/a.jpg"]
    whole, broken = sidecars_of(catalog, photo_id)
    assert (whole.path, whole.content.rating, whole.problem) == ("in/a.jpg.xmp", 4, "")
    assert broken.path == "in/a.xmp" and broken.problem.startswith("it is not valid XMP")
    assert sidecars_of(catalog, setup.present()["b.jpg"]) == []


@pytest.mark.parametrize(
    "damage",
    [
        "update photo_edit set beside = '{}'",
        "update photo set sidecars = 0",
        'update sidecar set content = \'{"source": "xmp", "rating": 2}\'',
        "delete from sidecar",
        "update sidecar set content = 'broken'",
    ],
)
def test_verify_notices_values_that_are_not_those_of_sidecars(
    setup: IndexingSetup, damage: str
) -> None:
    setup.draw("a.jpg")
    setup.draw("b.jpg", 1)
    write(setup, "a.jpg.xmp", "xmp:Rating='4'")
    setup.run()
    catalog, photo_id = setup.library.catalog, setup.present()["a.jpg"]
    assert unapplied_sidecars(catalog) == []
    setup.writer.connection.execute(damage)
    assert unapplied_sidecars(catalog) == [photo_id]
    report = verify(setup.library, repair=True)
    assert [each.text for each in report.problems] == [
        f"Photo {photo_id} has values that differ from its sidecars."
    ]
    assert unapplied_sidecars(catalog) == []
