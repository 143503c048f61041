"""One unit of work: a transaction, who acts in it, and what they may reach."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.base import Owned, Row
from reconciler.platform.store.tables.organizations import Organization

T = TypeVar("T", bound=Owned)
R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Actor:
    """Who does something: a user, and the organisations this request reaches.

    Attributes:
        user_id: the user.
        username: written into histories.
        organization_id: where the user works unless a request says otherwise.
        reach: every organisation whose rows this request may see.
    """

    user_id: UUID
    username: str
    organization_id: UUID
    reach: frozenset[UUID]


@dataclass(frozen=True)
class Unit:
    """A transaction in the name of an actor; rows of other organisations do not exist in it."""

    session: Session
    actor: Actor
    blobs: Blobs
    # Blobs that nothing refers to once this transaction is committed.
    forsaken: list[str] = field(default_factory=list)
    # Durable work that this transaction asks for; it begins after the commit.
    submitted: list[UUID] = field(default_factory=list)

    def find(self, table: type[T], identifier: UUID, *, within: UUID | None = None) -> T:
        """Return the row of that id, of any organisation within reach or of the one given.

        Raises:
            NotFound: when there is none.
        """
        row = self.session.get(table, identifier)
        reach = self.actor.reach if within is None else self.actor.reach & {within}
        if row is None or row.organization_id not in reach:
            raise NotFound(f"There is no {table.noun} {identifier}.")
        return row

    def admit(self, identifier: UUID) -> None:
        """Raise NotFound unless that organisation is within reach."""
        if identifier not in self.actor.reach:
            raise NotFound(f"There is no organization {identifier}.")

    def organization(self, identifier: UUID) -> Organization:
        """Return an organisation within reach.

        Raises:
            NotFound: when it is not.
        """
        self.admit(identifier)
        return self.session.get_one(Organization, identifier)

    def add(self, row: R) -> R:
        """Insert a row now, so that its defaults and constraints speak at once."""
        self.session.add(row)
        self.session.flush()
        return row

    def forsake(self, blobs: Iterable[str]) -> None:
        """Remove these blobs from disk after the commit."""
        self.forsaken.extend(blobs)
