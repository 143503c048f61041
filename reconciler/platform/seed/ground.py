"""Where assets are planted: the store, in whose name, and who is told about progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from reconciler.platform.store.faults import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from reconciler.platform.store.database import Store
    from reconciler.platform.store.unit import Actor

T = TypeVar("T")


class OpenPlatform(Protocol):
    """What seeding needs of an opened platform."""

    @property
    def store(self) -> Store:
        """Rows and bytes."""

    @property
    def owner(self) -> Actor:
        """The user in whose name, and whose organisation, everything is planted."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The store, the planting user, and the listener who gets one sentence per finished part."""

    store: Store
    owner: Actor
    say: Callable[[str], None]

    @property
    def organization_id(self) -> UUID:
        """Return the organisation that will own everything."""
        return self.owner.organization_id


def ensure(find: Callable[[], T], make: Callable[[], T]) -> tuple[T, bool]:
    """Return what `find` finds, or else what `make` makes, and whether it was made.

    Anything but NotFound, such as a locked version, is the caller's to hear of.
    """
    try:
        return find(), False
    except NotFound:
        return make(), True
