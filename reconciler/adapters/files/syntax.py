"""Syntax errors of the two YAML parsers, told in our own words and at the place a person would look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.diagnostics import Diagnostic, Place, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from ruamel.yaml.error import MarkedYAMLError

CODE: Final = "yaml-syntax"

# What libyaml refuses and the Python parser takes: `trees` refuses it in the same words.
COLON_BETWEEN_BRACKETS: Final = (
    "between brackets, a text that holds a `:` must be quoted",
    "quote the text; or put a space behind the `:` if a key stands before it",
)
OUTSIDE_DOCUMENTS: Final = (
    "no key and no value can start here",
    "indent keys like their neighbours, quote a value that contains quotes, separate documents with `---`",
)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What a parser said, in lower case, and the character it said it about."""

    said: str
    at: str
    opened: str


@dataclass(frozen=True, slots=True)
class _Explanation:
    """One row of the table below; `at_start` points to where the broken construct began rather than where it broke."""

    holds: Callable[[_Trouble], bool]
    message: str
    hint: str
    at_start: bool = False


def _says(*words: str) -> Callable[[_Trouble], bool]:
    return lambda trouble: all(word in trouble.said for word in words)


def _tab(trouble: _Trouble) -> bool:
    # Behind the last text of a line, only a tab can be what "cannot start any token".
    return not trouble.at.strip() and ("cannot start any token" in trouble.said or "tab character" in trouble.said)


def _fits_nowhere(trouble: _Trouble) -> bool:
    return "block mapping" in trouble.said or "document start" in trouble.said


# The first row that holds explains. libyaml and the Python parser differ in wording, so rows look for what they share.
_EXPLANATIONS: Final = (
    _Explanation(_tab, "a tab indents this line; YAML allows spaces only", "replace the tab with spaces"),
    _Explanation(
        _says("cannot start any token"), 'a value cannot start with "{at}"', "put the value between double quotes"
    ),
    _Explanation(
        _says("node content"),
        "a value is missing here, or a bracket or comma is one too many",
        "check the brackets and commas of this line",
    ),
    _Explanation(_says("plain scalar", "unexpected"), *COLON_BETWEEN_BRACKETS),
    _Explanation(
        _says("quoted scalar", "unexpected"),
        "this quote is opened and never closed",
        "close the quote on the same line",
        at_start=True,
    ),
    _Explanation(
        _says("escape"),
        "a backslash between double quotes starts an escape, and this one does not exist",
        "write `\\\\` for a backslash, or use single quotes",
        at_start=True,
    ),
    _Explanation(
        _says("hexdecimal"),
        "a backslash between double quotes starts an escape, and this one does not exist",
        "write `\\\\` for a backslash, or use single quotes",
        at_start=True,
    ),
    _Explanation(
        _says("flow", "expected"),
        "the `{opened}` opened here is not closed, or an entry in it is not separated by a comma",
        "check the commas up to line {line}, and close the bracket",
        at_start=True,
    ),
    _Explanation(
        _says("mapping values are not allowed"),
        "a `:` makes no sense here",
        "quote text that contains `: `; give each key a line of its own, indented like its neighbours",
    ),
    _Explanation(
        _says("sequence entries are not allowed"),
        "a list item `- ` makes no sense here",
        "start the list on a line of its own, below its key",
    ),
    _Explanation(
        _says("could not find expected ':'"),
        "this line is neither `key: value` nor a list item",
        "add the missing `:`, or indent the line if it continues the one above",
        at_start=True,
    ),
    _Explanation(
        _says("block collection"),
        "this line does not continue the list above it",
        "start it with `- `, or indent it like the key it belongs to",
    ),
    _Explanation(_fits_nowhere, *OUTSIDE_DOCUMENTS),
    _Explanation(
        _says("scanning an anchor"),
        "a value cannot start with `&` unless it names an anchor",
        'quote it: "&…"',
        at_start=True,
    ),
    _Explanation(
        _says("scanning an alias"),
        "a value cannot start with `*` unless it names an anchor",
        'quote it: "*…"',
        at_start=True,
    ),
    _Explanation(_says("tag"), "this tag is not supported", "delete it; quote a value that must be text"),
    _Explanation(
        _says("block scalar"),
        "behind `|` or `>` the text starts on the next line",
        "move it there, indented; or quote the text if the sign belongs to it",
    ),
)
_OTHERWISE: Final = _Explanation(lambda _: True, "this is not valid YAML", "compare the line with the examples")


def explain(source: SourceFile, error: MarkedYAMLError) -> Diagnostic:
    """Return the diagnostic for a parser's syntax error."""
    broke = _place(source, error.problem_mark or error.context_mark)
    start = _place(source, error.context_mark or error.problem_mark)
    trouble = _Trouble(
        f"{error.context or ''} {error.problem or ''}".lower(), _character(source, broke), _character(source, start)
    )
    row = next((each for each in _EXPLANATIONS if each.holds(trouble)), _OTHERWISE)
    words = {"at": trouble.at, "opened": trouble.opened, "line": broke.line}
    place = start if row.at_start else broke
    return source.error(CODE, row.message.format(**words), place, row.hint.format(**words))


def _place(source: SourceFile, mark: object) -> Place:
    return settle(source, getattr(mark, "line", 0), getattr(mark, "column", 0))


def settle(source: SourceFile, line: int, column: int) -> Place:
    """Return the place of a parser's mark (counted from 0), brought back to text where it points behind all text.

    At the end of a file libyaml points to the line after the last, the Python parser behind the last character.
    """
    lines = source.lines
    while line > 0 and (line >= len(lines) or not lines[line].strip()):
        line -= 1
        column = len(lines[line]) if line < len(lines) else 0
    end = len(lines[line].rstrip())
    return Place(line + 1, min(column, end) + 1, 1)


def _character(source: SourceFile, place: Place) -> str:
    text = source.lines[place.line - 1]
    return text[place.column - 1] if place.column <= len(text) else ""
