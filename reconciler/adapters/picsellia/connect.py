"""Putting the parts together: one connection to one platform, with its observer and its actuator."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stamina.instrumentation import set_on_retry_hooks

from reconciler.adapters.picsellia.actuator import PicselliaActuator
from reconciler.adapters.picsellia.labels import Labels
from reconciler.adapters.picsellia.limiter import Limiter
from reconciler.adapters.picsellia.observer import PicselliaObserver
from reconciler.adapters.picsellia.reading.greeting import Greeter
from reconciler.adapters.picsellia.reading.tags import Tags
from reconciler.adapters.picsellia.transport import Address, Transport, Tuning, client_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from stamina.instrumentation import RetryDetails

    from reconciler.adapters.picsellia.transport import Counts
    from reconciler.ports import Clock

__all__ = ["Address", "Connection", "Tuning", "connect"]

_LOG: Final = logging.getLogger("reconciler.picsellia")

DEFAULTS = Tuning()


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection.

    Attributes:
        observer: Reads; also a Historian.
        actuator: Writes.
        transport: What both go through.
    """

    observer: PicselliaObserver
    actuator: PicselliaActuator
    transport: Transport

    @property
    def counts(self) -> Counts:
        """What has been sent so far: requests by route, and how many of them were writes."""
        return self.transport.counts


@asynccontextmanager
async def connect(
    address: Address,
    clock: Clock,
    *,
    tuning: Tuning = DEFAULTS,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connection]:
    """Open a connection; nothing is sent before the first observation or write.

    Args:
        address: Host, token and organisation.
        clock: Time, for pauses and for the snapshot.
        tuning: Pace, budgets, and whether writes are forbidden.
        transport: Carries the requests instead of the network, such as an ASGI application.

    Raises:
        SettingsError: for a host or token that cannot be used.
    """
    # stamina's own choice would be structlog, which prints to stdout until somebody configures it.
    set_on_retry_hooks([_tell_of_retry])
    limiter = Limiter(clock, ceiling=tuning.concurrency, patience=tuning.patience)
    async with client_for(address, tuning, transport=transport) as client:
        way = Transport(client, address.token, limiter=limiter, tuning=tuning)
        greeter, labels = Greeter(way, address.organization), Labels()
        tags = Tags(way, greeter)
        observer = PicselliaObserver(way, greeter, clock=clock, labels=labels, tags=tags)
        yield Connection(observer, PicselliaActuator(way, greeter, tags=tags), way)


def _tell_of_retry(details: RetryDetails) -> None:
    # Nothing of what was called: it may hold anything.
    told = {"retry": details.retry_num, "in_s": round(details.wait_for, 2), "why": str(details.caused_by)}
    _LOG.warning("trying again", extra=told)
