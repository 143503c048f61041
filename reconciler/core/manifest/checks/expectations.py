"""What a field takes, in words: read off the schema, so that messages and schema always agree."""

from __future__ import annotations

import difflib
import functools
from typing import TYPE_CHECKING, Final, cast

from reconciler.core.manifest.schema import deployment_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import JsonValue

    from reconciler.core.manifest.nodes import Path
    from reconciler.core.manifest.schema import Schema

_TYPES: Final = {"boolean": "true or false", "array": "a list", "string": "text", "object": "a mapping"}
_ALIKE: Final = 0.72
"""Of 1; lower, and "DeployEverything" would be taken for "DeployChampion"."""

_LONGEST_GUESS: Final = 60
"""Characters; comparing longer words for likeness would take time and help nobody."""


def expected(path: Path, *, precisely: bool = False) -> str:
    """Return what the field at a path takes: "a number from 0 to 1", "Managed or Own", "a list".

    Text is "text", or `precisely` the form that a name must have.
    """
    branches = sorted(_branches(_at(path)), key=lambda branch: not _words(branch))
    phrases = list(dict.fromkeys(_phrase(branch, precisely=precisely) for branch in branches))
    return " or ".join(phrases)


def example(path: Path) -> str:
    """Return the shape of what a required field takes, for a hint to show: ` {model: …, version: …}`, or nothing."""
    required = next((_required(branch) for branch in _branches(_at(path)) if "required" in branch), [])
    return f" {{{', '.join(f'{name}: …' for name in required)}}}" if required else ""


def is_required(path: Path) -> bool:
    """Tell whether the mapping around a field cannot do without it."""
    return any(path[-1] in _required(branch) for branch in _branches(_at(path[:-1])))


def fields(path: Path) -> tuple[str, ...]:
    """Return the names of the fields that the mapping at a path may have; none where it takes any."""
    return tuple(name for branch in _branches(_at(path)) for name in _mapping(branch, "properties"))


def values(path: Path) -> tuple[str, ...]:
    """Return the words that the field at a path takes; none where it takes any."""
    return tuple(word for branch in _branches(_at(path)) for word in _words(branch))


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a misspelt word was probably meant to be."""
    if len(word) > _LONGEST_GUESS:
        return None
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=_ALIKE)
    return by_folded[found[0]] if found else None


@functools.cache
def homes(field: str) -> tuple[str, ...]:
    """Return where a field of this name does belong, nearest to the root first, for one in the wrong place."""
    found = dict.fromkeys(path for path, name in _all_fields(_schema(), ()) if name == field)
    depth = min((path.count(".") for path in found), default=0)
    return tuple(path for path in found if path.count(".") == depth)


@functools.cache
def _schema() -> Schema:
    return deployment_schema()


def _all_fields(node: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for branch in _branches(node):
        for name, below in _mapping(branch, "properties").items():
            yield ".".join(path), name
            if isinstance(below, dict) and name != "ownership":
                yield from _all_fields(below, (*path, name))


def _at(path: Path) -> Schema:
    node = _schema()
    for step in path:
        node = _below(node, step)
    return node


def _below(node: Schema, step: str | int) -> Schema:
    for branch in _branches(node):
        found = branch.get("items") if isinstance(step, int) else _member(branch, step)
        if isinstance(found, dict):
            return found
    return {}


def _member(branch: Schema, step: str) -> JsonValue:
    patterned = next(iter(_mapping(branch, "patternProperties").values()), None)
    return _mapping(branch, "properties").get(step) or patterned or branch.get("additionalProperties")


def _branches(node: Schema) -> Iterator[Schema]:
    """Follow references and walk the alternatives of a schema."""
    if "anyOf" in node:
        for each in cast("list[Schema]", node["anyOf"]):
            yield from _branches(each)
        return
    reference = node.get("$ref")
    if isinstance(reference, str):
        target = _mapping(_schema(), "$defs")[reference.removeprefix("#/$defs/")]
        yield from _branches(target if isinstance(target, dict) else {})
        return
    if node.get("type") != "null":
        yield node


def _mapping(node: Schema, key: str) -> Schema:
    found = node.get(key)
    return found if isinstance(found, dict) else {}


def _words(node: Schema) -> tuple[str, ...]:
    listed = node.get("enum", [node["const"]] if "const" in node else [])
    return tuple(word for word in listed if isinstance(word, str)) if isinstance(listed, list) else ()


def _phrase(node: Schema, *, precisely: bool) -> str:
    words = _words(node)
    if words:
        return f"one of {', '.join(words)}" if len(words) > 2 else " or ".join(words)
    if node.get("type") in ("integer", "number"):
        return _number(node)
    if precisely and "pattern" in node:
        return _name(node)
    required = _required(node)
    return f"a mapping with {' and '.join(required)}" if required else _TYPES.get(str(node.get("type")), "a value")


def _required(node: Schema) -> list[str]:
    required = node.get("required")
    return [str(name) for name in required] if isinstance(required, list) else []


def _number(node: Schema) -> str:
    noun = "a whole number" if node.get("type") == "integer" else "a number"
    # Only narrow ranges help a reader; the upper end of a counter does not.
    if node.get("maximum") == 1:
        return f"{noun} from {node['minimum']} to 1"
    return f"{noun} of at least {node['minimum']}"


def _name(node: Schema) -> str:
    if "maxLength" in node:
        return f"a name of 1 to {node['maxLength']} characters without space at either end"
    return "a name of lower-case letters, digits, hyphens and dots that starts and ends with a letter or digit"
