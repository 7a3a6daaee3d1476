"""Files that another program has rewritten with the same picture: what the user set for the former
content is carried over to the new one.

A program that writes a date, a place or keywords into a file changes its bytes, and so the content
hash that edits, albums and decisions refer to.
"""

from __future__ import annotations

from explorer.library.edits import replaced_contents
from explorer.library.edits.edit_history import continue_edit, end_edit
from explorer.library.previews import PreviewStore
from explorer.library.writer import Writer
from explorer.matching.rewritten_picture import is_same_picture_rewritten

_SUMMARY = "Edits kept for files that another program changed"


class RewrittenFiles:
    """The rewritten files of one run. Call its methods inside a transaction of the writer."""

    def __init__(
        self, writer: Writer, previews: PreviewStore, replaced: dict[bytes, list[bytes]]
    ) -> None:
        """replaced: for each content that still has another file, the contents that have replaced
        it so far, also in earlier runs; updated."""
        self._db, self._previews, self._replaced = writer.connection, previews, replaced
        self._edit: int | None = None

    def content_of(self, photo_id: int | None) -> bytes | None:
        """The content hash of a photo; None if there is no such photo."""
        return replaced_contents.content_of(self._db, photo_id)

    def note_replaced(self, before: bytes, after: bytes) -> None:
        """Note that a file that had the content `before` now has `after`.

        If both are the same picture, what the user set for the former content is carried over, once
        no file has it any longer. A different picture under the same name gets nothing.
        """
        if (
            before == after
            or not replaced_contents.is_set_by_user(self._db, before)
            or not self._is_same_picture(before, after)
        ):
            return
        self._replaced.setdefault(before, []).append(after)
        if replaced_contents.present_paths(self._db, before):
            return
        begun = self._edit is None
        self._edit = continue_edit(self._db, self._edit, _SUMMARY)
        carried = [
            replaced_contents.carry_all(self._db, self._edit, before, each)
            for each in self._replaced.pop(before)
        ]
        # Looking at the whole edit for each of many thousand files would take hours.
        if begun and not any(carried) and end_edit(self._db, self._edit) is None:
            self._edit = None

    def _is_same_picture(self, before: bytes, after: bytes) -> bool:
        """Whether two contents show one picture, by their sizes and previews: the former file's
        pixels are gone, and perceptual hashes do not distinguish shots of one scene."""
        shape = replaced_contents.shape_of(self._db, before)
        if shape is None or shape != replaced_contents.shape_of(self._db, after):
            return False
        try:
            one, other = (
                self._previews.path(digest.hex()).read_bytes() for digest in (before, after)
            )
        except OSError:
            return False
        return is_same_picture_rewritten(one, other)
