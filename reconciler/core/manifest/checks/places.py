"""Field paths to places: what a valid manifest remembers of the file it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.manifest.catalog import ROOT
from reconciler.core.manifest.checks.plain import FREE
from reconciler.core.manifest.nodes import Mapping, Scalar, Sequence
from reconciler.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.diagnostics import Place
    from reconciler.core.manifest.nodes import Document, Node

# Free parameters change as a whole, so their inside needs no places.
_OPAQUE = frozenset(".".join(str(step) for step in path[1:]) for path in FREE)


def origins_of(document: Document, root: Mapping) -> dict[str, Origin]:
    """Return the place of every declared field, by its path relative to `spec`; `""` is the document.

    A field's place is that of its key. Items of sets are known by what they name: `tags.production`,
    `feedbackLoop.datasets.surface-defects@production`.
    """
    file = document.source.name
    found = _places(root.entries["spec"].value, "")
    origins = {path: Origin(file, place.line, place.column) for path, place in found}
    return {ROOT: Origin(file, root.place.line, root.place.column), **origins}


def _places(node: Node, path: str) -> Iterator[tuple[str, Place]]:
    prefix = f"{path}." if path else ""
    if isinstance(node, Sequence):
        yield from ((prefix + _name(item), item.place) for item in node.items)
    elif isinstance(node, Mapping) and path not in _OPAQUE:
        for key, entry in node.entries.items():
            yield prefix + key, entry.key.place
            yield from _places(entry.value, prefix + key)


def _name(item: Node) -> str:
    parts = (item.get("dataset"), item.get("version")) if isinstance(item, Mapping) else (item,)
    return "@".join(part.text for part in parts if isinstance(part, Scalar))
