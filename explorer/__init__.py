"""Photo Explorer: find, tidy and understand your own photos, on your own machine."""

__version__ = "0.1.0"
