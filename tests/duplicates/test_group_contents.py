"""What a file contains besides its first picture, and when that keeps it from being removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.photos.containers.contents import ContentPart, FileContents
from tests.factory import LibraryBuilder, by_camera, measured

pytestmark = pytest.mark.usefixtures("untouched")


def names(items: Any) -> list[str]:
    return sorted(Path(item.path).name for item in items)


def beside(builder: LibraryBuilder, tmp_path: Path, *names: str) -> None:
    for name in names:
        (tmp_path / "photos" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "photos" / name).write_text(name)


FILM, PAGE = ContentPart("film", "0" * 32), ContentPart("page", "1" * 32)


def holding(*parts: ContentPart, complete: bool = True) -> str:
    return FileContents(parts, complete).packed()


def held(
    builder: LibraryBuilder,
    one: str | None,
    other: str | None,
    kind: store.PairKind = "picture",
    **facts: Any,
) -> DuplicateGroup:
    """Two photos with these contents. The first is the larger; of one picture, the original."""
    first, second = {"width": 400, "height": 400}, {"width": 300, "height": 300} | facts
    laid: dict[str, object] = {}
    if kind == "picture":
        first, second, laid = by_camera(**first), measured(**second), {"matrix": [1, 0, 0, 0, 1, 0]}
    ids = [
        builder.put("a.jpg", 1, **first, contents=one),
        builder.put("b.jpg", 2, **second, contents=other),
    ]
    store.put_pairs(builder.writer, [Pair(ids[0], ids[1], kind, 0.9, laid)], PAIRS_VERSION)
    (group,) = find_groups(builder.library, ["moment" if kind == "scene" else kind])  # type: ignore[list-item]
    assert names([group.keep]) == ["a.jpg"] or facts
    # Nothing was measured that would tell the original of one picture: the user has chosen the
    # one shown first.
    return group.with_keeper(group.keep.file_id) if group.doubt else group


@pytest.mark.parametrize("kind", ["pixels", "picture"])
@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (holding(), holding(FILM), "not all of its contents (video inside) are in the kept file"),
        (holding(PAGE), holding(FILM), "video inside"),
        (holding(FILM), holding(FILM, PAGE), "(2 pages, video inside)"),
        (holding(FILM, complete=False), holding(complete=False), "not all of it can be read"),
        (None, holding(FILM), "the contents of the kept file besides the picture are not known"),
        (holding(FILM), None, "until it has been read again"),
        (holding(FILM), "{broken", "until it has been read again"),
        (None, None, "until it has been read again"),
    ],
)  # fmt: skip
def test_a_file_with_contents_that_the_keeper_lacks_is_kept(
    builder: LibraryBuilder, kind: store.PairKind, one: str | None, other: str | None, words: str
) -> None:
    group = held(builder, one, other, kind)
    assert words in group.reason_to_keep(group.others[0]) and group.reclaimable == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (holding(), holding()),
        (holding(FILM), holding()),
        (holding(PAGE, FILM), holding(FILM)),
        (None, holding()),
    ],
)
def test_a_file_whose_contents_the_keeper_has_may_be_removed(
    builder: LibraryBuilder, one: str | None, other: str
) -> None:
    group = held(builder, one, other)
    assert not group.reason_to_keep(group.others[0]) and group.reclaimable == 1000


def test_a_keeper_chosen_by_the_user_must_have_the_contents_too(builder: LibraryBuilder) -> None:
    group = held(builder, holding(FILM), holding())
    chosen = group.with_keeper(group.others[0].file_id)
    assert "video inside" in chosen.reason_to_keep(chosen.others[0]) and chosen.reclaimable == 0
    assert chosen.keep.holds == () and chosen.others[0].holds == ("video inside",)


def test_identical_files_have_identical_contents_even_if_unread(builder: LibraryBuilder) -> None:
    for name in "ab":
        builder.put(f"{name}.jpg", 1, contents=None)
    (group,) = find_groups(builder.library)
    assert (
        group.tier == "identical"
        and not group.reason_to_keep(group.others[0])
        and group.reclaimable == 1000
    )


def test_the_file_with_more_contents_is_kept_of_two_with_one_size(builder: LibraryBuilder) -> None:
    group = held(builder, holding(PAGE), holding(FILM, PAGE), "pixels", width=400, height=400)
    assert (
        names([group.keep]) == ["b.jpg"]
        and group.keep_because == "it contains more: 2 pages, video inside"
    )
    assert not group.reason_to_keep(group.others[0])


def test_contents_of_different_shots_are_shown_but_do_not_prevent_removal(
    builder: LibraryBuilder,
) -> None:
    group = held(builder, holding(), holding(FILM), "scene")
    assert not group.reason_to_keep(group.others[0]) and group.others[0].holds == ("video inside",)
    unknown = find_groups(builder.library, ["moment"])[0].others[0]
    assert unknown.contents == FileContents((FILM,))
    assert "not been read again" in replace(unknown, contents=None).holds[0]


def test_a_film_beside_the_file_counts_like_contents_inside_it(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    beside(builder, tmp_path, "b.mov")
    group = held(builder, holding(), holding())
    assert "its video b.mov" in group.reason_to_keep(group.others[0])
