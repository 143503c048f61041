"""The tree of a parsed document: scalars as they were written, mappings and sequences, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reconciler.core.manifest.diagnostics import clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf

    from reconciler.core.manifest.diagnostics import Place, SourceFile


class Scalar(NamedTuple):
    """A scalar as written; `plain` means neither quoted nor a block, so its text decides what it is."""

    text: str
    plain: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place


class Entry(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries by the text of their keys, in the order of the file, each key once."""

    entries: MappingOf[str, Entry]
    place: Place

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None where there is no such key."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


Node: TypeAlias = Scalar | Sequence | Mapping
Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the root of a document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One non-empty YAML document and the file it stands in."""

    source: SourceFile
    root: Node


def child(node: Node, step: str | int) -> Node | None:
    """Return what a key or a list position leads to, or None."""
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def descend(node: Node | None, path: Path) -> Node | None:
    """Return the node at a path, or None where the path leads nowhere."""
    for step in path:
        if node is None:
            return None
        node = child(node, step)
    return node


def place_of_value(root: Node, path: Path) -> Place:
    """Return the place of the value at a path, or of the nearest one above it that exists."""
    return _nearest(root, path)[0].place


def place_of_key(root: Node, path: Path) -> Place:
    """Return the place of the key (or list item) at a path, or of the nearest one above it that exists."""
    node, depth = _nearest(root, path)
    parent = descend(root, path[: max(depth - 1, 0)])
    return parent.entries[str(path[depth - 1])].key.place if depth and isinstance(parent, Mapping) else node.place


def _nearest(root: Node, path: Path) -> tuple[Node, int]:
    node = root
    for depth, step in enumerate(path):
        below = child(node, step)
        if below is None:
            return node, depth
        node = below
    return node, len(path)


def show(path: Path) -> str:
    """Write a path as people do: `spec.feedbackLoop.datasets[0].version`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{clip(step)}" for step in path)
    return text.removeprefix(".")


def entries_of(node: Node | None) -> Iterator[tuple[str | int, Node]]:
    """Walk what is directly below a node: keys or positions with their values; nothing below scalars."""
    if isinstance(node, Mapping):
        for text, entry in node.entries.items():
            yield text, entry.value
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)
