"""Values to YAML text in the house style: flat collections on one line where they fit, quotes where a tool needs them.

Everything here reads back as the value it was written from, in YAML 1.2 and, text at least, in YAML 1.1 too.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast

from reconciler.adapters.files.decoding import UNWELCOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.core.live import Json

WIDTH: Final = 120
"""Columns that a line may take before a collection is written over several."""

_STEP: Final = 2
_LARGEST: Final = 2**53 - 1

# What begins with a letter is no number, no date and no time; what is left are the words of YAML 1.1 and 1.2.
_PLAIN: Final = re.compile(r"[^\W\d_][\w./+-]*( [\w/+][\w./+-]*)*")
_WORDS: Final = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null"))


def document_text(document: Mapping[str, Json], comments: Iterable[str] = ()) -> str:
    """Return a whole document, preceded by comment lines."""
    told = "".join(f"# {comment}".rstrip() + "\n" for comment in comments)
    return told + "".join(f"{line}\n" for key, value in document.items() for line in entry(key, value, 0, top=True))


def entry(key: str, value: Json, indent: int, *, top: bool = False) -> Iterator[str]:
    """Yield the lines of one key of a block mapping.

    Args:
        key: The key.
        value: What it holds.
        indent: Columns that the key stands to the right.
        top: Whether the value stays open however short it is: the sections of a document do.
    """
    start = f"{' ' * indent}{inline(key)}:"
    on_one_line = f"{start} {inline(value)}"
    if _fits(on_one_line, value) and not (top and isinstance(value, dict) and value):
        yield on_one_line
        return
    yield start
    yield from _opened(value, indent + _STEP)


def _opened(value: Json, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from entry(key, inside, indent)
    else:
        for item in cast("list[Json]", value):
            yield f"{' ' * indent}- {inline(item)}"


def _fits(line: str, value: Json) -> bool:
    if not isinstance(value, dict | list) or not value:
        return True
    inside = value.values() if isinstance(value, dict) else value
    return len(line) <= WIDTH and not any(isinstance(each, dict | list) and each for each in inside)


def inline(value: Json, style: str = "") -> str:
    """Return a value on one line; text keeps the quotes it had, `'` or `"`, where those can hold it."""
    match value:
        case dict():
            return f"{{{', '.join(f'{inline(key)}: {inline(inside)}' for key, inside in value.items())}}}"
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case str():
            return _text(value, style)
        case bool() | None:
            return {None: "null", True: "true", False: "false"}[value]
        case _:
            return _number(value)


def _number(value: float) -> str:
    # JSON has one kind of number: a whole one beyond 2^53 was a float, and only as a float is it read as what it was.
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return str(value)
    # YAML 1.1 wants a point in what it takes for a number: 1.0e-05.
    mantissa, exponent, power = repr(float(value)).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{exponent}{power}"


def _text(text: str, style: str) -> str:
    if style == "'" and text.isprintable():
        return f"'{text.replace(chr(39), chr(39) * 2)}'"
    if style != '"' and _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return UNWELCOME.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))
