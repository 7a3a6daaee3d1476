"""The abstract syntax tree of a query: terms that rank photos, and the condition that they must
meet.

`parse_query.parse` makes a tree from text, `print_query.print_query` makes text from a tree, and
parsing that text gives the same tree again. A tree is immutable and hashable, so that it can be a
cache key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparison = Literal["=", "==", "<", "<=", ">", ">="]
"""`=`: what a value alone means. `==`: the whole text; only for text fields, where it is typed as
`=`."""
Combination = Literal["mean", "any", "all"]


@dataclass(frozen=True)
class PhraseTerm:
    """Words to compare photos with by meaning: `two dogs`, `2:snow`, `-people`."""

    text: str
    weight: float = 1.0
    """Negative if the phrase is subtracted."""
    literal: bool = False
    """Whether to compare these words by meaning even if the catalog could answer them, as in
    `1:dark`. True only if the weight is 1 or -1."""


@dataclass(frozen=True)
class PhotoTerm:
    """Photos of the library to search by: `photo:12`, `photo:12|15` (any), `photo:12&15` (all),
    `photo:12,15` (their mean)."""

    ids: tuple[int, ...]
    combination: Combination = "mean"
    weight: float = 1.0


@dataclass(frozen=True)
class FileTerm:
    """A photo file to search by: `./beach.jpg`."""

    path: str
    weight: float = 1.0


@dataclass(frozen=True)
class ConceptTerm:
    """A concept of the user's to search by: `2:concept:grandma`. Always with a weight: without one,
    `concept:grandma` is a `FieldTest`."""

    name: str
    weight: float = 1.0


SimpleTerm = PhraseTerm | PhotoTerm | FileTerm | ConceptTerm


@dataclass(frozen=True)
class AlternativeTerms:
    """Terms of which only the best counts: `(dog OR cat)`."""

    terms: tuple[SimpleTerm, ...]
    weight: float = 1.0


RankingTerm = SimpleTerm | AlternativeTerms


@dataclass(frozen=True)
class WordsTest:
    """Words that must occur in a photo's name or texts: `"actransit"`."""

    text: str


@dataclass(frozen=True)
class FieldValue:
    """A value that a field is compared with, as typed: `>800`, `2019-06`, `100..200`."""

    text: str
    comparison: Comparison = "="


@dataclass(frozen=True)
class FieldTest:
    """A field that must have one of these values: `iso:>800`, `format:png|gif`."""

    field: str
    """A name in `query_fields.FIELDS`."""
    values: tuple[FieldValue, ...]
    words: str = ""
    """The plain words that it was interpreted from, such as `black and white`; empty if it was
    typed as a field. Printed instead of the field."""


@dataclass(frozen=True)
class NotTest:
    """A test that must fail: `-folder:work`."""

    test: Condition


@dataclass(frozen=True)
class AllTests:
    """Tests that must all pass. At least two."""

    tests: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyTest:
    """Tests of which at least one must pass: `(camera:canon OR iso:>800)`. At least two."""

    tests: tuple[Condition, ...]


Condition = WordsTest | FieldTest | NotTest | AllTests | AnyTest


@dataclass(frozen=True)
class QueryTree:
    """A whole query. False if it is empty."""

    terms: tuple[RankingTerm, ...] = ()
    condition: Condition | None = None

    def __bool__(self) -> bool:
        return bool(self.terms) or self.condition is not None
