"""How a set-valued field is brought from what is believed to what is desired."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from reconciler.core.live import FIELD
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from reconciler.core.view import View

T = TypeVar("T")


def difference(view: View, path: str, desired: frozenset[T]) -> tuple[list[T], list[T]]:
    """Return the members to remove and the members to add, each sorted.

    Where the set is not known, all desired members are added again (a second attach is answered 409, or does nothing)
    and those we remember beyond them are removed.
    """
    value = view.value(path)
    if value is not UNREPORTED:
        present = cast("frozenset[T]", value)
        return sorted(present - desired, key=repr), sorted(desired - present, key=repr)
    remembered = UNREPORTED if view.applied is None else FIELD[path].of(view.applied.values)
    last = frozenset[T]() if remembered is UNREPORTED else cast("frozenset[T]", remembered)
    return sorted(last - desired, key=repr), sorted(desired, key=repr)
