"""Metadata that cannot be read or written stops the removal."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.pool import DecodePool
from explorer.removal import part_files
from explorer.removal.checked_files import FileInUse, RemovalRefused
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.remove import dry_run, remove
from explorer.removal.sidecar_writer import PreparedSidecar, sidecar_path, write
from explorer.systems.this_system import this_system
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_metadata_merger import go


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000])
def test_unparsable_metadata_is_rejected(
    with_metadata: Path, bare: Path, merge: MetadataMerger, text: str
) -> None:
    with_metadata.with_name("with_metadata.jpg.json").write_text(text, encoding="utf-8")
    with pytest.raises(RemovalRefused, match=r"with_metadata\.jpg\.json"):
        merge(str(with_metadata), str(bare))


def test_a_crashed_process_is_reported(
    with_metadata: Path, bare: Path, merge: MetadataMerger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge._pool._single, "_command", ["false"])
    with pytest.raises(RemovalRefused, match="could not be read: the decoder crashed"):
        merge(str(with_metadata), str(bare))


def test_a_process_without_memory_is_reported(
    with_metadata: Path, bare: Path, merge: MetadataMerger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        merge._pool._single, "request", lambda *_: ({"error": "it needs more memory"}, b"")
    )
    with pytest.raises(RemovalRefused, match="could not be read: it needs more memory"):
        merge(str(with_metadata), str(bare))


def test_a_sidecar_that_cannot_be_written_stops_the_removal(
    metadata_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = metadata_library.tree()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(part_files, "create_file", full)
    outcome = go(metadata_library)
    assert outcome.results[0].state == "failed" and "no space" in outcome.results[0].reason
    assert metadata_library.tree() == before


@pytest.mark.parametrize("kind", ["folder", "nowhere", "loop", "text"])
def test_a_keepers_sidecar_that_cannot_be_read_stops_the_removal(
    metadata_library: SmallLibrary, kind: str
) -> None:
    """It never counts as absent: it is neither replaced now nor deleted by undo."""
    target = Path(sidecar_path(str(metadata_library.photos / "bare.jpg")))
    if kind == "folder":
        target.mkdir()
    elif kind == "text":
        target.write_text("no xml")
    else:
        target.symlink_to("absent" if kind == "nowhere" else target.name)
    before = metadata_library.tree()
    for outcome in (
        dry_run(
            metadata_library.library,
            [metadata_library.removal("with_metadata.jpg", "bare.jpg")],
            sidecars=True,
        ),
        go(metadata_library),
    ):
        assert (
            outcome.results[0].state in ("refused", "failed")
            and "bare.jpg.xmp" in outcome.results[0].reason
        )
        assert metadata_library.tree() == before


def test_a_file_that_cannot_be_read_is_kept_and_reported(metadata_library: SmallLibrary) -> None:
    (metadata_library.photos / "with_metadata.jpg.json").write_text('{"geoData": ')
    (metadata_library.photos / "with_metadata.jpg.xmp").unlink()
    before = metadata_library.tree()
    removals = [metadata_library.removal("with_metadata.jpg", "bare.jpg")]
    assert dry_run(metadata_library.library, removals).results[0].state == "would"
    for outcome in (
        dry_run(metadata_library.library, removals, sidecars=True),
        go(metadata_library),
    ):
        assert (
            "with_metadata.jpg.json" in outcome.results[0].reason
            and metadata_library.tree() == before
        )
    assert remove(metadata_library.library, removals).results[0].state == "removed"


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be created."""

    def create(*_: Any) -> None:
        raise PermissionError(errno.EACCES, " Permission denied ")

    monkeypatch.setattr(part_files, "create_file", create)


def refusal(sidecar_file: Path, keeper_photo: str) -> RemovalRefused:
    """How writing a sidecar is refused."""
    with pytest.raises(RemovalRefused) as caught:
        write(
            {"part": "", "after": ""}, PreparedSidecar(str(sidecar_file), None, b"x"), keeper_photo
        )
    return caught.value


def test_an_error_without_a_number_is_told_in_its_own_words(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(*_: Any) -> None:
        raise OSError("The copy is incomplete")

    monkeypatch.setattr(part_files, "create_file", create)
    assert str(refusal(sidecar_file, keeper_photo)) == (
        "the sidecar of the photo to keep, a.jpg.xmp, cannot be written: the copy is incomplete"
    )


@pytest.mark.usefixtures("denied")
def test_a_sidecar_that_cannot_be_written_is_named(sidecar_file: Path, keeper_photo: str) -> None:
    assert str(refusal(sidecar_file, keeper_photo)) == (
        "the sidecar of the photo to keep, a.jpg.xmp, cannot be written: permission denied"
    )


@pytest.mark.usefixtures("denied")
@pytest.mark.parametrize(("in_use", "kind"), [(True, FileInUse), (False, RemovalRefused)])
def test_a_sidecar_open_in_another_program_can_be_tried_again(
    sidecar_file: Path,
    keeper_photo: str,
    in_use: bool,
    kind: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that is locked cannot."""
    monkeypatch.setattr(this_system(), "denial", lambda error, path: f"is locked ({path})")
    monkeypatch.setattr(this_system(), "is_in_use", lambda error: in_use)
    found = refusal(sidecar_file, keeper_photo)
    assert type(found) is kind and str(found) == (
        f"the sidecar of the photo to keep, a.jpg.xmp, is locked ({sidecar_file})"
    )


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    merger, closed = MetadataMerger(), list[DecodePool]()

    def close(pool: DecodePool) -> None:
        closed.append(pool)

    monkeypatch.setattr(DecodePool, "close", close)
    merger.close()
    assert closed == [merger._pool]
