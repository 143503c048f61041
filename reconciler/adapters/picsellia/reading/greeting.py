"""The first words with a platform: what it can do, and which organisation we speak for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from reconciler.adapters.picsellia.request import Route
from reconciler.adapters.picsellia.wire import Found, Organization, Ping
from reconciler.core.references import Ref
from reconciler.errors import NotFound, SettingsError, UnexpectedReply

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.transport import Transport

PING: Final = Route("GET", "/api/home/ping", "greet the platform")
FIND: Final = Route("GET", "/api/organizations/find", "find organisation {name}")
READ: Final = Route("GET", "/api/organization/{id}", "read organisation {id}")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the first requests told: the organisation, and the capabilities announced."""

    organization: Ref
    capabilities: frozenset[str]


class Greeter:
    """Greets the platform once, at the first need.

    Args:
        transport: The way there.
        organization: Id or name of the organisation; `None` for the token's default.
    """

    def __init__(self, transport: Transport, organization: str | None) -> None:
        self._transport = transport
        self._organization = organization
        self._greeting: Greeting | None = None
        self._lock = asyncio.Lock()

    async def greeting(self) -> Greeting:
        """Return what the platform said. Raises SettingsError for an organisation that cannot be found."""
        async with self._lock:
            if self._greeting is None:
                self._greeting = await self._greet()
            return self._greeting

    async def _greet(self) -> Greeting:
        ping = await self._ping()
        organization_id = await self._organization_id(ping)
        organization = await self._read(organization_id)
        if organization.default_connector_id is not None:
            self._transport.speak_for(organization_id)
        return Greeting(Ref(organization_id, organization.name), ping.capabilities)

    async def _ping(self) -> Ping:
        try:
            return (await self._transport.read(PING.to())).parse(Ping)
        except NotFound as error:
            raise UnexpectedReply(
                f"there is no Picsellia-compatible platform at {self._transport.endpoint}",
                where=error.where,
                hint="Check the host: it is the address people open in the browser, without a path.",
            ) from None

    async def _organization_id(self, ping: Ping) -> str:
        if self._organization is None:
            if ping.default_organization is None:
                raise SettingsError("the token has no default organisation", hint="Name one with --organization.")
            return ping.default_organization
        try:
            return str(UUID(self._organization))
        except ValueError:
            return await self._find(self._organization)

    async def _find(self, name: str) -> str:
        try:
            return (await self._transport.read(FIND.to({"name": name}, query={"name": name}))).parse(Found).id
        except NotFound:
            raise self._unknown(name) from None

    async def _read(self, organization_id: str) -> Organization:
        try:
            return (await self._transport.read(READ.to({"id": organization_id}))).parse(Organization)
        except NotFound:
            raise self._unknown(organization_id) from None

    @staticmethod
    def _unknown(organization: str) -> SettingsError:
        return SettingsError(
            f"the platform knows no organisation {organization!r} that this token may see",
            hint="Check --organization (PICSELLIA_ORGANIZATION).",
        )
