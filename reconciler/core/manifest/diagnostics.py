"""What is wrong with a manifest, where exactly, and what to do about it: values that renderers turn into text."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SNIPPET_WIDTH: Final = 160
"""Characters of a source line that a snippet keeps; more would hide the caret rather than explain it."""

_MARGIN: Final = 40
_LONGEST_SHOWN: Final = 40


class Severity(enum.StrEnum):
    """Errors stop a run; warnings are told and change nothing."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """A span on one line of a file: line and column count from 1, the length in characters is 0 for "to its end"."""

    line: int
    column: int
    length: int = 0


START: Final = Place(1, 1)
"""The place of a problem with a file as a whole."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One source line, cut to a readable width, and the span in it that a caret line underlines.

    Attributes:
        text: The line without its line break; `…` stands for what was cut off at either end.
        column: Where the span starts in `text`, from 1.
        length: How many characters it spans, at least 1.
    """

    text: str
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to the same problem, such as the first of two declarations."""

    origin: Origin
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    Attributes:
        severity: Whether it stops the run.
        code: Stable slug, one of `codes.CODES`.
        message: What is wrong, naming the object; one sentence without a full stop.
        origin: `file:line:col`.
        snippet: The source line; none where the problem is the file itself.
        hint: The next step, as an imperative sentence without a full stop.
        related: Other places of the same problem.
    """

    severity: Severity
    code: str
    message: str
    origin: Origin
    snippet: Snippet | None = None
    hint: str | None = None
    related: tuple[Related, ...] = ()

    @property
    def sort_key(self) -> tuple[Origin, str, str, str]:
        """Order by place, errors before warnings at the same one."""
        return self.origin, self.severity, self.code, self.message


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each diagnostic once, sorted by file, line and column."""
    return tuple(sorted(set(diagnostics), key=lambda each: each.sort_key))


def without_echoes(found: Iterable[Diagnostic], of: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out what only repeats, about the same span of the same line, that something could not be read there."""
    for each in found:
        if not any(_overlap(each, other) for other in of):
            yield each


def _overlap(one: Diagnostic, other: Diagnostic) -> bool:
    here, there = one.origin, other.origin
    if (here.file, here.line) != (there.file, there.line):
        return False
    return here.column < there.column + _width(other) and there.column < here.column + _width(one)


def _width(each: Diagnostic) -> int:
    return each.snippet.length if each.snippet else 1


@dataclass(frozen=True)
class SourceFile:
    """The text of one file, which knows how to point into itself."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their breaks; only YAML's own three breaks count."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def origin(self, place: Place) -> Origin:
        """Return the place with the name of this file."""
        return Origin(self.name, place.line, place.column)

    def snippet(self, place: Place) -> Snippet | None:
        """Return the line of a place and the span in it, cut to `SNIPPET_WIDTH` characters around the span."""
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        if not line.strip():
            return None
        start = min(place.column - 1, len(line))
        end = min(start + place.length, len(line)) if place.length else len(line.rstrip())
        return _cut(line, start, max(end, start + 1))

    def error(self, code: str, message: str, place: Place, hint: str | None = None) -> Diagnostic:
        """Make an error that points into this file."""
        return Diagnostic(Severity.ERROR, code, message, self.origin(place), self.snippet(place), hint)


def _cut(line: str, start: int, end: int) -> Snippet:
    if len(line) <= SNIPPET_WIDTH:
        return Snippet(line, start + 1, end - start)
    first = max(0, min(start - _MARGIN, len(line) - SNIPPET_WIDTH))
    last = first + SNIPPET_WIDTH
    head, tail = ("…" if first else ""), ("…" if last < len(line) else "")
    text = head + line[first:last] + tail
    return Snippet(text, start - first + len(head) + 1, min(end, last) - start)


def clip(text: str) -> str:
    """Return at most forty characters of a text, on one line and printable, for a message to quote."""
    start = text[: _LONGEST_SHOWN + 1]
    line = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in start)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
