"""From findings to removals: what goes if the photos and files of some findings go for their own
sake."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from explorer.anomalies.findings import Finding
from explorer.library.catalog import Catalog
from explorer.removal import file_state
from explorer.removal.companions import CompanionFinder
from explorer.removal.results import Removal


class FindingRemovals(NamedTuple):
    """removals: one for each file. left: files that cannot go, each with the reason in plain words."""

    removals: list[Removal]
    skipped: list[tuple[str, str]]


def removals_of_findings(catalog: Catalog, findings: Iterable[Finding]) -> FindingRemovals:
    """What goes if these go.

    A photo goes with every file that holds it, and none is kept for it. Where only a file's name is
    wrong, that file goes alone, and another of the same content is kept for it where there is one.
    A file that could not be read is read here for its hash, so that it is this very content that
    goes and no other. `remove` checks all of it again.
    """
    beside = CompanionFinder()
    found, left, named = dict[str, Removal](), list[tuple[str, str]](), dict[str, Finding]()
    whole = dict[int, Finding]()
    for finding in findings:
        if finding.id is None:
            try:
                size = os.stat(finding.path).st_size
                found[finding.path] = Removal(
                    finding.path,
                    file_state.file_hash(finding.path),
                    bytes=size,
                    tier=finding.kind,
                    why=finding.detail,
                )
            except OSError as error:
                left.append((finding.path, _unread(error)))
        elif finding.kind == "extension":
            named[finding.path] = finding
        else:
            whole.setdefault(finding.id, finding)
    photos = catalog.photos(
        {*whole, *(finding.id for finding in named.values() if finding.id is not None)}
    )
    for photo_id, finding in whole.items():
        for file in catalog.files_of(photo_id) if photo_id in photos else ():
            if file["state"] == "present":
                found[file["path"]] = Removal(
                    file["path"], photos[photo_id]["hash"], bytes=file["size"], tier=finding.kind,
                    why=finding.detail,
                    companions=beside.of(file["path"]).own,
                )  # fmt: skip
    for path, finding in named.items():
        if path in found or finding.id not in photos:
            continue
        digest = photos[finding.id]["hash"]
        files = {
            file["path"]: file
            for file in catalog.files_of(finding.id)
            if file["state"] == "present"
        }
        # None is kept that goes itself.
        keeper = next((other for other in files if other not in named and other not in found), None)
        if path in files:
            found[path] = Removal(
                path, digest, keeper, digest if keeper else None, files[path]["size"], finding.kind,
                finding.detail, beside.of(path).own
            )  # fmt: skip
    return FindingRemovals(list(found.values()), left)


def _unread(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there any more"
    return f"its content cannot be read to make sure of it ({error.strerror or error})"
