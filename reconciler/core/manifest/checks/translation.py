"""Pydantic's errors in our own words: its classes of error decide the code, the schema says what was expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest, example, expected, fields, homes, values
from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import clip
from reconciler.core.manifest.nodes import Mapping, Scalar, Sequence, child, descend, show
from reconciler.core.manifest.scalars import value_of

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from reconciler.core.manifest.nodes import Node, Path

# Everything that is not here is a wrong type.
_CODES: Final = {
    "missing": "missing-field",
    "extra_forbidden": "unknown-field",
    "enum": "unknown-value",
    "literal_error": "unknown-value",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "finite_number": "out-of-range",
    "string_too_short": "invalid-name",
    "string_too_long": "invalid-name",
    "string_pattern_mismatch": "invalid-name",
}
# Where several branches of a union fail at one place, the first of these tells the most.
_TELLING: Final = ("invalid-name", "out-of-range", "unknown-value", "wrong-type")
_YAML_1_1_TRUTHS: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_DECIMAL_COMMA: Final = re.compile(r"[0-9]+,[0-9]+")
# The branch of a union that takes any mapping: what it misses says nothing about the mapping that was meant.
_CATCH_ALL: Final = "ParameterMap"


def faults(root: Mapping, base: Path, error: ValidationError) -> dict[Path, str]:
    """Return where pydantic found something below `base`, and our code for it.

    Each place occurs once, and none that only says that something below it is wrong: that is a union's noise.
    """
    codes: dict[Path, str] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        if _CATCH_ALL in detail["loc"]:
            continue
        path, code = _path(root, base, detail), _CODES.get(detail["type"], "wrong-type")
        known = codes.get(path)
        codes[path] = code if known is None else min(known, code, key=_rank)
    inner = {path[:depth] for path in codes for depth in range(len(path))}
    deepest = {path: code for path, code in codes.items() if path not in inner}
    # Whatever pydantic refuses must be told, even if nothing but a union's noise is left of it.
    return deepest or {base: "wrong-type"}


def _rank(code: str) -> int:
    return _TELLING.index(code) if code in _TELLING else -1


def _path(root: Mapping, base: Path, detail: ErrorDetails) -> Path:
    """Return where an error is in the document: pydantic's location without the names of union branches."""
    path, node = base, descend(root, base)
    for step in detail["loc"]:
        below = child(node, step) if node is not None else None
        if below is not None:
            path, node = (*path, step), below
        elif detail["type"] == "missing" and step == detail["loc"][-1]:
            return (*path, step)
    return path


def describe(root: Mapping, path: Path, code: str) -> Finding:
    """Say what is wrong at a place, what is expected there, and what was probably meant."""
    if code == "missing-field":
        return missing(path)
    if code == "unknown-field":
        return unknown(path)
    node = descend(root, path) or root
    wanted = expected(path, precisely=code == "invalid-name")
    return Finding(code, path, f"{show(path)} must be {wanted}, not {shown(node)}", _hint(node, path))


def missing(path: Path) -> Finding:
    """Say that a mapping lacks the field that `path` ends with."""
    name, wanted = path[-1], expected(path)
    form = example(path) or " …"
    return Finding(
        "missing-field",
        path[:-1],
        f'{show(path[:-1]) or "the document"} needs "{name}"',
        f"add `{name}:{form}`" if example(path) or wanted == "text" else f"add `{name}:{form}`, {wanted}",
        at_key=True,
    )


def unknown(path: Path) -> Finding:
    """Say that a mapping has no field of the name that `path` ends with, and which one was probably meant."""
    name, parent = str(path[-1]), path[:-1]
    message = f'{show(parent) or "the document"} has no field "{clip(name)}"'
    return Finding("unknown-field", path, message, _meant(name, parent), at_key=True)


def _meant(name: str, parent: Path) -> str:
    siblings = fields(parent)
    likely = closest(name, siblings)
    if likely is not None:
        return f'did you mean "{likely}"?'
    elsewhere = homes(name)
    if elsewhere:
        return f'"{name}" belongs under {" or ".join(each or "the document itself" for each in elsewhere)}'
    return f"the fields here are {', '.join(siblings)}"


def _hint(node: Node, path: Path) -> str | None:
    if not isinstance(node, Scalar):
        return None
    likely = closest(node.text, values(path))
    if likely is not None:
        return f'did you mean "{likely}"?'
    return f"write `{path[-1]}:{example(path)}`" if example(path) else _other_spelling(node, expected(path))


def _other_spelling(node: Scalar, wanted: str) -> str | None:
    """Return how a scalar that means the right thing would be written."""
    text, value = node.text, value_of(node)
    if wanted == "true or false" and text.casefold() in _YAML_1_1_TRUTHS:
        return f"write {_YAML_1_1_TRUTHS[text.casefold()]}: YAML 1.2 reads {text} as text"
    if wanted == "text" and not isinstance(value, str):
        return f'quote it: "{clip(text)}"'
    if wanted == "a list":
        return f"write a list: [{clip(text)}]"
    if wanted.startswith(("a number", "a whole")):
        return _number_instead(node, wanted)
    return None


def _number_instead(node: Scalar, wanted: str) -> str | None:
    value = value_of(node)
    if not isinstance(value, str):
        if value is None or not 1 < value <= 100 or not wanted.endswith("to 1"):
            return None
        return f"write {value / 100:g} if {clip(node.text)} percent is meant"
    if not isinstance(value_of(node._replace(plain=True)), str):
        return "remove the quotes"
    return f"write {clip(value.replace(',', '.'))}" if _DECIMAL_COMMA.fullmatch(value) else None


def shown(node: Node) -> str:
    """Return a value as messages quote it: text clipped, collections by their kind."""
    if isinstance(node, Scalar):
        return f'"{clip(node.text)}"' if isinstance(value_of(node), str) else clip(node.text)
    return "a list" if isinstance(node, Sequence) else "a mapping"
