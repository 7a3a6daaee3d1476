"""The watched folders, called roots: table `root`. Reads that pages need are in `Catalog`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence

from explorer.errors import FolderError
from explorer.library.paths import as_on_disk, below, from_text, to_text
from explorer.library.stores.photo_store import purge_orphans, update_file_counts
from explorer.library.stores.photo_text_store import update_texts
from explorer.library.system_folders import is_photo_package, is_skipped
from explorer.library.writer import Writer
from explorer.systems import file_calls


def add_root(writer: Writer, path: str, real: Callable[[str], str] = os.path.realpath) -> int:
    """Watch this absolute folder; returns the id of the root that covers it.

    A folder inside a root is covered already. Roots inside the new folder are merged into it, with
    their files, sidecars, exclusion globs and mount points. A folder that is excluded by default in
    the root that covers it is included by a glob, because the user has asked for it. real: as in
    `paths.below`. Raises FolderError if the folder is absent or cannot be listed.
    """
    check_folder(path)
    path = as_on_disk(path)
    db = writer.connection
    roots = [(int(i), from_text(text)) for i, text in db.execute("select id, path from root")]
    for root_id, known in roots:
        covered = below(path, known, real)
        if covered is not None:
            _add_exclude_globs(writer, root_id, _including_globs(known, covered))
            return root_id
    with writer.transaction():
        (new,) = db.execute(
            "insert into root (path, added_at) values (?, ?) returning id",
            (to_text(path), time.time()),
        ).fetchone()
        for root_id, known in roots:
            prefix = below(known, path, real)
            if prefix:
                for table in ("file", "sidecar"):
                    db.execute(
                        f"update {table} set root_id = ?, path = ? || '/' || path,"
                        " folder = rtrim(? || '/' || folder, '/') where root_id = ?",
                        (new, prefix, prefix, root_id),
                    )
                merged = [prefixed_glob(glob, prefix) for glob in _exclude_globs(writer, root_id)]
                _add_exclude_globs(writer, new, [*_including_globs(path, prefix), *merged])
                _merge_mounts(writer, new, root_id, prefix, _device(path))
                db.execute("delete from root where id = ?", (root_id,))
        # Their folders are now named from the new root on.
        update_texts(writer, photos_of_root(writer, new))
    return int(new)


def photos_of_root(writer: Writer, root_id: int) -> list[int]:
    """The ids of the photos that a root holds or held."""
    rows = writer.connection.execute(
        "select distinct photo_id from file where root_id = ? and photo_id > 0", (root_id,)
    )
    return [photo_id for (photo_id,) in rows]


def _exclude_globs(writer: Writer, root_id: int) -> list[str]:
    (stored,) = writer.connection.execute(
        "select exclude from root where id = ?", (root_id,)
    ).fetchone()
    return list(json.loads(stored))


def _add_exclude_globs(writer: Writer, root_id: int, more: Iterable[str]) -> None:
    """Add globs to those of a root, after the others, so that they take precedence."""
    own = _exclude_globs(writer, root_id)
    if new := [glob for glob in more if glob not in own]:
        set_exclude_globs(writer, root_id, [*own, *new])


def _including_globs(root: str, prefix: str) -> list[str]:
    """Globs that include a folder of a root although it, or a folder around it, is excluded by
    default. root: absolute. prefix: the folder's path in it, as catalog text."""
    names = prefix.split("/") if prefix else []
    package = [name for name in (os.path.basename(root),) if is_photo_package(name)]
    return [
        f"!/{_literal('/'.join(names[:end]))}/"
        for end in range(1, len(names) + 1)
        if is_skipped([*package, *names[:end]])
    ]


def _merge_mounts(writer: Writer, new: int, old: int, prefix: str, device: str | None) -> None:
    """A root whose drive is disconnected, or is not the one of the root that it is merged into, is
    a mount point there, and so are its own. Otherwise its files would count as deleted while its
    drive is away. device: of the new root."""
    db = writer.connection
    read = "select state, device, mounts from root where id = ?"
    state, was, inner = db.execute(read, (old,)).fetchone()
    mounts = set(json.loads(db.execute(read, (new,)).fetchone()[2]))
    mounts |= {f"{prefix}/{mount}" for mount in json.loads(inner)}
    if state == "offline" or was not in (None, device):
        mounts.add(prefix)
    update_root(writer, new, mounts=mounts)


def _device(folder: str) -> str | None:
    """The device number of the file system that a folder is on; None if the folder is gone."""
    try:
        return str(file_calls.stat(folder).st_dev)
    except OSError:
        return None


def remove_root(writer: Writer, path: str) -> None:
    """Forget a root and the photos that are in no other root, at once even during a run: perhaps no
    other run follows that would delete them. No photo file is touched."""
    db = writer.connection
    with writer.transaction():
        row = db.execute("select id from root where path = ?", (to_text(path),)).fetchone()
        if row is None:
            return
        photos = photos_of_root(writer, row[0])
        db.execute("delete from root where id = ?", row)
        update_file_counts(writer, photos)
        purge_orphans(writer)


def update_root(
    writer: Writer,
    root_id: int,
    *,
    state: str | None = None,
    watching: str | None = None,
    scanned: bool = False,
    problem: str | None = None,
    device: str | None = None,
    mounts: Iterable[str] | None = None,
) -> None:
    """Record the state of a root; values that are not given stay unchanged.

    state: `online` or `offline`. watching: how changes are noticed, in words. scanned: a scan has
    just ended. problem: what could not be read, in words; '' clears it. device: the file system.
    mounts: folders in the root that are mount points.
    """
    writer.connection.execute(
        "update root set state = coalesce(?, state), watching = coalesce(?, watching),"
        " scanned_at = coalesce(?, scanned_at), problem = nullif(coalesce(?, problem), ''),"
        " device = coalesce(?, device), mounts = coalesce(?, mounts) where id = ?",
        (
            state, watching, time.time() if scanned else None, problem, device,
            None if mounts is None else json.dumps(sorted(mounts)), root_id,
        ),
    )  # fmt: skip


def set_exclude_globs(writer: Writer, root_id: int, globs: Sequence[str]) -> None:
    """Set which files of a root are excluded, from its next scan on."""
    writer.connection.execute(
        "update root set exclude = ? where id = ?", (json.dumps(list(globs)), root_id)
    )


def prefixed_glob(glob: str, prefix: str) -> str:
    """Rewrite a glob of a folder for an ancestor folder. prefix: the folder's path in it."""
    if not prefix:
        return glob
    negated, bare = glob.startswith("!"), glob.removeprefix("!")
    anchored = "/" in bare.rstrip("/")
    folder = _literal(prefix)
    return ("!" if negated else "") + (
        f"/{folder}/{bare.lstrip('/')}" if anchored else f"/{folder}/**/{bare}"
    )


def _literal(path: str) -> str:
    """A path as a glob that matches nothing else."""
    return "".join("\\" + c if c in "*?[]\\!# " else c for c in path)


def check_folder(path: str) -> None:
    """Raise FolderError, with a sentence for the user, if a folder cannot be watched."""
    shown = to_text(path)
    if not os.path.isabs(path):
        raise FolderError(f"The folder {shown} must be given as a full path.")
    if not file_calls.exists(path):
        raise FolderError(
            f"The folder {shown} does not exist: check its spelling, or connect its drive."
        )
    if not file_calls.isdir(path):
        raise FolderError(f"{shown} is a file, not a folder: give the folder that holds it.")
    try:
        with file_calls.scandir(path):
            pass
    except OSError as error:
        raise FolderError(
            f"The folder {shown} cannot be read ({error.strerror or error}): check its permissions."
        ) from error
