"""Organisations, people, tokens and grants."""

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconciler.platform.store import datalakes
from reconciler.platform.store.faults import Conflict, NotFound, Unauthenticated
from reconciler.platform.store.tables.data import Connector
from reconciler.platform.store.tables.organizations import Access, Membership, Organization, Token, User
from reconciler.platform.store.unit import Actor, Unit
from reconciler.platform.store.words import TokenScope

BUCKET = "embedded"


def found(session: Session, name: str, username: str) -> User:
    """Create an organisation with its first user, a connector and a default datalake named `default`.

    Raises:
        Conflict: when the organisation or the user exists.
    """
    if session.scalar(select(Organization.id).where(Organization.name == name)):
        raise Conflict(f"There is already an organization named '{name}'.")
    organization = Organization(name=name)
    session.add(organization)
    session.flush()
    connector = Connector(organization_id=organization.id, client_type="MINIO", bucket_name=BUCKET)
    session.add(connector)
    session.flush()
    organization.default_connector_id = connector.id
    datalakes.create(session, organization.id, "default", connector_id=connector.id, is_default=True)
    return enroll(session, organization.id, username)


def enroll(session: Session, organization_id: UUID, username: str) -> User:
    """Make `username` a member of an organisation, creating the user when there is none."""
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        user = User(username=username, default_organization_id=organization_id)
        session.add(user)
        session.flush()
    session.merge(Membership(organization_id=organization_id, user_id=user.id))
    session.flush()
    return user


def issue_token(session: Session, user: User, scope: TokenScope, plain: str | None = None) -> str:
    """Issue an API token and return it; only a digest is stored. `plain` issues a token that exists already."""
    plain = plain or secrets.token_hex(20)
    session.add(Token(user_id=user.id, digest=digest(plain), scope=scope))
    session.flush()
    return plain


def digest(token: str) -> str:
    """Return what is stored of a token; tokens are random, so a plain hash resists guessing."""
    return hashlib.sha256(token.encode()).hexdigest()


def recognize(session: Session, key: str) -> tuple[Actor, TokenScope]:
    """Return who holds the token with that digest, and what it allows.

    Raises:
        Unauthenticated: when nobody was issued that token.
    """
    row = session.scalar(select(Token).where(Token.digest == key))
    if row is None:
        raise Unauthenticated("This API token is not known here.")
    return actor_of(session, row.user), row.scope


def actor_of(session: Session, user: User) -> Actor:
    """Return a user as somebody who acts, reaching every organisation they are a member of."""
    memberships = session.scalars(select(Membership.organization_id).where(Membership.user_id == user.id))
    return Actor(user.id, user.username, user.default_organization_id, frozenset(memberships))


def first_user(session: Session) -> User | None:
    """Return the oldest user, who owns the platform, or None on an empty store."""
    return session.scalar(select(User).order_by(User.id).limit(1))


def find_by_name(unit: Unit, name: str) -> Organization:
    """Return the organisation of that name within reach.

    Raises:
        NotFound: when there is none.
    """
    row = unit.session.scalar(
        select(Organization).where(Organization.name == name, Organization.id.in_(unit.actor.reach))
    )
    if row is None:
        raise NotFound(f"There is no organization named '{name}'.")
    return row


def members(unit: Unit, organization_id: UUID, username: str | None = None) -> Sequence[User]:
    """Return the members of an organisation, or the one of that name."""
    unit.admit(organization_id)
    joined = select(User).join(Membership, Membership.user_id == User.id)
    wanted = joined.where(Membership.organization_id == organization_id).order_by(User.id)
    return unit.session.scalars(wanted if username is None else wanted.where(User.username == username)).all()


def granted(unit: Unit, object_id: UUID) -> Sequence[User]:
    """Return the users who were given access to an object."""
    rows = select(Access).where(Access.object_id == object_id).order_by(Access.user_id)
    return [row.user for row in unit.session.scalars(rows)]


def grant(unit: Unit, organization_id: UUID, object_id: UUID, *, user_id: UUID, role: str | None) -> User:
    """Give a member access to an object; giving it again replaces the role.

    Raises:
        NotFound: when the user is not a member of the organisation.
    """
    user = unit.session.get(User, user_id)
    if user is None or unit.session.get(Membership, (organization_id, user_id)) is None:
        raise NotFound(f"There is no user {user_id} in this organization.")
    unit.session.merge(Access(object_id=object_id, user_id=user_id, role=role))
    return user
