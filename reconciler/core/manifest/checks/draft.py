"""A document while it is judged: its nodes, and as much of its spec as could be made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.manifest.nodes import Scalar, descend
from reconciler.core.manifest.scalars import value_of

if TYPE_CHECKING:
    from reconciler.core.manifest.checks.references import Reference
    from reconciler.core.manifest.nodes import Mapping, Node, Path
    from reconciler.core.manifest.scalars import Value
    from reconciler.core.manifest.spec import DeploymentSpec, Metadata


@dataclass(frozen=True, slots=True)
class Draft:
    """What rules look at.

    Attributes:
        root: The nodes of the whole document.
        metadata: None where it is invalid.
        spec: What remains without its broken parts, or None where nothing could be made.
        broken: Paths with a problem already; rules that read there stay silent.
        references: Every version of a model or a dataset that is named, valid or not.
    """

    root: Mapping
    metadata: Metadata | None
    spec: DeploymentSpec | None
    broken: frozenset[Path]
    references: tuple[Reference, ...]

    def node(self, *path: str | int) -> Node | None:
        """Return the node at a path, or None."""
        return descend(self.root, path)

    def has(self, *path: str | int) -> bool:
        """Tell whether something is written at a path."""
        return self.node(*path) is not None

    def value(self, *path: str | int) -> Value:
        """Return the scalar value at a path; None also where there is none, or a collection."""
        node = self.node(*path)
        return value_of(node) if isinstance(node, Scalar) else None

    def is_sound(self, *path: str | int) -> bool:
        """Tell whether neither a path, nor anything above or below it, has a problem already."""
        return not self.broken or not any(bad[: len(path)] == path[: len(bad)] for bad in self.broken)

    @property
    def address(self) -> str | None:
        """The manifest's name, where it has one that is text."""
        name = self.value("metadata", "name")
        return name if isinstance(name, str) else None

    @property
    def platform_name(self) -> str | None:
        """The platform's name for it, where it can be told."""
        name = self.value("spec", "name")
        return name if isinstance(name, str) else self.address
