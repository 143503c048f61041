"""The query language of data and asset lists: comparisons of fields, joined by `and`.

    tags.name in ("night", "rain") and filename = "a.png"

A field is `tags.name`, `filename`, `object_name`, `type`, `content_type`, `width` or `height`; for assets the fields of
their data carry the prefix `data.`, and `tags.name` alone speaks of the asset's own tags. `=` and `!=` take one value,
`<`, `<=`, `>` and `>=` a number, `in` a list in parentheses. Texts stand in single or double quotes.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from reconciler.platform.store.faults import Invalid

Value = str | float
# Turns a list of values into a condition; a field that holds many values (tags) matches when one of them does.
Membership = Callable[[list[Value]], ColumnElement[bool]]

_TOKEN = re.compile(
    r"""\s*(?:(?P<word>[A-Za-z_][\w.]*)|(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<mark>!=|<=|>=|[=<>(),]))"""
)
_ORDERINGS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Field:
    """What a name in a query stands for: how it is matched, and its column where that holds numbers."""

    matches: Membership
    number: InstrumentedAttribute[int | None] | None = None


def parse(query: str, fields: Mapping[str, Field]) -> ColumnElement[bool]:
    """Return the condition that a query states.

    Raises:
        Invalid: for anything that is not a query over `fields`, naming the place.
    """
    return _Reader(query, fields).read()


class _Reader:
    """Reads one query from left to right."""

    def __init__(self, query: str, fields: Mapping[str, Field]) -> None:
        self._query = query
        self._fields = fields
        self._tokens = _tokens(query)
        self._place = 0

    def read(self) -> ColumnElement[bool]:
        """Return the whole query's condition."""
        conditions = [self._comparison()]
        while self._peek() == "and":
            self._next()
            conditions.append(self._comparison())
        if self._peek():
            raise self._wrong("'and' or the end")
        return and_(*conditions)

    def _comparison(self) -> ColumnElement[bool]:
        name = self._next()
        field = self._fields.get(name)
        if field is None:
            raise Invalid(f"The query speaks of '{name}'; known are: {', '.join(sorted(self._fields))}.")
        sign = self._next()
        if sign == "in":
            return field.matches(self._values(field))
        if sign == "=":
            return field.matches([self._value(field)])
        if sign == "!=":
            return ~field.matches([self._value(field)])
        if sign in _ORDERINGS and field.number is not None:
            condition: ColumnElement[bool] = _ORDERINGS[sign](field.number, self._value(field))
            return condition
        raise self._wrong("a comparison that this field has")

    def _values(self, field: Field) -> list[Value]:
        self._expect("(")
        values = [self._value(field)]
        while self._peek() == ",":
            self._next()
            values.append(self._value(field))
        self._expect(")")
        return values

    def _value(self, field: Field) -> Value:
        token = self._next()
        if field.number is None:
            if token[:1] not in {'"', "'"}:
                raise self._wrong("a text in quotes")
            return token[1:-1]
        try:
            return float(token)
        except ValueError:
            raise self._wrong("a number") from None

    def _expect(self, mark: str) -> None:
        if self._next() != mark:
            raise self._wrong(f"'{mark}'")

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _wrong(self, expected: str) -> Invalid:
        return Invalid(f"The query '{self._query[:200]}' should have {expected} at word {self._place}.")


def _tokens(query: str) -> list[str]:
    tokens, place, text = [], 0, query.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Invalid(f"The query '{query[:200]}' cannot be read from character {place + 1} on.")
        tokens.append(match.group(match.lastgroup or 0))
        place = match.end()
    return tokens
