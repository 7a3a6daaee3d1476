"""The journal of removals, and how the catalog follows it."""
