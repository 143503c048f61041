"""Pydantic's errors in our own words: its classes of error decide the code, the schema says what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest, expected, fields, homes, values
from reconciler.core.manifest.checks.findings import Finding
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
_LONGEST_SHOWN: Final = 40
_YAML_1_1_TRUTHS: Final = frozenset(("yes", "no", "on", "off", "y", "n"))


def faults(root: Mapping, base: Path, error: ValidationError) -> dict[Path, str]:
    """Return where pydantic found something below `base`, and our code for it.

    Each place occurs once, and none that only says that something below it is wrong: that is a union's noise.
    """
    codes: dict[Path, str] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        path, code = _path(root, base, detail), _CODES.get(detail["type"], "wrong-type")
        known = codes.get(path)
        codes[path] = code if known is None else min(known, code, key=_rank)
    inner = {path[:depth] for path in codes for depth in range(len(path))}
    return {path: code for path, code in codes.items() if path not in inner}


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
    node = descend(root, path)
    message = f"{show(path)} must be {expected(path)}, not {shown(node)}"
    return Finding(code, path, message, _hint(node, path))


def missing(path: Path) -> Finding:
    """Say that a mapping lacks the field that `path` ends with."""
    name = path[-1]
    return Finding(
        "missing-field",
        path[:-1],
        f'{show(path[:-1]) or "the document"} needs "{name}"',
        f"add `{name}:` with {expected(path)}",
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


def _hint(node: Node | None, path: Path) -> str | None:
    if not isinstance(node, Scalar):
        return None
    wanted, likely = expected(path), closest(node.text, values(path))
    if likely is not None:
        return f'did you mean "{likely}"?'
    if wanted == "true or false" and node.text.casefold() in _YAML_1_1_TRUTHS:
        return f"write true or false: YAML 1.2 reads {node.text} as text"
    if wanted.startswith(("text", "a name")) and not isinstance(value_of(node), str):
        return f'quote it: "{node.text}"'
    if not node.plain and not isinstance(value_of(node._replace(plain=True)), str):
        return "remove the quotes"
    return f"write a list: [{clip(node.text)}]" if wanted == "a list" else None


def shown(node: Node | None) -> str:
    """Return a value as messages quote it: text clipped, collections by their kind."""
    match node:
        case Scalar(text=text, plain=plain):
            return clip(text) if plain and not isinstance(value_of(node), str) else f'"{clip(text)}"'
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
        case None:
            return "nothing"


def clip(text: str) -> str:
    """Return at most forty characters of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
