"""Merging metadata into the sidecar of the photo that is kept, and removals that do so."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.photos.metadata.field_reader import read_files
from explorer.photos.metadata.fields import MetadataFields
from explorer.removal import metadata_merger, sidecar_writer
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.remove import remove
from explorer.removal.results import RemovalOutcome
from explorer.removal.sidecar_writer import PreparedSidecar, journal_note, sidecar_path, write
from explorer.removal.undo import undo
from tests import pictures
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import xmp


def facts_of(path: Path) -> MetadataFields:
    return read_files(str(path), metadata_merger._metadata_files(str(path))).fields


def note_path(merged: PreparedSidecar) -> dict[str, Any]:
    """What the journal keeps, as it is read again."""
    found: dict[str, Any] = json.loads(json.dumps(journal_note(merged)))
    return found


def test_the_keeper_gets_the_metadata_it_lacks(
    with_metadata: Path, bare: Path, merge: MetadataMerger
) -> None:
    before = bare.read_bytes()
    merged = merge(str(with_metadata), str(bare))
    assert (merged.target, merged.before) == (str(bare) + ".xmp", None) and merged.after is not None
    write(note_path(merged), merged, str(bare))
    kept, gone = facts_of(bare), facts_of(with_metadata)
    assert (kept.taken_at, kept.rating, kept.keywords) == (
        "2015-06-07T08:09:10",
        4,
        ("beach", "Zoë & dog"),
    )
    assert kept.place == pytest.approx(gone.place, abs=1e-6) and bare.read_bytes() == before
    # Once it is there, there is nothing more to say.
    assert merge(str(with_metadata), str(bare)).after is None
    assert merge(str(bare), str(with_metadata)).after is None


def test_the_sidecar_before_and_after_differ(
    with_metadata: Path, bare: Path, merge: MetadataMerger
) -> None:
    target = Path(sidecar_path(str(bare)))
    target.write_text(xmp('xmp:Label="red"'))
    merged = merge(str(with_metadata), str(bare))
    assert (
        merged.before == target.read_bytes()
        and merged.after is not None
        and merged.after.startswith(b"<?xml")
    )
    assert b'xmp:Label="red"' in merged.after and b"beach" in merged.after


def test_an_identical_file_inherits_the_sidecar(
    with_metadata: Path, bare: Path, merge: MetadataMerger
) -> None:
    bare.write_bytes(with_metadata.read_bytes())
    words = Path(sidecar_path(str(with_metadata))).read_bytes()
    assert merge(str(with_metadata), str(bare), same=True) == PreparedSidecar(
        sidecar_path(str(bare)), None, words
    )
    after = merge(str(with_metadata), str(bare)).after
    assert after is not None and b"darktable" not in after


def test_metadata_of_an_export_is_merged(bare: Path, merge: MetadataMerger) -> None:
    other = pictures.write(bare.parent / "other.jpg", pictures.draw(2))
    facts = {
        "photoTakenTime": {"timestamp": "1433664550"},
        "geoData": {"latitude": 48.8584, "longitude": -2.2945},
    }
    for name in (
        "bare.jpg.json",
        "bare.jpg.supplemental-metadata.json",
        "bare.supplemental-metadata.json",
    ):
        export = bare.parent / name
        export.write_text(json.dumps(facts))
        after = merge(str(bare), str(other)).after
        assert after is not None and b"2015-06-07T08:09:10Z" in after, name
        export.unlink()


@pytest.mark.skipif(not Path("/proc").exists(), reason="file names ignore case there")
def test_a_sidecar_with_another_case_is_the_one_to_write(
    with_metadata: Path, bare: Path, merge: MetadataMerger
) -> None:
    other = bare.with_name("bare.jpg.XMP")
    other.write_text(xmp('xmp:Label="red"'))
    assert merge(str(with_metadata), str(bare)).target == str(other)
    Path(sidecar_path(str(bare))).write_text(xmp())
    assert merge(str(with_metadata), str(bare)).target == sidecar_path(str(bare))


@pytest.mark.skipif(not Path("/proc").exists(), reason="file names ignore case there")
def test_a_sidecar_in_capitals_like_its_photo_is_the_one_to_write(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.JPG.XMP").touch()
    keeper, there = str(tmp_path / "IMG_1.JPG"), str(tmp_path / "IMG_1.JPG.XMP")
    assert metadata_merger._target(keeper, [there]) == there


def test_the_sidecar_named_by_stem_is_read_but_not_written(
    with_metadata: Path, bare: Path, merge: MetadataMerger
) -> None:
    bare.with_suffix(".xmp").write_text(xmp('xmp:Rating="1"'))
    merged = merge(str(with_metadata), str(bare))
    assert (
        merged.target == sidecar_path(str(bare))
        and merged.after is not None
        and b"Rating" not in merged.after
    )


def merged_at(sidecar_file: Path, after: bytes = b"new") -> PreparedSidecar:
    return PreparedSidecar(
        str(sidecar_file), sidecar_file.read_bytes() if sidecar_file.exists() else None, after
    )


def names(sidecar_file: Path) -> set[str]:
    return {each.name for each in sidecar_file.parent.iterdir()}


def go(metadata_library: SmallLibrary, **options: Any) -> RemovalOutcome:
    return remove(
        metadata_library.library,
        [metadata_library.removal("with_metadata.jpg", "bare.jpg")],
        sidecars=True,
        **options,
    )


@pytest.mark.parametrize("existing", [False, True])
def test_removal_writes_a_sidecar_only_on_request_and_undo_reverts_it(
    metadata_library: SmallLibrary, existing: bool
) -> None:
    target = Path(sidecar_path(str(metadata_library.photos / "bare.jpg")))
    if existing:
        target.write_text(xmp())
    before = metadata_library.tree()
    wanted = [metadata_library.removal("with_metadata.jpg", "bare.jpg")]
    (result,) = remove(metadata_library.library, wanted).results
    assert result.reason == (
        "only it has these edits or notes beside it: with_metadata.jpg.xmp (its rating, its"
        " keywords)"
    )
    assert metadata_library.tree() == before
    go(metadata_library)
    assert facts_of(metadata_library.photos / "bare.jpg").rating == 4
    _, restored = undo(metadata_library.library)
    assert metadata_library.tree() == before and all(not each.note for each in restored)


def test_a_sidecar_changed_since_is_not_reverted(metadata_library: SmallLibrary) -> None:
    target = Path(sidecar_path(str(metadata_library.photos / "bare.jpg")))
    go(metadata_library)
    target.write_text(target.read_text() + "<!-- edited -->")
    _, restored = undo(metadata_library.library)
    assert "edited" in target.read_text() and any(
        "bare.jpg.xmp has changed since" in each.note for each in restored
    )


def test_a_sidecar_is_journaled_before_it_is_written(
    metadata_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[Any]()

    def look(note: dict[str, Any], *_: Any) -> None:
        (run,) = RemovalJournal(metadata_library.library.dir).runs()
        seen.append((run.families[-1][-1].sidecar, dict(note), os.path.lexists(note["path"])))
        raise RemovalRefused("enough")

    monkeypatch.setattr(sidecar_writer, "write", look)
    go(metadata_library)
    ((kept, note, there),) = seen
    assert kept == note and not there and note["before"] is None


def test_one_process_without_an_encoder_is_used_and_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = list[object]()

    class Pool:
        def __init__(self, *given: object) -> None:
            made.append(given)

        def close(self) -> None:
            made.append("closed")

    monkeypatch.setattr(metadata_merger, "DecodePool", Pool)
    merger = MetadataMerger()
    assert made == [(1, None)]
    merger.close()
    assert made == [(1, None), "closed"]
