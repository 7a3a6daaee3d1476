"""Files in folders that systems and other programs keep for themselves: nothing is decided about
them."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.errors import UsageError
from explorer.library.queries import duplicate_rows
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.removal.remove import remove
from tests.factory import LibraryBuilder
from tests.fixtures.small_library import SmallLibrary


def names(items: object) -> list[str]:
    return [Path(item.path).name for item in items]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "folder",
    [
        "$Recycle.Bin/S-1-5",
        "@Recently-Snapshot/GMT+01",
        "X.photoslibrary/originals",
        "album/@eaDir",
    ],
)
def test_a_copy_in_a_system_folder_is_in_no_group(builder: LibraryBuilder, folder: str) -> None:
    builder.put(f"{folder}/a.jpg", 1)
    builder.put("Photos/b (1).jpg", 1)
    assert find_groups(builder.library) == []
    builder.put("Photos/c.jpg", 1)
    (group,) = find_groups(builder.library)
    assert sorted(names(group.all)) == ["b (1).jpg", "c.jpg"]


def test_a_photo_only_in_a_system_folder_is_never_the_keeper(builder: LibraryBuilder) -> None:
    best = builder.put("#recycle/best.jpg", 1, width=4000, height=3000)
    mine = builder.put("mine.jpg", 2, width=2000, height=1500)
    store.put_pairs(
        builder.writer, [Pair(min(best, mine), max(best, mine), "picture", 0.99, {})], PAIRS_VERSION
    )
    assert find_groups(builder.library) == []
    builder.put("again.jpg", 1)
    (group,) = find_groups(builder.library)
    assert names([group.keep]) == ["again.jpg"] and names(group.others) == ["mine.jpg"]
    # For comparing pictures, it is as good as any.
    assert [
        row.path.endswith("best.jpg")
        for row in duplicate_rows.duplicate_rows(builder.library.catalog, [best], all_folders=True)
    ] == [True, False]
    assert len(duplicate_rows.duplicate_rows(builder.library.catalog, [best])) == 1


def test_a_plan_can_neither_remove_nor_keep_files_in_system_folders(
    small_library: SmallLibrary,
) -> None:
    for path in ("#recycle/a.jpg", "b.jpg", "Lib.aplibrary/c.jpg"):
        small_library.add_photo(path, "same")
    before = small_library.tree()
    outcome = remove(small_library.library, [small_library.removal("#recycle/a.jpg", "b.jpg")])
    assert (
        outcome.results[0].state == "refused"
        and outcome.results[0].reason == "it is in “#recycle”, which is a bin"
    )
    outcome = remove(small_library.library, [small_library.removal("b.jpg", "Lib.aplibrary/c.jpg")])
    assert outcome.results[0].state == "refused"
    assert (
        outcome.results[0].reason
        == "the photo to keep is in “Lib.aplibrary”, which is another program's own store"
    )
    assert small_library.tree() == before


def test_a_link_into_a_bin_does_not_bypass_the_check(small_library: SmallLibrary) -> None:
    small_library.add_photo("#recycle/in/a.jpg", "same")
    small_library.add_photo("b.jpg", "same")
    (small_library.photos / "album").symlink_to(small_library.photos / "#recycle" / "in")
    small_library.index("album/a.jpg")
    before = small_library.tree()
    (result,) = remove(
        small_library.library, [small_library.removal("album/a.jpg", "b.jpg")]
    ).results
    assert result.state == "refused" and "“#recycle”" in result.reason
    (result,) = remove(
        small_library.library, [small_library.removal("b.jpg", "album/a.jpg")]
    ).results
    assert result.state == "refused" and "“#recycle”" in result.reason
    assert small_library.tree() == before


def test_a_bin_cannot_be_the_destination(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "same")
    small_library.add_photo("b.jpg", "same")
    (small_library.base / "@Recycle").mkdir()
    (small_library.base / "way").symlink_to(small_library.base / "@Recycle")
    for to in (
        small_library.base / "@Recycle",
        small_library.base / "@Recycle" / "x",
        small_library.base / "way",
    ):
        with pytest.raises(
            UsageError, match="“@Recycle”, which is a bin, where files may be deleted"
        ):
            remove(small_library.library, [small_library.removal("a.jpg", "b.jpg")], to=str(to))
    assert (small_library.photos / "a.jpg").exists()
