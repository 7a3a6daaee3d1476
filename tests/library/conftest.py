from __future__ import annotations

from tests.library.wreck import made, path

__all__ = ["made", "path"]
