"""Tenants, people, their tokens, and what a person was given access to."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Identified, Row
from reconciler.platform.store.words import TokenScope


class Organization(Identified, Row):
    """A tenant: everything below belongs to one."""

    __tablename__ = "organizations"
    noun = "organization"

    name: Mapped[str] = mapped_column(unique=True)
    # No foreign key: a connector belongs to an organisation, and the two would wait for each other.
    default_connector_id: Mapped[UUID | None]


class User(Identified, Row):
    """A person, or a machine acting under a name."""

    __tablename__ = "users"
    noun = "user"

    username: Mapped[str] = mapped_column(unique=True)
    default_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))


class Membership(Row):
    """A user's place in an organisation."""

    __tablename__ = "memberships"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class Token(Identified, Row):
    """An API token; only its digest is kept."""

    __tablename__ = "tokens"
    noun = "token"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[TokenScope]
    user: Mapped[User] = relationship(lazy="joined")


class Access(Row):
    """A user's grant on one deployment or dataset."""

    __tablename__ = "accesses"

    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str | None]
    user: Mapped[User] = relationship(lazy="joined")
