"""Who is calling and what they may do: API tokens for the platform, one-hour JWTs for the other two services."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import jwt
from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from reconciler.platform.context import Context, context_of
from reconciler.platform.store.faults import Forbidden, Unauthenticated
from reconciler.platform.store.organizations import digest
from reconciler.platform.store.unit import Actor, Unit
from reconciler.platform.store.words import TokenScope

T = TypeVar("T")
Service = Literal["monitoring", "serving"]

LIFETIME = timedelta(hours=1)
_ALGORITHM = "HS256"
_BEARER = HTTPBearer(auto_error=False, description="An API token of this platform.")
_JWT_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The JWT that the login answered.")


@dataclass(frozen=True)
class Call:
    """One authenticated request."""

    context: Context
    actor: Actor

    def read(self) -> AbstractContextManager[Unit]:
        """Give a unit that changes nothing."""
        return self.context.store.read(self.actor)

    def write(self) -> AbstractContextManager[Unit]:
        """Give a unit that is committed at the end."""
        return self.context.store.write(self.actor)

    def settle(self, work: Callable[[Unit], T]) -> T:
        """Run what is committed at its end, and again where another request was faster."""
        return self.context.store.settle(self.actor, work)


@dataclass(frozen=True)
class Pass:
    """What a JWT says: which deployment it is for, on whose behalf in that deployment's organisation, and for what."""

    deployment_id: UUID
    actor: Actor
    scope: TokenScope = TokenScope.WRITE

    def admit(self, deployment_id: UUID) -> None:
        """Raise Forbidden unless the JWT is for that deployment."""
        if deployment_id != self.deployment_id:
            raise Forbidden("This JWT is for another deployment.")


async def reader(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    x_picsellia_organization: Annotated[UUID | None, Header()] = None,
) -> Call:
    """Return the call of anybody with a known token.

    Raises:
        Unauthenticated: without one.
        Forbidden: when the organisation header names one the caller is not a member of.
    """
    actor, _ = await _recognize(request, credentials)
    return Call(context_of(request), _narrow(actor, x_picsellia_organization))


async def writer(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    x_picsellia_organization: Annotated[UUID | None, Header()] = None,
) -> Call:
    """Return the call of somebody whose token may change things; otherwise as `reader`."""
    actor, scope = await _recognize(request, credentials)
    if scope is not TokenScope.WRITE:
        raise Forbidden("This API token may only read.")
    return Call(context_of(request), _narrow(actor, x_picsellia_organization))


Reading = Annotated[Call, Depends(reader)]
Writing = Annotated[Call, Depends(writer)]


def issue(context: Context, service: Service, granted: Pass) -> tuple[str, datetime]:
    """Return a JWT for one deployment on one service, and when it expires."""
    expires = datetime.now(UTC).replace(microsecond=0) + LIFETIME
    claims = {
        "sub": str(granted.actor.user_id),
        "name": granted.actor.username,
        "organization_id": str(granted.actor.organization_id),
        "aud": service,
        "deployment_id": str(granted.deployment_id),
        "scope": granted.scope,
        "exp": expires,
    }
    return jwt.encode(claims, context.keys.derive("jwt"), algorithm=_ALGORITHM), expires


def verify(context: Context, service: Service, token: str) -> Pass:
    """Return what a JWT of that service says.

    Raises:
        Unauthenticated: when it is not one of ours, for another service, or expired.
    """
    try:
        claims = jwt.decode(
            token,
            context.keys.derive("jwt"),
            algorithms=[_ALGORITHM],
            audience=service,
            options={"require": ["exp", "sub", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(f"This JWT is not valid here: {error}") from error
    organization_id = UUID(claims["organization_id"])
    actor = Actor(UUID(claims["sub"]), claims["name"], organization_id, frozenset({organization_id}))
    return Pass(UUID(claims["deployment_id"]), actor, TokenScope(claims["scope"]))


def bearer(service: Service) -> Callable[..., Awaitable[Pass]]:
    """Return the dependency that demands a JWT of a service."""

    async def demand(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_JWT_BEARER)]
    ) -> Pass:
        if credentials is None:
            raise Unauthenticated("Log in first: this service takes the JWT that its login answers.")
        context = context_of(request)
        granted = verify(context, service, credentials.credentials)
        context.pace.take(str(granted.actor.user_id))
        return granted

    return demand


def writing(service: Service) -> Callable[..., Awaitable[Pass]]:
    """Return the dependency that demands a JWT of a service, got with a token that may change things."""
    demand = bearer(service)

    async def insist(granted: Annotated[Pass, Depends(demand)]) -> Pass:
        if granted.scope is not TokenScope.WRITE:
            raise Forbidden("This JWT was got with an API token that may only read.")
        return granted

    return insist


async def recognize(context: Context, token: str) -> tuple[Actor, TokenScope]:
    """Return who holds an API token and what it allows, counting the request as theirs.

    Raises:
        Unauthenticated: when nobody does.
        TooMany: when they ask faster than they may.
    """
    key = digest(token)
    known = context.recognition.known(key)
    holder = known if known is not None else await run_in_threadpool(context.recognition.look_up, key)
    context.pace.take(str(holder[0].user_id))
    return holder


async def _recognize(request: Request, credentials: HTTPAuthorizationCredentials | None) -> tuple[Actor, TokenScope]:
    if credentials is None:
        raise Unauthenticated("Send an API token: 'Authorization: Bearer <token>'.")
    return await recognize(context_of(request), credentials.credentials)


def _narrow(actor: Actor, organization_id: UUID | None) -> Actor:
    if organization_id is None:
        return actor
    if organization_id not in actor.reach:
        raise Forbidden(f"You are not a member of the organization {organization_id}.")
    return replace(actor, organization_id=organization_id, reach=frozenset({organization_id}))
