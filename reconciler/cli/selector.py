"""Label selectors as kubectl has them: `k=v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, `!k`; a comma means and.

As there, `!=` and `notin` also match what lacks the label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"
_VALUE: Final = r"[^\s,()=!]+"
_SET: Final = re.compile(rf"({_KEY})\s+(in|notin)\s+\(([^()]*)\)")
_EQUALITY: Final = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})")
_EXISTENCE: Final = re.compile(rf"(!?)\s*({_KEY})")
_COMMA: Final = re.compile(r",(?![^(]*\))")
"""A comma that is not within parentheses."""

_HINT: Final = "Write k=v, k!=v, 'k in (a,b)', 'k notin (a,b)', k or !k, joined by commas."


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label: its value is among `values` (any, if `None`), or with `negated` it is not."""

    key: str
    values: frozenset[str] | None
    negated: bool = False

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels fulfil it."""
        found = self.key in labels and (self.values is None or labels[self.key] in self.values)
        return found is not self.negated


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions that all have to hold."""

    requirements: tuple[Requirement, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels fulfil every condition."""
        return all(requirement.matches(labels) for requirement in self.requirements)


def parse_selector(text: str) -> Selector:
    """Return the selector that `text` spells. Raises UsageError."""
    return Selector(tuple(_requirement(part.strip(), text) for part in _COMMA.split(text)))


def _requirement(part: str, text: str) -> Requirement:
    if found := _SET.fullmatch(part):
        values = frozenset(value.strip() for value in found[3].split(","))
        if "" not in values:
            return Requirement(found[1], values, negated=found[2] == "notin")
    elif found := _EQUALITY.fullmatch(part):
        return Requirement(found[1], frozenset({found[3]}), negated=found[2] == "!=")
    elif found := _EXISTENCE.fullmatch(part):
        return Requirement(found[2], None, negated=bool(found[1]))
    raise UsageError(f"the selector {text[:100]!r} makes no sense at {part[:50]!r}", hint=_HINT)
