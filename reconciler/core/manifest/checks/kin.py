"""A manifest as the others see it: its names and the names it refers to, each with its place, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.core.manifest.diagnostics import Diagnostic, Place, Related, SourceFile
from reconciler.core.manifest.nodes import Scalar, descend, entries_of
from reconciler.core.manifest.scalars import value_of

if TYPE_CHECKING:
    from reconciler.core.manifest.nodes import Document, Path


class Named(NamedTuple):
    """A name and where it stands."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Kin:
    """One manifest among others; invalid ones count too, so that nothing seems missing because of a typo.

    Attributes:
        source: The file.
        address: `metadata.name`.
        name: The platform's name: `spec.name`, or the address.
        former: `spec.renamedFrom`.
        dependencies: `spec.dependsOn`.
    """

    source: SourceFile
    address: Named
    name: Named
    former: Named | None
    dependencies: tuple[Named, ...]

    def at(self, named: Named) -> str:
        """Return `file:line` of one of its names."""
        return self.source.origin(named.place).line_ref

    def error(self, code: str, message: str, at: Named, hint: str) -> Diagnostic:
        """Make an error that points to one of its names."""
        return self.source.error(code, message, at.place, hint)

    def beside(self, found: Diagnostic, named: Named, message: str) -> Diagnostic:
        """Add one of its names to a diagnostic about another manifest."""
        return replace(found, related=(Related(self.source.origin(named.place), message),))


def kin_of(document: Document) -> Kin | None:
    """Return what other manifests must know of a document; None where it has no name that is text."""
    address = _at(document, ("metadata", "name"))
    if address is None or not address.text:
        return None
    return Kin(
        source=document.source,
        address=address,
        name=_at(document, ("spec", "name")) or address,
        former=_at(document, ("spec", "renamedFrom")),
        dependencies=tuple(
            Named(node.text, node.place)
            for _, node in entries_of(descend(document.root, ("spec", "dependsOn")))
            if isinstance(node, Scalar)
        ),
    )


def _at(document: Document, path: Path) -> Named | None:
    node = descend(document.root, path)
    if not isinstance(node, Scalar) or not isinstance(value_of(node), str):
        return None
    return Named(node.text, node.place)
