"""What verifying finds in vectors, their index and the nearest photos."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.analysis.neighbors import stage_name
from explorer.errors import LibraryError
from explorer.indexing.verification import verify_vectors
from explorer.indexing.verification.verify_report import Inconsistency, VerifyReport, VerifyRun
from explorer.indexing.verification.verify_vectors import check_vectors
from explorer.library.stores.embedding_store import drop_embeddings, register_encoder
from explorer.library.stores.setting_store import put_setting
from explorer.library.stores.stage_store import stage_change
from explorer.library.vectors import VectorIndex
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of


@pytest.fixture
def filled(builder: LibraryBuilder) -> LibraryBuilder:
    for name in ("a", "b", "c"):
        builder.put(f"{name}.jpg", name)
    return builder


def look(
    builder: LibraryBuilder, *, repair: bool = False
) -> tuple[list[Inconsistency], VerifyReport]:
    writer = builder.writer if repair else None
    run = VerifyRun(builder.library, writer, False, lambda _: None, VerifyReport())
    return list(check_vectors(run)), run.report


def put_vector(builder: LibraryBuilder, photo: int, vector: np.ndarray) -> None:
    builder.writer.connection.execute(
        "update embedding set vector = ? where photo_id = ?",
        (vector.astype(np.float16).tobytes(), photo),
    )


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize(
    ("norm", "sound"), [(1.0, True), (1.008, True), (0.992, True), (1.012, False), (0.988, False)]
)
def test_a_vector_whose_length_is_not_1_is_damaged(
    filled: LibraryBuilder, norm: float, sound: bool, repair: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_vectors, "check_neighbors", lambda *_: [])
    put_vector(filled, 2, vector_of("b") * norm)
    filled.writer.connection.execute(
        "insert into stage values (?, '1', ?)",
        (stage_name(filled.encoder), filled.library.catalog.change()),
    )
    found, report = look(filled, repair=repair)
    # A vector that is encoded again is compared again.
    dropped = repair and not sound
    assert (stage_change(filled.library.catalog, stage_name(filled.encoder), "1") == 0) is dropped
    assert report.vectors == 3
    assert [(kind, mended) for kind, _, mended in found] == ([] if sound else [("vectors", repair)])
    if not sound:
        text = found[0].text
        assert text.startswith(f"The vector of photo 2 for {ENCODER} is damaged")
        assert ("encodes the photo again" in text) is repair
    (number,) = filled.writer.connection.execute("select count(*) from embedding").fetchone()
    assert number == (2 if repair and not sound else 3)


def test_photos_of_the_first_change_are_checked_too(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = filled.index()
    index.refresh()
    monkeypatch.setattr(filled.library, "vectors", lambda *_: index)
    filled.writer.connection.execute("update photo set change = 1")
    assert look(filled)[0] == []
    put_vector(filled, 1, vector_of("a") * 2)
    # The index has been brought up to date, and still has the vector as it was.
    assert [each.text for each in look(filled)[0]] == [
        f"The vector of photo 1 for {ENCODER} is damaged.",
        f"The index of {ENCODER} differs from the catalog for 1 photos.",
    ]


@pytest.mark.parametrize("dim", [DIM - 2, DIM + 2])
def test_a_vector_of_another_dimension_is_damaged(filled: LibraryBuilder, dim: int) -> None:
    vector = np.zeros(dim, np.float16)
    vector[0] = 1
    put_vector(filled, 1, vector)
    found, _ = look(filled)
    assert found[0].text == f"The vector of photo 1 for {ENCODER} is damaged."


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize("wrong", ["missing", "changed", "unknown"])
def test_an_index_that_differs_is_found(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, wrong: str, repair: bool
) -> None:
    index = filled.index()
    index.refresh()
    index.save()
    monkeypatch.setattr(filled.library, "vectors", lambda *_: index)
    if wrong != "unknown":
        index._index.remove_ids(np.array([2], np.int64))
    if wrong != "missing":
        number = 2 if wrong == "changed" else 99
        index._index.add_with_ids(vector_of("x")[None], np.array([number], np.int64))
    found, _ = look(filled, repair=repair)
    text = f"The index of {ENCODER} differs from the catalog for 1 photos."
    assert found == [Inconsistency("vectors", text, repair)]
    assert sorted(index.ids().tolist()) == [1, 2, 3] or not repair
    # What is saved is what was repaired.
    saved = VectorIndex(
        filled.library.dir / "vectors", filled.library.catalog, ENCODER, VERSION, DIM
    )
    assert sorted(saved.ids().tolist()) == [1, 2, 3] and not saved.damaged


@pytest.mark.parametrize("repair", [False, True])
def test_an_index_that_is_not_saved_yet_is_no_fault(filled: LibraryBuilder, repair: bool) -> None:
    assert look(filled, repair=repair)[0] == []
    files = [path.suffix for path in (filled.library.dir / "vectors").glob("*")]
    assert sorted(files) == ([".faiss", ".json"] if repair else [])


@pytest.mark.parametrize("repair", [False, True])
def test_a_sound_index_is_not_written_again(filled: LibraryBuilder, repair: bool) -> None:
    index = filled.index()
    index.refresh()
    index.save()
    filled.library.release_indexes(ENCODER)
    before = {path: path.stat().st_mtime_ns for path in (filled.library.dir / "vectors").iterdir()}
    assert look(filled, repair=repair)[0] == []
    after = {path: path.stat().st_mtime_ns for path in (filled.library.dir / "vectors").iterdir()}
    assert before == after and len(before) == 2


def test_a_library_that_changes_during_the_check_is_compared_again(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, real, done = filled.index(), VectorIndex.refresh, list[int]()
    monkeypatch.setattr(filled.library, "vectors", lambda *_: index)

    def refresh(self: VectorIndex) -> int:
        number = real(self)
        done.append(number)
        if len(done) < 3:
            # Another process indexes a photo just after the index was brought up to date.
            filled.put(f"{len(done)}.jpg", len(done))
        return number

    monkeypatch.setattr(VectorIndex, "refresh", refresh)
    assert look(filled)[0] == [] and done == [0, 1, 1]


def test_a_check_of_a_library_that_keeps_changing_ends(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, index = iter(range(100)), filled.index()
    monkeypatch.setattr(filled.library, "vectors", lambda *_: index)
    monkeypatch.setattr(
        VectorIndex, "refresh", lambda _: filled.put(f"{next(numbers)}.jpg", next(numbers))
    )
    look(filled)
    # Ten times, two numbers each.
    assert next(numbers) == 20


@pytest.mark.parametrize("repair", [False, True])
def test_wrong_neighbors_are_dropped(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, repair: bool
) -> None:
    filled.writer.connection.execute(
        "insert into neighbour values (?, 2, x'01', x'02')", (filled.encoder,)
    )
    monkeypatch.setattr(verify_vectors, "check_neighbors", lambda *_: [2, 1])
    ((kind, text, mended),) = look(filled, repair=repair)[0]
    assert (kind, mended) == ("neighbours", repair)
    assert "kept for 2 photos" in text and "those of photo 2" in text
    assert ("all were deleted" in text) is repair
    (left,) = filled.writer.connection.execute("select count(*) from neighbour").fetchone()
    assert left == (0 if repair else 1)


def test_sound_neighbors_are_kept(filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.writer.connection.execute(
        "insert into neighbour values (?, 2, x'01', x'02')", (filled.encoder,)
    )
    monkeypatch.setattr(verify_vectors, "check_neighbors", lambda *_: [])
    assert look(filled, repair=True)[0] == []
    (left,) = filled.writer.connection.execute("select count(*) from neighbour").fetchone()
    assert left == 1


@pytest.mark.parametrize("encoder", [ENCODER, "another"])
def test_photos_that_wait_for_the_chosen_encoder_are_noted(
    filled: LibraryBuilder, encoder: str
) -> None:
    put_setting(filled.library.catalog, "encoder", encoder)
    assert look(filled)[1].notes == []
    drop_embeddings(filled.writer, filled.encoder, [1, 2])
    notes = look(filled)[1].notes
    assert notes == (
        [f"2 photos are waiting to be encoded by {ENCODER}"] if encoder == ENCODER else []
    )


def test_every_encoder_is_checked(filled: LibraryBuilder) -> None:
    register_encoder(filled.writer, "second", "2", 4)
    put_vector(filled, 3, vector_of("c") * 2)
    found, report = look(filled)
    assert len(found) == 1 and report.vectors == 3


def test_an_encoder_removed_during_the_check_is_named(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(filled.library.catalog), "encoder_id", lambda *_: None)
    with pytest.raises(LibraryError, match=f"{ENCODER} was removed"):
        look(filled)


def test_an_index_file_that_is_damaged_is_found(filled: LibraryBuilder) -> None:
    index = filled.index()
    index.refresh()
    index.save()
    (path,) = (filled.library.dir / "vectors").glob("*.faiss")
    path.write_bytes(b"damaged")
    filled.library.release_indexes(ENCODER)
    text = f"The index file of {ENCODER} is damaged; it can be rebuilt from the catalog."
    assert look(filled)[0] == [Inconsistency("vectors", text)]
