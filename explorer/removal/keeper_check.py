"""Check the keeper of a file that is to be removed: that the keeper exists, is another file, and
was verified to be a copy of that photo."""

from __future__ import annotations

import os
from collections.abc import Set as AbstractSet

from explorer.library.catalog import Catalog
from explorer.library.file_lookup import find_photo_file
from explorer.library.paths import printable
from explorer.library.queries import duplicate_rows
from explorer.library.stores.pair_store import PAIRS_VERSION, PairKind, compared_kind
from explorer.photos.containers.contents import reason_to_keep
from explorer.photos.readers.raw_format import RAW_FORMATS
from explorer.photos.stacks import is_named_after, is_one_stack
from explorer.removal import file_state
from explorer.removal.checked_files import CheckedFile, KeptFile, RemovalRefused, unreadable_reason
from explorer.removal.companions import companions_of
from explorer.removal.file_identity import same_directory_entry
from explorer.removal.file_state import file_stamp
from explorer.removal.removal_paths import (
    require_normalized,
    require_outside_stores,
    resolve_folder,
)
from explorer.removal.results import Removal
from explorer.systems import file_calls

# In these tiers the user marks other shots one by one, and the removed photo is not a copy of the
# keeper.
OTHER_SHOTS = ("moment", "lookalike")
# The kinds of pair that allow one photo to be removed as a copy of the other, by tier.
_VERIFIED: dict[str, tuple[PairKind, ...]] = {"identical": (), "pixels": ("pixels",)}
_SAME_PICTURE: tuple[PairKind, ...] = ("pixels", "picture")

_KEEPER = "the photo to keep"


def root_in_catalog(catalog: Catalog, path: str, digest: str, what: str) -> str:
    """The watched folder of a photo that the library knows by this path and content hash (hex).
    what: names the file in the message of RemovalRefused, which is raised if there is no such
    photo.
    """
    known = find_photo_file(catalog, path) if os.path.isabs(path) else None
    if known is None:
        raise RemovalRefused(f"{what} is not in the library")
    if known.hash != digest:
        raise RemovalRefused(f"{what} has changed since the plan was made")
    return known.root


def check_keeper(
    catalog: Catalog, removal: Removal, keeper: str, removed_paths: AbstractSet[str]
) -> KeptFile:
    """Read the file that is kept for a removal, and check that the removed one is its copy.

    keeper: its path. removed_paths: all files that the plan removes, with their folders resolved.
    Raises RemovalRefused.
    """
    digest = removal.keeper_hash or removal.hash
    require_normalized(keeper, _KEEPER)
    if resolve_folder(keeper) in removed_paths:
        raise RemovalRefused(f"{_KEEPER} is to be removed as well")
    try:
        if not file_state.is_regular_file(keeper):
            raise RemovalRefused(f"{_KEEPER} is only a link, or not a file")
        if same_directory_entry(removal.path, keeper):
            raise RemovalRefused(f"{_KEEPER} is this same file, under another path")
        require_outside_stores(keeper, _KEEPER)
        root_in_catalog(catalog, keeper, digest, _KEEPER)
        if digest != removal.hash:
            _require_verified(catalog, removal, digest)
        stamp = file_stamp(keeper)
        if file_state.file_hash(keeper) != digest or file_stamp(keeper) != stamp:
            raise RemovalRefused(f"{_KEEPER} has changed since the library last read it")
    except OSError as error:
        raise RemovalRefused(unreadable_reason(_KEEPER, error)) from error
    return KeptFile(keeper, digest, stamp)


def _require_verified(catalog: Catalog, removal: Removal, keeper_hash: str) -> None:
    """Raise RemovalRefused unless the two photos were compared with the result that the tier
    requires, and the keeper has all further contents (pages, a video) of the removed one."""
    if RAW_FORMATS & duplicate_rows.formats_of(catalog, [removal.hash, keeper_hash]):
        raise RemovalRefused(
            f"it or {_KEEPER} is a RAW file, and a RAW file is a copy only of an identical file"
        )
    if removal.tier in OTHER_SHOTS:
        return
    found = compared_kind(catalog, removal.hash, keeper_hash, PAIRS_VERSION)
    if found not in _VERIFIED.get(removal.tier, _SAME_PICTURE):
        raise RemovalRefused(
            f"it was not compared with {_KEEPER}, so it is not known whether they show one picture"
        )
    # The catalog describes exactly these bytes, because both hashes are checked at this moment.
    if reason := reason_to_keep(
        duplicate_rows.contents_of(catalog, removal.hash),
        duplicate_rows.contents_of(catalog, keeper_hash),
    ):
        raise RemovalRefused(reason)


def refuse_stack(catalog: Catalog, removal: Removal, keeper: str) -> None:
    """Raise RemovalRefused if the removal would separate an original from its edit, or remove an
    edit for a copy of the original in another folder."""
    if removal.keeper_hash in (None, removal.hash):
        return
    found = compared_kind(catalog, removal.hash, removal.keeper_hash, PAIRS_VERSION)
    if found == "pixels":
        tier = "pixels"
    else:
        tier = removal.tier if removal.tier in OTHER_SHOTS else "picture"
    if is_one_stack(removal.path, keeper, tier):
        raise RemovalRefused(f"by their names, it and {_KEEPER} are versions of one photo")
    if tier == "picture":
        _refuse_version(catalog, removal)


def _refuse_version(catalog: Catalog, removal: Removal) -> None:
    """Raise RemovalRefused if the photo is named after another in its folder that shows the same
    picture."""
    folder, name = os.path.split(removal.path)
    try:
        names = file_calls.listdir(folder)
    except OSError as error:
        raise RemovalRefused(unreadable_reason("its folder", error)) from error
    for each in filter(lambda other: is_named_after(name, other), names):
        original = find_photo_file(catalog, os.path.join(folder, each))
        if (
            original is not None
            and compared_kind(catalog, removal.hash, original.hash, PAIRS_VERSION) == "picture"
        ):
            raise RemovalRefused(f"by its name it is a version of {printable(each)}")


def check_same_video(keeper: str, video: CheckedFile, name: str) -> KeptFile:
    """The video beside the keeper with the same content as a video that is to be removed.

    name: names the video in the message of RemovalRefused, which is raised if there is none. Raises
    OSError.
    """
    videos = [each for each in companions_of(keeper).videos if not each.link]
    for each in videos:
        if each.bytes != video.stamp.size or same_directory_entry(each.path, video.path):
            continue
        stamp = file_stamp(each.path)
        if file_state.file_hash(each.path) == video.hash and file_stamp(each.path) == stamp:
            return KeptFile(each.path, video.hash, stamp)
    raise RemovalRefused(
        f"there is no second copy of {name}: {_KEEPER} has {'another video' if videos else 'none'}"
    )


def has_same_sidecar(keeper: str, sidecar: CheckedFile) -> bool:
    """Whether there is a file beside the keeper with the same content as a sidecar that is to be
    removed. Raises OSError."""
    found = companions_of(keeper)
    return any(
        each.kind == "sidecar"
        and not each.link
        and each.bytes == sidecar.stamp.size
        and not same_directory_entry(each.path, sidecar.path)
        and file_state.file_hash(each.path) == sidecar.hash
        for each in (*found.own, *found.shared)
    )
