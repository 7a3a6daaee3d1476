"""Finding pairs as photos arrive: complete, without comparing twice, and safe to interrupt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from explorer.analysis.duplicates import compare_pair, copy_components, find_pairs
from explorer.analysis.duplicates.prefilter import RoughAlignment
from explorer.duplicates.find_groups import find_groups
from explorer.library.queries import duplicate_rows
from explorer.library.stores import keypoint_store
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION
from tests.analysis.duplicates.pair_library import (
    PICTURES,
    SIZE,
    PairLibrary,
    quiet,
    same_photo_pairs,
)
from tests.pictures import draw, encoded, exif
from tests.thoroughness import times


class Interrupted(Exception):
    pass


def test_all_copies_are_found_and_nothing_else(library: PairLibrary) -> None:
    for name in PICTURES:
        library.add_picture(name)
    library.stages().run(quiet)
    assert library.pairs().keys() == same_photo_pairs(PICTURES)
    groups = [
        group for group in find_groups(library.library) if group.tier in ("pixels", "picture")
    ]
    assert sorted(len(group.others) for group in groups) == [2, 3]


@settings(max_examples=times(6, 30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(list(PICTURES)),
    batches=st.lists(st.integers(1, 4), max_size=5),
    restart=st.booleans(),
)
def test_photos_added_one_by_one_give_the_same_pairs_as_all_at_once(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], batches: list[int], restart: bool
) -> None:
    library = PairLibrary(tmp_path_factory.mktemp("pairs"))
    try:
        kept, left = library.stages(), list(order)
        for size in [*batches, len(order)]:
            some, left = left[:size], left[size:]
            for name in some:
                library.add_picture(name)
            kept = library.stages() if restart else kept
            kept.run(quiet)
            assert library.pairs().keys() == same_photo_pairs(set(order) - set(left))
    finally:
        library.close()


def test_every_photo_of_a_group_was_compared_with_the_one_to_keep_and_none_is_in_two_groups(
    library: PairLibrary,
) -> None:
    for name in PICTURES:
        library.add_picture(name)
    library.stages().run(quiet)
    verified = {
        (p.a, p.b) for p in store.pairs(library.catalog, PAIRS_VERSION, ("pixels", "picture"))
    }
    offered = list[int]()
    for group in find_groups(library.library, ["pixels", "picture"]):
        for item in group.others:
            assert (
                min(group.keep.photo_id, item.photo_id),
                max(group.keep.photo_id, item.photo_id),
            ) in verified
            offered.append(item.photo_id)
    assert len(offered) == len(set(offered)) == 5


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_interrupted_run_is_continued_by_the_next(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(find_pairs, "BATCH_SIZE", 3)
    for name in PICTURES:
        library.add_picture(name)
    ticks = list[int]()

    def interrupt(done: int, total: int) -> None:
        ticks.append(done)
        if len(ticks) > at:
            raise Interrupted

    kept = library.stages()
    with pytest.raises(Interrupted):
        kept.run(interrupt)
    before = len(library.pairs())
    kept.run(quiet)
    assert library.pairs().keys() == same_photo_pairs(PICTURES)
    assert before <= len(library.pairs())


def test_an_interruption_while_writing_leaves_nothing_half_written(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PICTURES:
        library.add_picture(name)
    with monkeypatch.context() as patch:
        patch.setattr(store, "put_pairs", lambda *_: (_ for _ in ()).throw(Interrupted))
        with pytest.raises(Interrupted):
            library.stages().run(quiet)
    assert keypoint_store.photo_fingerprints(library.catalog, PAIRS_VERSION).compared.sum() == 0
    library.stages().run(quiet)
    assert library.pairs().keys() == same_photo_pairs(PICTURES)


def test_compared_photos_are_not_compared_again(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PICTURES:
        library.add_picture(name)
    library.stages().run(quiet)
    monkeypatch.setattr(
        compare_pair.PairComparer, "compare", lambda *_, **__: pytest.fail("compared again")
    )
    library.stages().run(quiet)
    assert library.pairs().keys() == same_photo_pairs(PICTURES)


def test_each_of_many_copies_is_compared_with_few_others(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared_pairs = list[tuple[int, int]]()
    compare = compare_pair.PairComparer.compare

    def note(
        self: compare_pair.PairComparer,
        request: compare_pair.PairRequest,
        alignments: Sequence[RoughAlignment],
    ) -> compare_pair.PairComparison | None:
        compared_pairs.append((request.a, request.b))
        return compare(self, request, alignments)

    monkeypatch.setattr(compare_pair.PairComparer, "compare", note)
    for number, width in enumerate(range(200, 400, 10)):
        library.add(f"a{number}.jpg", encoded(draw(1, SIZE).resize((width, width * 3 // 4))))
    library.stages().run(quiet)
    (group,) = find_groups(library.library, ["pixels", "picture"])
    assert len(group.others) == 19
    assert len(compared_pairs) == len(set(compared_pairs)) < 20 * 4 < 20 * 19 // 2


def test_keypoints_are_detected_when_they_are_needed_and_then_stored(library: PairLibrary) -> None:
    for name in ("c.jpg", "a.jpg"):
        library.add_picture(name)
    library.stages().run(quiet)
    (first,) = (
        row
        for row in duplicate_rows.duplicate_rows(library.catalog, range(1, 9))
        if row.path.endswith("a.jpg")
    )
    assert keypoint_store.keypoints_of(library.catalog, first.photo_id, PAIRS_VERSION) is None
    # Cropped so far that neither hashes nor thumbnails are similar.
    library.add("a-part.jpg", encoded(draw(1, SIZE).crop((150, 110, 400, 300))))
    library.stages().run(quiet)
    assert library.pairs().keys() == {("a-part.jpg", "a.jpg")}
    assert keypoint_store.keypoints_of(library.catalog, first.photo_id, PAIRS_VERSION)


def test_a_photo_that_returns_is_paired_with_photos_added_meanwhile(library: PairLibrary) -> None:
    kept = library.stages()
    library.add_picture("a.jpg")
    kept.run(quiet)
    library.lose("a.jpg")
    library.add_picture("a-small.jpg")
    kept.run(quiet)
    assert not library.pairs()
    library.add_picture("a.jpg")
    kept.run(quiet)
    assert library.pairs().keys() == {("a-small.jpg", "a.jpg")}


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_pair_is_classified_once_both_files_can_be_read(
    library: PairLibrary, in_memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_pairs, "RETRY_INTERVAL", 0.0 if in_memory else 1e9)
    kept = library.stages()
    photos = Path(library.catalog.roots()[0]["path"])
    shot = encoded(draw(1, (400, 300)), "JPEG")
    library.add("a.jpg", shot)
    library.add("a-again.jpg", encoded(Image.open(io.BytesIO(shot)), "JPEG", quality=80))
    (photos / "a-again.jpg").rename(photos / "away")
    kept.run(quiet)
    assert library.pairs("pixels", "picture", "scene", "different") == {}
    (photos / "away").rename(photos / "a-again.jpg")
    if not in_memory:
        kept = library.stages()
    # Any change lets the stage run again.
    library.add_picture("d.jpg")
    kept.run(quiet)
    assert library.pairs() == {("a-again.jpg", "a.jpg"): "picture"}


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_copy_is_compared_at_full_size_once_both_files_can_be_read(
    library: PairLibrary, in_memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_pairs, "RETRY_INTERVAL", 0.0 if in_memory else 1e9)
    kept = library.stages()
    photos = Path(library.catalog.roots()[0]["path"])
    photo = draw(1, SIZE).filter(ImageFilter.GaussianBlur(2))
    library.add("a.jpg", encoded(photo, "JPEG", exif=exif(camera=("Acme", "Z1"))))
    library.add("a-small.jpg", encoded(photo.resize((200, 150))))

    def plain() -> list[object]:
        return [each.relation.get("plain") for each in store.pairs(library.catalog, PAIRS_VERSION)]

    (photos / "a-small.jpg").rename(photos / "away")
    kept.run(quiet)
    assert library.pairs() == {("a-small.jpg", "a.jpg"): "picture"} and plain() == [None]
    (photos / "away").rename(photos / "a-small.jpg")
    if not in_memory:
        kept = library.stages()
    # Any change lets the stage run again.
    library.add_picture("d.jpg")
    kept.run(quiet)
    assert library.pairs() == {("a-small.jpg", "a.jpg"): "picture"} and plain() == [1]


def test_a_photo_without_a_preview_is_the_only_one_not_paired(library: PairLibrary) -> None:
    for name in PICTURES:
        library.add_picture(name)
    digest = library.catalog.photo(1)["hash"]  # type: ignore[index]
    library.library.previews.path(digest).write_bytes(b"nothing")
    library.stages().run(quiet)
    assert library.pairs().keys() == {
        pair for pair in same_photo_pairs(PICTURES) if "a.jpg" not in pair
    }


def test_each_of_very_many_copies_is_compared_with_the_largest(
    library: PairLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_pairs, "BATCH_SIZE", 2)
    monkeypatch.setattr(copy_components, "MAX_FULLY_COMPARED", 3)
    monkeypatch.setattr(copy_components, "HUBS", 1)
    for number, width in enumerate(range(200, 400, 20)):
        library.add(f"a{number}.jpg", encoded(draw(1, SIZE).resize((width, width * 3 // 4))))
    library.stages().run(quiet)
    (group,) = find_groups(library.library, ["pixels", "picture"])
    assert group.keep.width == 380 and len(group.others) == 9
