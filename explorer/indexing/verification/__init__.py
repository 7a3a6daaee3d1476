"""The checks of `verify`, one module for each part of a library."""
