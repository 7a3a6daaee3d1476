"""From the terms of a query to ranked photos."""
