from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.library import Library
from explorer.library.removal_journal import RemovalJournal
from explorer.library.root_store import add_root
from explorer.library.writer import Writer
from explorer.photos.metadata.field_reader import read_files
from explorer.photos.metadata.fields import MetadataFields
from explorer.removal import part_files, sidecar
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import RemovalOutcome
from explorer.removal.sidecar import (
    MergedSidecar,
    MetadataMerger,
    journal_note,
    sidecar_path,
    write,
)
from explorer.removal.sidecar_restore import restore_sidecar
from explorer.removal.undo import undo
from tests import pictures
from tests.fixtures.small_library import SmallLibrary, hash_of
from tests.photos.metadata.packets import subject, xmp

WORDS = subject("beach", "Zoë &amp; dog")


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A photo that says a lot: in its EXIF block and in a sidecar."""
    block = pictures.exif(taken="2015:06:07 08:09:10", place=(48.8584, -2.2945))
    path = pictures.write(tmp_path / "photos" / "told.jpg", pictures.draw(1), exif=block)
    Path(sidecar_path(str(path))).write_text(
        xmp('xmp:Rating="4" darktable:flag="on"', WORDS), encoding="utf-8"
    )
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return pictures.write(tmp_path / "photos" / "bare.jpg", pictures.draw(1))


@pytest.fixture
def merge() -> Iterator[MetadataMerger]:
    made = MetadataMerger()
    yield made
    made.close()


def facts_of(path: Path) -> MetadataFields:
    return read_files(str(path), sidecar._metadata_files(str(path))).fields


def note_path(merged: MergedSidecar) -> dict[str, Any]:
    """What the journal keeps, as it is read again."""
    found: dict[str, Any] = json.loads(json.dumps(journal_note(merged)))
    return found


# --- what it should say


def test_the_one_kept_learns_what_it_lacks(told: Path, bare: Path, merge: MetadataMerger) -> None:
    before = bare.read_bytes()
    merged = merge(str(told), str(bare))
    assert (merged.target, merged.before) == (str(bare) + ".xmp", None) and merged.after is not None
    write(note_path(merged), merged, str(bare))
    kept, gone = facts_of(bare), facts_of(told)
    assert (kept.taken_at, kept.rating, kept.keywords) == (
        "2015-06-07T08:09:10",
        4,
        ("beach", "Zoë & dog"),
    )
    assert kept.place == pytest.approx(gone.place, abs=1e-6) and bare.read_bytes() == before
    # Once it is there, there is nothing more to say.
    assert merge(str(told), str(bare)).after is None
    assert merge(str(bare), str(told)).after is None


def test_before_and_after_are_told_apart(told: Path, bare: Path, merge: MetadataMerger) -> None:
    target = Path(sidecar_path(str(bare)))
    target.write_text(xmp('xmp:Label="red"'))
    merged = merge(str(told), str(bare))
    assert (
        merged.before == target.read_bytes()
        and merged.after is not None
        and merged.after.startswith(b"<?xml")
    )
    assert b'xmp:Label="red"' in merged.after and b"beach" in merged.after


def test_the_same_bytes(told: Path, bare: Path, merge: MetadataMerger) -> None:
    bare.write_bytes(told.read_bytes())
    words = Path(sidecar_path(str(told))).read_bytes()
    assert merge(str(told), str(bare), same=True) == MergedSidecar(
        sidecar_path(str(bare)), None, words
    )
    after = merge(str(told), str(bare)).after
    assert after is not None and b"darktable" not in after


def test_what_an_export_says(bare: Path, merge: MetadataMerger) -> None:
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


@pytest.mark.skipif(
    not Path("/proc").exists(), reason="names in other letters are the same name there"
)
def test_a_sidecar_in_other_letters_is_the_one_to_write(
    told: Path, bare: Path, merge: MetadataMerger
) -> None:
    other = bare.with_name("bare.jpg.XMP")
    other.write_text(xmp('xmp:Label="red"'))
    assert merge(str(told), str(bare)).target == str(other)
    Path(sidecar_path(str(bare))).write_text(xmp())
    assert merge(str(told), str(bare)).target == sidecar_path(str(bare))


def test_the_sidecar_of_the_stem_is_read_and_not_written(
    told: Path, bare: Path, merge: MetadataMerger
) -> None:
    bare.with_suffix(".xmp").write_text(xmp('xmp:Rating="1"'))
    merged = merge(str(told), str(bare))
    assert (
        merged.target == sidecar_path(str(bare))
        and merged.after is not None
        and b"Rating" not in merged.after
    )


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000])
def test_what_would_break_a_parser_is_refused(
    told: Path, bare: Path, merge: MetadataMerger, text: str
) -> None:
    told.with_name("told.jpg.json").write_text(text, encoding="utf-8")
    with pytest.raises(RemovalRefused, match=r"told\.jpg\.json"):
        merge(str(told), str(bare))


def test_a_process_that_dies_is_said(
    told: Path, bare: Path, merge: MetadataMerger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge._pool._single, "_command", ["false"])
    with pytest.raises(RemovalRefused, match="could not be read: the decoder crashed"):
        merge(str(told), str(bare))


def test_a_process_that_lacks_memory_is_said(
    told: Path, bare: Path, merge: MetadataMerger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        merge._pool._single, "ask", lambda _: ({"error": "it needs more memory"}, b"")
    )
    with pytest.raises(RemovalRefused, match="could not be read: it needs more memory"):
        merge(str(told), str(bare))


# --- writing


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "a.jpg.xmp"


def merged_at(place: Path, after: bytes = b"new") -> MergedSidecar:
    return MergedSidecar(str(place), place.read_bytes() if place.exists() else None, after)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    return str(tmp_path / "a.jpg")


def names(place: Path) -> set[str]:
    return {each.name for each in place.parent.iterdir()}


def test_a_new_one(place: Path, photo: str) -> None:
    merged = merged_at(place)
    write(note_path(merged), merged, photo)
    assert place.read_bytes() == b"new" and names(place) == {"a.jpg", "a.jpg.xmp"}


def test_in_place_of_the_old_one(place: Path, photo: str) -> None:
    place.write_bytes(b"old")
    merged = merged_at(place)
    write(note_path(merged), merged, photo)
    assert place.read_bytes() == b"new" and names(place) == {"a.jpg", "a.jpg.xmp"}


def test_one_saved_by_another_program_meanwhile_is_left(place: Path, photo: str) -> None:
    for old in (None, b"old"):
        place.unlink(missing_ok=True)
        if old:
            place.write_bytes(old)
        merged = merged_at(place)
        note = note_path(merged)
        place.write_bytes(b"another's")
        with pytest.raises(RemovalRefused, match=r"a\.jpg\.xmp, was saved by another program"):
            write(note, merged, photo)
        assert place.read_bytes() == b"another's" and names(place) == {"a.jpg", "a.jpg.xmp"}


def test_one_that_went_meanwhile_is_not_made_again(place: Path, photo: str) -> None:
    place.write_bytes(b"old")
    merged = merged_at(place)
    note = note_path(merged)
    place.unlink()
    with pytest.raises(RemovalRefused, match="cannot be written: no such file"):
        write(note, merged, photo)
    assert names(place) == {"a.jpg"}


def test_what_bears_the_parts_name_is_never_touched(place: Path, photo: str) -> None:
    """A person's own `.a.jpg.xmp.part`, and even a file of the very name that was planned."""
    own = place.with_name(".a.jpg.xmp.part")
    own.write_bytes(b"mine")
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    restore_sidecar(note, photo)
    assert own.read_bytes() == b"mine" and names(place) == {"a.jpg", own.name}
    Path(note["part"]).write_bytes(b"mine, too")
    with pytest.raises(RemovalRefused):
        write(note, merged, photo)
    assert not place.exists() and Path(note["part"]).read_bytes() == b"mine, too"


def test_no_two_parts_have_one_name(place: Path, photo: str) -> None:
    merged = merged_at(place)
    assert len({note_path(merged)["part"] for _ in range(20)}) == 20
    assert all(Path(note_path(merged)["part"]).parent == place.parent for _ in range(2))


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_modes_stay(place: Path, photo: str) -> None:
    def mode() -> int:
        return stat.S_IMODE(place.stat().st_mode)

    for old, new in ((0o750, 0o640), (0o444, 0o644), (0o666, 0o666)):
        place.unlink(missing_ok=True)
        Path(photo).chmod(old)
        merged = merged_at(place)
        write(note_path(merged), merged, photo)
        assert mode() == new
    place.chmod(0o604)
    merged = merged_at(place, b"newer")
    note = note_path(merged)
    write(note, merged, photo)
    assert mode() == 0o604 and place.read_bytes() == b"newer"
    restore_sidecar(note, photo)
    assert mode() == 0o604 and place.read_bytes() == b"new"


def test_a_link_stays_a_link(place: Path, photo: str, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.xmp"
    real.parent.mkdir()
    real.write_bytes(b"old")
    os.utime(real, ns=(1_500_000_000_000_000_000, 1_500_000_001_000_000_000))
    place.symlink_to(os.path.relpath(real, place.parent))
    merged = merged_at(place)
    note = note_path(merged)
    assert Path(note["part"]).parent == real.parent
    write(note, merged, photo)
    assert place.is_symlink() and real.read_bytes() == b"new" and names(real) == {"real.xmp"}
    assert real.stat().st_mtime_ns > 1_600_000_000_000_000_000
    assert restore_sidecar(note, photo) == ""
    assert (
        place.is_symlink()
        and real.read_bytes() == b"old"
        and real.stat().st_mtime_ns == 1_500_000_001_000_000_000
    )


def test_a_full_disk_leaves_nothing(
    place: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    for old in (None, b"old"):
        if old:
            place.write_bytes(old)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            merged = merged_at(place)
            with pytest.raises(
                RemovalRefused, match=r"a\.jpg\.xmp, cannot be written: no space left"
            ):
                write(note_path(merged), merged, photo)
        assert names(place) == ({"a.jpg", "a.jpg.xmp"} if old else {"a.jpg"}) and (
            not old or place.read_bytes() == old
        )


def test_the_bytes_are_on_disk_before_they_have_the_name(
    place: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for old in (None, b"old"):
        if old:
            place.write_bytes(old)
        done = list[str]()
        with monkeypatch.context() as patched:
            spy(patched, done, os, "fsync", "replace", "link")
            spy(patched, done, part_files, "sync_folder")
            merged = merged_at(place)
            write(note_path(merged), merged, photo)
        named = done.index("replace" if old else "link")
        assert "fsync" in done[:named] and "sync_folder" in done[named:]
        place.unlink()


def spy(monkeypatch: pytest.MonkeyPatch, done: list[str], where: Any, *functions: str) -> None:
    """Note the calls of these functions."""
    for name in functions:
        monkeypatch.setattr(where, name, noting(done, name, getattr(where, name)))


def noting(done: list[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*given: Any, **more: Any) -> Any:
        done.append(name)
        return function(*given, **more)

    return noted


@pytest.mark.skipif(not hasattr(os, "chown"), reason="Windows knows no such owners")
def test_the_owner_stays_as_far_as_may_be(
    place: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(b"old")
    real, asked = os.stat, list[tuple[int, int]]()

    def foreign(path: Any, **more: Any) -> os.stat_result:
        found = real(path, **more)
        return (
            os.stat_result((*found[:4], 12345, 54321, *found[6:10]))
            if str(path) == str(place)
            else found
        )

    def refuse(path: Any, uid: int, gid: int) -> None:
        assert path == photo
        asked.append((uid, gid))
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    sidecar._copy_owner(str(place), photo)
    assert not asked
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", foreign)
        sidecar._copy_owner(str(place), photo)
    assert asked == [(12345, 54321)]


def test_the_owner_is_kept_in_replacing(
    place: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(b"old")
    done = list[str]()
    spy(monkeypatch, done, sidecar, "_copy_owner")
    spy(monkeypatch, done, os, "replace")
    merged = merged_at(place)
    write(note_path(merged), merged, photo)
    assert done == ["_copy_owner", "replace"]


# --- taking back


def test_a_new_one_goes_and_an_old_one_is_as_it_was(place: Path, photo: str) -> None:
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    assert restore_sidecar(note, photo) == "" and names(place) == {"a.jpg"}
    place.write_bytes(b"old")
    os.utime(place, ns=(1_500_000_000_000_000_000, 1_500_000_001_000_000_000))
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    assert restore_sidecar(note, photo) == "" and place.read_bytes() == b"old"
    assert place.stat().st_mtime_ns == 1_500_000_001_000_000_000 and names(place) == {
        "a.jpg",
        "a.jpg.xmp",
    }


@pytest.mark.parametrize("old", [None, b"old"])
def test_one_that_was_changed_since_stays(place: Path, photo: str, old: bytes | None) -> None:
    if old:
        place.write_bytes(old)
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    place.write_bytes(b"new, and edited")
    assert (
        restore_sidecar(note, photo)
        == "the sidecar a.jpg.xmp was changed since, and stays as it is"
    )
    assert place.read_bytes() == b"new, and edited"


def test_one_that_was_never_written_is_no_news(place: Path, photo: str) -> None:
    place.write_bytes(b"old")
    note = note_path(merged_at(place))
    Path(note["part"]).write_bytes(b"ha")
    assert (
        restore_sidecar(note, photo) == ""
        and place.read_bytes() == b"old"
        and names(place) == {"a.jpg", "a.jpg.xmp"}
    )
    place.unlink()
    assert (
        restore_sidecar(note, photo) == "" and restore_sidecar(note | {"before": None}, photo) == ""
    )


def test_one_that_cannot_be_read_stays(place: Path, photo: str) -> None:
    merged = merged_at(place)
    note = note_path(merged)
    place.mkdir()
    assert restore_sidecar(note, photo).startswith(
        "the sidecar a.jpg.xmp could not be made what it was: "
    )
    assert place.is_dir()


def test_a_change_in_the_last_moment_is_left(
    place: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(b"old")
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    create = part_files.create_file

    def late(part: str, fill: Any) -> None:
        create(part, fill)
        place.write_bytes(b"another's")

    monkeypatch.setattr(part_files, "create_file", late)
    assert (
        "was changed since" in restore_sidecar(note, photo) and place.read_bytes() == b"another's"
    )


def test_a_note_of_any_other_file_is_not_followed(place: Path, photo: str, tmp_path: Path) -> None:
    merged = merged_at(place)
    note = note_path(merged)
    write(note, merged, photo)
    victim = tmp_path / "victim"
    victim.write_bytes(b"new")
    for wrong, keeper in (
        (note | {"path": str(victim)}, photo),
        (note, str(tmp_path / "b.jpg")),
        (note, None),
        (None, photo),
    ):
        assert restore_sidecar(wrong, keeper) == ""
    assert victim.exists() and place.exists()
    elsewhere = tmp_path / "deep" / "file"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"x")
    assert (
        restore_sidecar(note | {"part": str(elsewhere)}, photo) == ""
        and elsewhere.exists()
        and not place.exists()
    )


def test_notes_of_older_versions(place: Path, photo: str) -> None:
    place.write_bytes(b"new")
    old = {
        "path": str(place),
        "before": base64.b64encode(b"old").decode(),
        "after": hash_of(b"new"),
        "times": [10**18, 10**18],
    }
    assert restore_sidecar(old, photo) == "" and place.read_bytes() == b"old"


# --- as part of a removal


@pytest.fixture
def small_library(tmp_path: Path, told: Path, bare: Path) -> Iterator[SmallLibrary]:
    made = SmallLibrary.__new__(SmallLibrary)
    made.base, made.photos = tmp_path, tmp_path / "photos"
    made.library = Library.open(tmp_path / "library")
    writer = Writer(made.library.catalog)
    made.root = add_root(writer, str(made.photos))
    writer.close()
    made.index("told.jpg")
    made.index("bare.jpg")
    made.add_pair("told.jpg", "bare.jpg")
    yield made
    made.close()


def go(small_library: SmallLibrary, **options: Any) -> RemovalOutcome:
    return remove(
        small_library.library,
        [small_library.removal("told.jpg", "bare.jpg")],
        sidecars=True,
        **options,
    )


@pytest.mark.parametrize("existing", [False, True])
def test_removal_writes_it_only_when_asked_and_undo_takes_it_back(
    small_library: SmallLibrary, existing: bool
) -> None:
    target = Path(sidecar_path(str(small_library.photos / "bare.jpg")))
    if existing:
        target.write_text(xmp())
    before = small_library.tree()
    wanted = [small_library.removal("told.jpg", "bare.jpg")]
    remove(small_library.library, wanted)
    assert target.exists() == existing
    undo(small_library.library)
    assert small_library.tree() == before
    go(small_library)
    assert facts_of(small_library.photos / "bare.jpg").rating == 4
    _, restored = undo(small_library.library)
    assert small_library.tree() == before and all(not each.note for each in restored)


def test_a_sidecar_that_was_changed_since_is_not_taken_back(small_library: SmallLibrary) -> None:
    target = Path(sidecar_path(str(small_library.photos / "bare.jpg")))
    go(small_library)
    target.write_text(target.read_text() + "<!-- edited -->")
    _, restored = undo(small_library.library)
    assert "edited" in target.read_text() and any(
        "bare.jpg.xmp was changed since" in each.note for each in restored
    )


def test_a_sidecar_that_cannot_be_written_stops_the_removal(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = small_library.tree()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(part_files, "create_file", full)
    outcome = go(small_library)
    assert outcome.results[0].state == "failed" and "no space" in outcome.results[0].reason
    assert small_library.tree() == before


@pytest.mark.parametrize("kind", ["folder", "nowhere", "loop", "text"])
def test_a_keepers_sidecar_that_cannot_be_read_stops_the_removal(
    small_library: SmallLibrary, kind: str
) -> None:
    """It never counts as absent: it is neither replaced now nor deleted by undo."""
    target = Path(sidecar_path(str(small_library.photos / "bare.jpg")))
    if kind == "folder":
        target.mkdir()
    elif kind == "text":
        target.write_text("no xml")
    else:
        target.symlink_to("absent" if kind == "nowhere" else target.name)
    before = small_library.tree()
    for outcome in (
        dry_run(
            small_library.library, [small_library.removal("told.jpg", "bare.jpg")], sidecars=True
        ),
        go(small_library),
    ):
        assert (
            outcome.results[0].state in ("refused", "failed")
            and "bare.jpg.xmp" in outcome.results[0].reason
        )
        assert small_library.tree() == before


def test_what_cannot_be_read_stays_and_is_said(small_library: SmallLibrary) -> None:
    (small_library.photos / "told.jpg.json").write_text('{"geoData": ')
    before = small_library.tree()
    removals = [small_library.removal("told.jpg", "bare.jpg")]
    assert dry_run(small_library.library, removals).results[0].state == "would"
    for outcome in (dry_run(small_library.library, removals, sidecars=True), go(small_library)):
        assert "told.jpg.json" in outcome.results[0].reason and small_library.tree() == before
    assert remove(small_library.library, removals).results[0].state == "removed"


def test_the_journal_knows_of_it_before_it_is_written(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[Any]()

    def look(note: dict[str, Any], *_: Any) -> None:
        (run,) = RemovalJournal(small_library.library.dir).runs()
        seen.append((run.families[-1][-1].sidecar, dict(note), os.path.lexists(note["path"])))
        raise RemovalRefused("enough")

    monkeypatch.setattr(sidecar, "write", look)
    go(small_library)
    ((kept, note, there),) = seen
    assert kept == note and not there and note["before"] is None
