from __future__ import annotations

from tests.library.filled_catalog import made, path

__all__ = ["made", "path"]
