from __future__ import annotations

from tests.library.filled_catalog import made, path
from tests.library.two_folders import other

__all__ = ["made", "other", "path"]
