"""Check that every photo has a preview, and that no preview is left without its photo."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.indexing import crash_cleanup
from explorer.indexing.verification.verify_report import Inconsistency, VerifyRun
from explorer.library.library import Library
from explorer.library.repair import integrity
from explorer.photos.decode import content_hash, read_file


def check_previews(run: VerifyRun) -> Iterator[Inconsistency]:
    run.progress("Checking the previews…")
    library = run.library
    with DecodePool(1, None) as pool:
        for digest, photo_id in integrity.photo_ids_by_hash(library.catalog).items():
            if library.previews.sound(digest) and (
                not run.thorough or _decodes(library, pool, digest)
            ):
                continue
            # The photo may have been purged a moment ago.
            if library.catalog.photo_id(bytes.fromhex(digest)) == photo_id:
                mended = run.repairs and _recreate(library, pool, photo_id, digest)
                yield Inconsistency("preview", f"Photo {photo_id} has no intact preview.", mended)
    yield from _check_leftovers(run)


def _check_leftovers(run: VerifyRun) -> Iterator[Inconsistency]:
    """Report leftover files. They are a fault only if no run was interrupted."""
    left = list(crash_cleanup.leftovers(run.library))
    expected = crash_cleanup.was_interrupted(run.library)
    if left and run.repairs:
        crash_cleanup.remove_leftovers(run.library)
    if left and expected and not run.repairs:
        run.report.notes.append(
            f"{len(left):,} files are left over from an interrupted run; the next run removes them"
        )
    elif left:
        for path in left:
            text = f"{path.name} belongs to no known photo."
            yield Inconsistency("preview", text, run.repairs)


def _decodes(library: Library, pool: DecodePool, digest: str) -> bool:
    try:
        data = library.previews.path(digest).read_bytes()
        return pool.decode_bytes(data).damaged is None
    except (OSError, PhotoError):
        return False


def _recreate(library: Library, pool: DecodePool, photo_id: int, digest: str) -> bool:
    """Create a preview from one of the photo's files; False if none of them can be read."""
    for file in library.catalog.files_of(photo_id):
        try:
            data = read_file(file["path"])
            if content_hash(data).hex() == digest:
                library.previews.write(digest, pool.decode_bytes(data).preview)
                return True
        except PhotoError:
            continue
    return False
