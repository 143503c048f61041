"""What a scalar means: the YAML 1.2 core schema, and the stricter reading of versions, which take their source text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from reconciler.core.manifest.nodes import Scalar

Value: TypeAlias = bool | int | float | str | None

# https://yaml.org/spec/1.2.2/#103-core-schema
_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_NUMBER_START: Final = frozenset("0123456789+-.")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_INTEGER: Final = 300
"""Digits; longer ones are read as floats, so as infinity: converting them takes quadratic time."""

# What YAML 1.1, YAML 1.2 or a spreadsheet would read as a number, a date or a time.
_SHAPES: Final = (
    (re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"), "a number"),
    (re.compile(r"[-+]?\.[0-9_]+([eE][-+]?[0-9]+)?|[-+]?0[xob][0-9a-fA-F_]+"), "a number"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}(-[0-9]{1,2}([Tt ].*)?)?"), "a date"),
    (re.compile(r"[-+]?[0-9]+(:[0-9]{1,2})+(\.[0-9]*)?"), "a time"),
)
_PLAIN_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")


def value_of(scalar: Scalar) -> Value:
    """Return the value of a scalar in the YAML 1.2 core schema; `yes`, `on` and dates are text there."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number_or_text(text) if text[0] in _NUMBER_START else text


def _number_or_text(text: str) -> Value:
    if _DECIMAL.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_INTEGER else float(text)
    if _BASED.fullmatch(text):
        return int(text, 0) if len(text) <= _LONGEST_INTEGER else float("inf")
    return float(text) if _FLOAT.fullmatch(text) else text


def is_null(scalar: Scalar) -> bool:
    """Tell whether a scalar is empty or spells null."""
    return scalar.plain and value_of(scalar) is None


def is_plain_number(scalar: Scalar) -> bool:
    """Tell whether a version is unquoted digits, at most 15 (below 2^53): a number to every tool."""
    return scalar.plain and _PLAIN_NUMBER.fullmatch(scalar.text) is not None


def misreading(scalar: Scalar) -> str | None:
    """Return what an unquoted version is to some YAML tool: `1.10` a number, `2026-06` a date; None for a name."""
    text = scalar.text
    if not scalar.plain:
        return None
    if text in _WORDS:
        return "no text"
    return next((kind for shape, kind in _SHAPES if shape.fullmatch(text)), None)
