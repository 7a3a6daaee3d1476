"""Photos on a drive that is mounted in a watched folder, or that links in it lead to, while the
drive is disconnected."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import update_root
from explorer.scanning import tree_scan
from explorer.scanning.root_scan import ScanTarget
from tests import pictures
from tests.fixtures.indexing import IndexingSetup

linked = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def link_photos(setup: IndexingSetup) -> Path:
    """A drive with three photos, to each of which a link in the watched folder leads."""
    drive = setup.photos.parent / "drive"
    for seed in range(3):
        target = pictures.write(drive / f"{seed}.jpg", pictures.draw(seed, (96, 64)))
        (setup.photos / f"{seed}.jpg").symlink_to(target)
    return drive


@linked
def test_links_to_photos_on_a_disconnected_drive_are_not_deletions(setup: IndexingSetup) -> None:
    drive = link_photos(setup)
    setup.draw("own.jpg", 9)
    setup.run()
    before = setup.present()
    drive.rename(drive.with_name("unplugged"))
    summary = setup.run()
    (root,) = setup.library.catalog.roots()
    assert (summary.missing, summary.away, root["away"], root["problem"]) == (0, 3, 3, None)
    assert setup.present() == before
    # A link that is deleted is gone, whatever became of the drive.
    (setup.photos / "2.jpg").unlink()
    drive.with_name("unplugged").rename(drive)
    setup.run()
    assert setup.library.catalog.roots()[0]["away"] == 1 and setup.encoder.encoded == 4


@linked
def test_scanning_another_folder_in_the_same_run_does_not_turn_absence_into_deletion(
    setup: IndexingSetup,
) -> None:
    drive = link_photos(setup)
    setup.draw("deep/own.jpg", 9)
    setup.run()
    drive.rename(drive.with_name("unplugged"))
    root = str(setup.photos)
    setup.indexer.run([
        ScanTarget(setup.root, root, "", recursive=False), ScanTarget(setup.root, root, "deep")
    ])  # fmt: skip
    assert len(setup.present()) == 4


@linked
def test_a_broken_link_that_never_was_a_photo_is_no_problem(setup: IndexingSetup) -> None:
    (setup.photos / "a.jpg").symlink_to(setup.photos.parent / "nowhere.jpg")
    setup.draw("own.jpg")
    summary = setup.run()
    assert not summary.unlisted and not summary.problems and not summary.failed


@linked
def test_what_a_linked_sidecar_says_stays_while_its_drive_is_disconnected(
    setup: IndexingSetup,
) -> None:
    setup.draw("a.jpg")
    store = setup.photos.parent / "a.xmp"
    store.write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>'
    )
    (setup.photos / "a.xmp").symlink_to(store)
    setup.run()
    photo = setup.library.catalog.photo(setup.present()["a.jpg"])
    assert photo is not None and photo["rating"] == 4
    store.rename(store.with_name("unplugged"))
    setup.run()
    assert setup.library.catalog.photo(photo["id"]) == photo


@pytest.mark.parametrize("noticed", [False, True])
@pytest.mark.parametrize("kind", ["nested", pytest.param("linked", marks=linked)])
def test_a_copy_of_an_absent_photo_does_not_take_its_place(
    setup: IndexingSetup, kind: str, noticed: bool
) -> None:
    setup.draw("own.jpg", 9)
    if kind == "nested":
        drive = setup.photos / "usb"
        data = setup.draw("usb/0.jpg").read_bytes()
        away = "usb/0.jpg"
    else:
        drive = link_photos(setup)
        data, away = (drive / "0.jpg").read_bytes(), "0.jpg"
    setup.run()
    photo = setup.present()[away]
    unplugged = drive.rename(setup.photos.parent / "unplugged")
    if kind == "nested":
        update_root(setup.writer, setup.root, mounts=["usb"])
    if noticed:
        setup.run()
    (setup.photos / "copy.jpg").write_bytes(data)
    summary = setup.run()
    assert (summary.moved, summary.indexed) == (0, 1)
    assert setup.present()["copy.jpg"] == setup.present()[away] == photo
    unplugged.rename(drive)
    assert setup.run().indexed == 0
    files = files_below(setup.writer, setup.root)
    assert files[away].state == files["copy.jpg"].state == "present"


def test_mount_points_found_by_one_scan_are_known_to_the_next_in_the_same_run(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a/usb/1.jpg", 1)
    setup.draw("b/2.jpg", 2)
    real = tree_scan._device
    monkeypatch.setattr(tree_scan, "_device", lambda entry: real(entry) + (entry.name == "usb"))
    root = str(setup.photos)
    setup.indexer.run([ScanTarget(setup.root, root, "a"), ScanTarget(setup.root, root, "b")])
    assert setup.library.catalog.roots()[0]["mounts"] == ["a/usb"]
