"""One connected run: settings become tools, and everything opened is closed again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.open import open_ledger
from reconciler.adapters.picsellia.connect import Address, Tuning, connect
from reconciler.bootstrap.describing import describe
from reconciler.bootstrap.embedded import Reach, reach_embedded
from reconciler.bootstrap.memory import ScopedLedger
from reconciler.engine.tools import Tools
from reconciler.ports import Scope
from reconciler.settings.resolution import Embedded, Remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from reconciler.adapters.picsellia.connect import Connection
    from reconciler.core.live import Json
    from reconciler.core.plan import Chain, Step
    from reconciler.ports import Announcer
    from reconciler.settings.resolution import Settings

_GREETING = Scope(subjects=(), references=frozenset(), whole=False)
"""Asks for nothing but who we are: the platform's capabilities and our organisation."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a verb needs of a session.

    Attributes:
        announcer: Hears what happens.
        writes: Whether anything may be written to the platform; if not, the transport forbids it.
        concurrency: Most requests in flight.
    """

    announcer: Announcer
    writes: bool = False
    concurrency: int = 10


@dataclass(frozen=True, slots=True)
class Session:
    """A connected run.

    Attributes:
        tools: What the engine works with.
        connection: Its line to the platform.
        organization: Id of the organisation.
    """

    tools: Tools
    connection: Connection
    organization: str

    @property
    def requests(self) -> Mapping[str, int]:
        """Requests so far, by route."""
        return self.connection.counts.routes

    def describe(self, step: Step, chain: Chain | None) -> Mapping[str, Json]:
        """Return method, path and payload of the request that a step sends."""
        return describe(step, chain, organization=self.organization)


@asynccontextmanager
async def session(settings: Settings, needs: Needs) -> AsyncIterator[Session]:
    """Connect to the platform and open the ledger.

    Raises:
        SettingsError, AccessError, PlatformError, Contention, LedgerError: as the parts say.
    """
    clock = SystemClock()
    tuning = Tuning(
        concurrency=needs.concurrency, write_seconds=settings.leases.write_seconds, forbid_writes=not needs.writes
    )
    async with (
        _reach(settings.platform) as reach,
        connect(reach.address, clock, tuning=tuning, transport=reach.transport) as connection,
    ):
        greeting = await connection.observer.observe(_GREETING)
        async with open_ledger(settings.ledger.url) as ledger:
            scoped = ScopedLedger(ledger, greeting.organization.id)
            meter = connection.counts
            tools = Tools(connection.observer, connection.actuator, scoped, clock, needs.announcer, meter, scoped)
            yield Session(tools, connection, greeting.organization.id)


@asynccontextmanager
async def _reach(platform: Remote | Embedded) -> AsyncIterator[Reach]:
    match platform:
        case Remote(host, organization, token):
            yield Reach(Address(host, token, organization))
        case Embedded():
            async with reach_embedded(platform) as reach:
                yield reach
