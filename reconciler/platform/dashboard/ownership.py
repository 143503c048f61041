"""Who manages a deployment: what the reconciler of a catalog recorded of it (wire protocol 6.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

# Characters of a revision that tell it from the others of a repository.
_SHORT = 12


@dataclass(frozen=True)
class Owner:
    """The manifest that a deployment is declared in.

    Attributes:
        catalog: the catalog's name.
        place: the manifest's `file:line`.
        revision: the git revision it was last written from; empty where none was told.
        fields: the fields it declares, as manifests name them.
    """

    catalog: str
    place: str
    revision: str
    fields: frozenset[str]

    @property
    def told(self) -> str:
        """Where the manifest is, in a few words."""
        revision = f" at {self.revision[:_SHORT]}" if self.revision else ""
        return f"{self.place}{revision}"

    def manages(self, field: str) -> bool:
        """Whether the manifest declares a field, or something within it."""
        return any(
            each == field or each.startswith(f"{field}.") or field.startswith(f"{each}.") for each in self.fields
        )


def owner_of(management: Mapping[str, object] | None) -> Owner | None:
    """Return who manages a deployment; None where nobody said so."""
    if management is None:
        return None
    fields = management.get("fields")
    named = frozenset(str(field) for field in fields) if isinstance(fields, list) else frozenset[str]()
    line = management.get("line")
    place = str(management.get("file") or "")
    return Owner(
        catalog=str(management.get("catalog") or ""),
        place=f"{place}:{line}" if place and line else place,
        revision=str(management.get("revision") or ""),
        fields=named,
    )
