"""Which deployments a run is about: labels, targets with what they depend on, exclusions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.core.manifest.catalog import Catalog, Manifest


@dataclass(frozen=True, slots=True)
class Selection:
    """Which addresses to plan for.

    Attributes:
        targets: These and what they depend on; empty means all.
        excludes: None of these; exclusions win.
        narrowed: Whether the user asked for a part, even where every declared deployment happens to belong to it.
    """

    targets: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    narrowed: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether the whole catalog is meant."""
        return not (self.targets or self.excludes or self.narrowed)


EVERYTHING = Selection()


def selected(catalog: Catalog, selection: Selection) -> tuple[Manifest, ...]:
    """Return the manifests of a selection, sorted by address."""
    by_address = {manifest.address: manifest for manifest in catalog}
    wanted = closure(selection.targets, by_address) if selection.targets else frozenset(by_address)
    return tuple(by_address[address] for address in sorted(wanted - selection.excludes))


def closure(targets: Iterable[str], by_address: Mapping[str, Manifest]) -> frozenset[str]:
    """Return targets and everything they depend on, as far as the catalog has it."""
    reached: set[str] = set()
    frontier = [address for address in targets if address in by_address]
    while frontier:
        address = frontier.pop()
        if address not in reached:
            reached.add(address)
            frontier += [name for name in by_address[address].spec.depends_on if name in by_address]
    return frozenset(reached)
