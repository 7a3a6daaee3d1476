"""The tables of the catalog, one module each."""
