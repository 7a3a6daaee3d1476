"""Reading a file's bytes, once."""

from __future__ import annotations

import os

from explorer.errors import PhotoError
from explorer.photos.limits import check_size


def read_file(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a file. Raises PhotoError, with a reason in plain words, where it cannot be read."""
    return read_with_facts(path)[0]


def read_with_facts(path: str | os.PathLike[str]) -> tuple[bytes, os.stat_result]:
    """All bytes of a file, and its size and times as they were after the last byte was read. Raises as `read_file`."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  names that are no UTF-8 pass here as they are
            check_size(os.fstat(file.fileno()).st_size)
            data = file.read()
            return data, os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError):
        raise PhotoError("the file is not there any more") from None
    except IsADirectoryError:
        raise PhotoError("it is a folder, not a file") from None
    except PermissionError:
        raise PhotoError("you are not allowed to read this file: check its permissions") from None
    except OSError as error:
        raise PhotoError(f"the file could not be read from its drive ({error.strerror or error})") from error
