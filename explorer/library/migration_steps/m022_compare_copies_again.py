"""Compare photos that have copies again: the hash of pixels now includes what a conversion to sRGB
loses, and flat pictures, such as documents, are compared at full size."""

from __future__ import annotations

SQL = """
-- All other results stay: they do not depend on either. A photo without a row in `sketch` is compared with all others.
delete from pixels;
delete from sketch where photo_id in (
  select a from pair where kind in ('pixels', 'picture') union select b from pair where kind in ('pixels', 'picture'));
delete from pair where kind in ('pixels', 'picture');
delete from stage where name = 'pairs';
"""
