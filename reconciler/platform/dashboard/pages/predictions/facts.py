"""Metadata as a tree that people can read, whatever its sender put into it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# Deeper and longer things are told as they were sent, and cut off.
DEEPEST: Final = 6
MOST: Final = 200
LONGEST: Final = 2000


@dataclass(frozen=True)
class Fact:
    """One entry: its name with what it says, or with the entries below it."""

    name: str
    text: str
    entries: "Sequence[Fact]" = ()


def facts(value: object, depth: int = 0) -> Sequence[Fact]:
    """Return the entries of an object or a list (numbered from 0); none of anything else."""
    if isinstance(value, dict):
        return _listed(((str(name), each) for name, each in value.items()), len(value), depth)
    if isinstance(value, list):
        return _listed(((str(number), each) for number, each in enumerate(value)), len(value), depth)
    return ()


def _listed(entries: Iterable[tuple[str, object]], count: int, depth: int) -> Sequence[Fact]:
    found = [_fact(name, value, depth) for (name, value), _ in zip(entries, range(MOST), strict=False)]
    return found if count <= MOST else [*found, Fact("\u2026", f"and {count - MOST:,} more")]


def _fact(name: str, value: object, depth: int) -> Fact:
    if not isinstance(value, dict | list) or not value or _is_plain(value) or depth >= DEEPEST:
        return Fact(name[:LONGEST], _text(value))
    return Fact(name[:LONGEST], "", facts(value, depth + 1))


def _is_plain(value: object) -> bool:
    """Tell whether a value is a short list of numbers, which is read best on one line."""
    return isinstance(value, list) and len(value) <= DEEPEST and all(isinstance(each, int | float) for each in value)


def _text(value: object) -> str:
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}\u2026"
