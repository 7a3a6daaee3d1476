"""Words that link dates in a phrase, as regular expressions for text in lower case."""

from __future__ import annotations

TO = r"(?: ?[-–—] ?| to | until | till | through )"
"""Between the ends of a range."""
OR = r"(?:,? or |,? and | & |/)"
"""Between alternatives."""
TAKEN = "(?:taken|shot|made|photographed)"
"""Before a date."""
