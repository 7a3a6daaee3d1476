"""Catalogs that are damaged by chance, in every way that drives and people have: what is left is
always sound in itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.library.repair import integrity
from tests.library.filled_catalog import PAGE, rows_of, salvaged


def zeros(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        _page(data, chance.randrange(len(data) // PAGE), bytes(PAGE))


def noise(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        _page(data, chance.randrange(len(data) // PAGE), chance.randbytes(PAGE))


def another(data: bytearray, chance: random.Random) -> None:
    one, other = chance.randrange(1, len(data) // PAGE), chance.randrange(1, len(data) // PAGE)
    _page(data, one, bytes(data[other * PAGE : (other + 1) * PAGE]))


def header(data: bytearray, chance: random.Random) -> None:
    length = chance.choice([16, 100, PAGE])
    data[:length] = chance.randbytes(length)


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(PAGE, len(data)) :]


def schema(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(100, PAGE - 100)
    data[at : at + 60] = chance.randbytes(60)


def specks(data: bytearray, chance: random.Random) -> None:
    for _ in range(30):
        at = chance.randrange(len(data) - 20)
        data[at : at + 12] = chance.randbytes(12)


def texts(data: bytearray, chance: random.Random) -> None:
    at = 0
    while (at := data.find(b"camera", at + 1)) > 0:
        if chance.random() < 0.05:
            data[at : at + 2] = b"\xff\xfe"


def stretch(data: bytearray, chance: random.Random) -> None:
    at, length = len(data) // 2, chance.randint(100, 20 * PAGE)
    data[at : at + length] = chance.randbytes(length)


def _page(data: bytearray, number: int, content: bytes) -> None:
    data[number * PAGE : (number + 1) * PAGE] = content


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "damage", [zeros, noise, another, header, cut, schema, specks, texts, stretch]
)
def test_any_damage_is_repaired(
    made: Path, path: Path, damage: Callable[[bytearray, random.Random], None], seed: int
) -> None:
    data = bytearray(path.read_bytes())
    damage(data, random.Random(f"{damage.__name__} {seed}"))
    path.write_bytes(data)
    whole = rows_of(made)
    _, found = salvaged(path)
    # Nothing the user made comes out as what it was not, but for a moment that an index does not
    # hold, or a value that no rule forbids.
    assert {row[:2] for row in found["decided"]} <= {
        row[:2] for row in whole["decided"]
    } or damage is specks
    assert {row[0] for row in found["decision"]} <= {row[0] for row in whole["decision"]}


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_garbage_beside_a_catalog_does_no_harm(made: Path, path: Path, suffix: str) -> None:
    path.with_name(path.name + suffix).write_bytes(random.Random(1).randbytes(40_000))
    assert integrity.find_damage(path) == []
    _, found = salvaged(path)
    assert found == rows_of(made)
