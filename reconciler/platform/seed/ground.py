"""Where assets are planted: the store, in whose name, and who is told about progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from reconciler.platform.store.faults import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from uuid import UUID

    from reconciler.platform.store.unit import Actor, Unit

T = TypeVar("T")


class Transactions(Protocol):
    """What seeding needs of a store: units that read a snapshot, and units that are committed at their end."""

    def read(self, actor: Actor) -> AbstractContextManager[Unit]:
        """Give a unit that changes nothing."""

    def write(self, actor: Actor) -> AbstractContextManager[Unit]:
        """Give a unit whose work is committed at the end, or not at all."""


class OpenPlatform(Protocol):
    """What seeding needs of an opened platform."""

    @property
    def store(self) -> Transactions:
        """Rows and bytes."""

    @property
    def owner(self) -> Actor:
        """The user in whose name, and whose organisation, everything is planted."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The store, the planting user, and the listener who gets one sentence per finished part."""

    store: Transactions
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
