"""Edits of a manifest applied to its values: keys come where our own manifests have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.core.export.edits import Drop, Put
from reconciler.core.manifest.checks.expectations import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.export.edits import Edit, Path
    from reconciler.core.live import Json


def edited(document: dict[str, Json], edits: Iterable[Edit]) -> dict[str, Json]:
    """Return a document with some edits made; the given one stays as it is."""
    for edit in edits:
        match edit:
            case Put(path, value):
                document = _put(document, path, value, ())
            case Drop(path):
                document = _drop(document, path)
            case _:
                assert_never(edit)
    return document


def _put(mapping: dict[str, Json], path: Path, value: Json, above: Path) -> dict[str, Json]:
    key, *rest = path
    inside = mapping.get(key)
    if rest:
        value = _put(inside if isinstance(inside, dict) else {}, tuple(rest), value, (*above, key))
    return _ordered({**mapping, key: value}, key, above) if key not in mapping else {**mapping, key: value}


def _drop(mapping: dict[str, Json], path: Path) -> dict[str, Json]:
    key, *rest = path
    inside = mapping.get(key)
    if rest:
        return {**mapping, key: _drop(inside, tuple(rest))} if isinstance(inside, dict) else mapping
    return {each: value for each, value in mapping.items() if each != key}


def _ordered(mapping: dict[str, Json], new: str, above: Path) -> dict[str, Json]:
    """Move a new key, which is the last, before the first one that our manifests have behind it."""
    known = fields(above)
    if new not in known:
        return mapping
    later = known[known.index(new) + 1 :]
    at = next((key for key in mapping if key in later), None)
    ordered: dict[str, Json] = {}
    for key, value in mapping.items():
        if key == at:
            ordered[new] = mapping[new]
        if key != new or new not in ordered:
            ordered[key] = value
    return ordered
