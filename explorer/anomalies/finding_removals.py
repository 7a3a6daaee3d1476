"""The files to remove for findings that the user chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from explorer.anomalies.findings import Finding
from explorer.library.catalog import Catalog
from explorer.removal import file_state
from explorer.removal.companions import CompanionFinder
from explorer.removal.results import Removal
from explorer.systems import file_calls


class FindingRemovals(NamedTuple):
    """Removals, and files that cannot be removed."""

    removals: list[Removal]
    """One for each file."""
    skipped: list[tuple[str, str]]
    """Path, and the reason in plain words."""


def removals_of_findings(catalog: Catalog, findings: Iterable[Finding]) -> FindingRemovals:
    """Removals for these findings; `remove` checks all of them again.

    A photo is removed with every file that contains it, without a keeper. If only a file's
    extension is wrong, that file alone is removed, and another file of the same content is its
    keeper if there is one. A file that could not be decoded is hashed here, so that only this
    content is removed.
    """
    unreadable, wrong_names = list[Finding](), dict[str, Finding]()
    photos = dict[int, Finding]()
    for finding in findings:
        if finding.id is None:
            unreadable.append(finding)
        elif finding.kind == "extension":
            wrong_names[finding.path] = finding
        else:
            photos.setdefault(finding.id, finding)
    removals, skipped = _of_unreadable(unreadable)
    companions = CompanionFinder()
    removals |= _of_photos(catalog, photos, companions)
    # A file that is removed itself cannot be the keeper of another.
    gone = removals.keys() | wrong_names.keys()
    for path, finding in wrong_names.items():
        if path not in removals:
            removal = _of_wrong_name(catalog, path, finding, gone, companions)
            if removal is not None:
                removals[path] = removal
    return FindingRemovals(list(removals.values()), skipped)


def _of_unreadable(findings: Iterable[Finding]) -> tuple[dict[str, Removal], list[tuple[str, str]]]:
    """Removals by path, and files whose content cannot be hashed, with the reason."""
    removals, skipped = dict[str, Removal](), list[tuple[str, str]]()
    for finding in findings:
        try:
            size = file_calls.stat(finding.path).st_size
            digest = file_state.file_hash(finding.path)
        except FileNotFoundError:
            skipped.append((finding.path, "it no longer exists"))
        except OSError as error:
            why = f"its content cannot be read to verify it ({error.strerror or error})"
            skipped.append((finding.path, why))
        else:
            removals[finding.path] = Removal(
                finding.path, digest, bytes=size, tier=finding.kind, why=finding.detail
            )
    return removals, skipped


def _of_photos(
    catalog: Catalog, findings: Mapping[int, Finding], companions: CompanionFinder
) -> dict[str, Removal]:
    """A removal of every present file of these photos, by path."""
    removals = dict[str, Removal]()
    photos = catalog.photos(findings.keys())
    for photo_id, finding in findings.items():
        for path, size in _present_files(catalog, photo_id).items() if photo_id in photos else ():
            removals[path] = Removal(
                path,
                photos[photo_id]["hash"],
                bytes=size,
                tier=finding.kind,
                why=finding.detail,
                companions=companions.of(path).own,
            )
    return removals


def _of_wrong_name(
    catalog: Catalog, path: str, finding: Finding, gone: Iterable[str], companions: CompanionFinder
) -> Removal | None:
    """The removal of one file with a wrong extension; None if the library no longer has it. gone:
    paths that are removed as well."""
    if finding.id is None:
        return None
    photos, files = catalog.photos([finding.id]), _present_files(catalog, finding.id)
    if finding.id not in photos or path not in files:
        return None
    digest = photos[finding.id]["hash"]
    keeper = next((other for other in files if other not in gone), None)
    return Removal(
        path,
        digest,
        keeper=keeper,
        keeper_hash=digest if keeper else None,
        bytes=files[path],
        tier=finding.kind,
        why=finding.detail,
        companions=companions.of(path).own,
    )


def _present_files(catalog: Catalog, photo_id: int) -> dict[str, int]:
    """Size by path of a photo's files that are present."""
    files = catalog.files_of(photo_id)
    return {file["path"]: file["size"] for file in files if file["state"] == "present"}
