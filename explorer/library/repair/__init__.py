"""Checks of the catalog, and recovery of a damaged one."""
