"""The one way to the platform: headers, pace, retries, counts; it knows HTTP and nothing about deployments.

Reads are repeated within a budget. A write is sent once; it is sent again only when it is certain that the platform did
not carry it out: no connection was made, or the answer was 429. A transport that forbids writes raises Bug before
anything is sent, so that "plan writes nothing" is a property of the program and not a promise.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx
import stamina

from reconciler import __version__
from reconciler.adapters.picsellia import faults
from reconciler.adapters.picsellia.reply import Reply, said
from reconciler.errors import Ambiguous, Bug, PlatformUnavailable, SettingsError, Throttled
from reconciler.ports import unconditional

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from reconciler.adapters.picsellia.limiter import Limiter
    from reconciler.adapters.picsellia.request import Request, Route
    from reconciler.core.secret import Secret
    from reconciler.ports import Permit

USER_AGENT: Final = f"reconciler/{__version__}"
ORGANIZATION_HEADER: Final = "X-Picsellia-Organization"
MOST_REDIRECTS: Final = 5
REFUSALS: Final = frozenset({429, 503})
"""Statuses by which a host says that it is asked too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How patient and how fast we are.

    Attributes:
        concurrency: Most requests in flight, at least 1.
        connect_seconds: Longest wait for a connection.
        read_seconds: Longest time one read may take once it is sent; lists of a slow service take a while.
        write_seconds: Longest time one write may take once it is sent; leases rely on it.
        attempts: How often one request is tried.
        retry_seconds: No further try starts after this long.
        patience: Longest pause the platform may ask for, in seconds.
        forbid_writes: Whether a write is a bug.
    """

    concurrency: int = 10
    connect_seconds: float = 10.0
    read_seconds: float = 120.0
    write_seconds: float = 30.0
    attempts: int = 6
    retry_seconds: float = 60.0
    patience: float = 120.0
    forbid_writes: bool = False


@dataclass(slots=True)
class Counts:
    """What was sent, tries included.

    Attributes:
        routes: Route, such as `GET /api/deployment/{id}`, to how often.
        writes: How many of them could change something.
    """

    routes: Counter[str] = field(default_factory=Counter)
    writes: int = 0

    def add(self, route: Route) -> None:
        """Count one request."""
        self.routes[str(route)] += 1
        self.writes += route.is_write

    def since(self, before: Mapping[str, int]) -> dict[str, int]:
        """Return what was sent since `before`, a copy of `routes`, sorted by route."""
        return {
            route: self.routes[route] - before.get(route, 0)
            for route in sorted(self.routes)
            if self.routes[route] > before.get(route, 0)
        }


class _Bearer(httpx.Auth):
    """Puts the token on a request in the moment of sending; no variable ever holds the header."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


@dataclass(frozen=True, slots=True)
class Address:
    """Where the platform is and who we are there.

    Attributes:
        host: Origin such as `https://app.picsellia.com`; a path is ignored, as the official SDK does.
        token: The API token.
        organization: Id or name; `None` for the token's default.
    """

    host: str
    token: Secret
    organization: str | None = None

    @property
    def origin(self) -> str:
        """Scheme, name and port. Raises SettingsError for anything that is not one."""
        try:
            urlsplit(self.host.strip())  # stricter than httpx about brackets
            url = httpx.URL(self.host.strip())
        except (httpx.InvalidURL, ValueError):
            url = httpx.URL()
        if url.scheme not in ("http", "https") or not url.host:
            # What stands before an @ may be a password.
            shown = "" if "@" in self.host else f" {self.host.strip()}"
            raise SettingsError(f"the host{shown} is not an address", hint="Give it as https://app.picsellia.com.")
        if url.userinfo:
            raise SettingsError("the host holds a user name", hint="Leave it out; the token says who you are.")
        return f"{url.scheme}://{url.netloc.decode('ascii')}"


def client_for(
    address: Address, tuning: Tuning, *, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return an HTTP client for one platform. Raises SettingsError for an unusable host or token.

    Args:
        address: Host and token.
        tuning: Time-outs and pool size.
        transport: Carries the requests instead of the network (an ASGI application, a recording).
    """
    token = address.token.reveal()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        # Checked here because HTTP libraries quote an illegal header, token and all, in their errors.
        raise SettingsError("the token is empty or holds characters no token has", hint="Check for stray line ends.")
    return httpx.AsyncClient(
        base_url=address.origin,
        auth=_Bearer(address.token),
        headers={"User-Agent": USER_AGENT, "Content-type": "application/json"},
        timeout=httpx.Timeout(tuning.read_seconds, connect=tuning.connect_seconds),
        limits=httpx.Limits(max_connections=tuning.concurrency, max_keepalive_connections=tuning.concurrency),
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        transport=transport,
    )


class Transport:
    """Sends requests to one host, at its pace.

    Args:
        client: See `client_for`; closed by whoever made it.
        token: To be kept out of every message.
        limiter: The host's pace.
        tuning: Budgets.
    """

    def __init__(self, client: httpx.AsyncClient, token: Secret, *, limiter: Limiter, tuning: Tuning) -> None:
        self._client = client
        self._token = token
        self._limiter = limiter
        self._tuning = tuning
        self._patiently = stamina.AsyncRetryingCaller(
            attempts=tuning.attempts, timeout=tuning.retry_seconds, wait_initial=0.2, wait_max=5.0
        ).on(self._again)
        self.counts = Counts()

    @property
    def endpoint(self) -> str:
        """Origin of the platform."""
        return str(self._client.base_url).rstrip("/")

    def speak_for(self, organization_id: str) -> None:
        """Send the organisation's id with every further request."""
        self._client.headers[ORGANIZATION_HEADER] = organization_id

    async def read(self, request: Request) -> Reply:
        """Send a request that changes nothing; repeat it within the budget.

        Raises: PlatformError, AccessError; NotFound where there is no such thing.
        """
        if request.route.is_write:
            raise Bug(f"{request} would write, and was sent as a read")
        return await self._send(request)

    async def write(self, request: Request, permit: Permit = unconditional) -> Reply:
        """Send a request that changes something, once (see the module), asking `permit` after every wait.

        Raises: Rejected, NotFound, Conflict, Ambiguous, Throttled, PlatformUnavailable, AccessError; what `permit`
            raises, and then nothing was sent.
        """
        if self._tuning.forbid_writes:
            raise Bug(f"{request} would write, and this run only looks", hint="Please report this.")
        return await self._send(request, permit)

    async def _send(self, request: Request, permit: Permit = unconditional) -> Reply:
        if not request.is_complete:
            raise Bug(f"{request} still has a placeholder")
        reply = await self._patiently(self._try, request, permit)
        if not reply.is_success:
            raise self._fault(reply)
        return reply

    async def _try(self, request: Request, permit: Permit) -> Reply:
        reply = await self._once(request, permit)
        if reply.status in _REPEATED[request.route.is_write]:
            raise self._fault(reply)
        return reply

    def _again(self, error: Exception) -> bool | float:
        if isinstance(error, Throttled):
            # The limiter holds the pause; a longer one than we are ready for ends the tries.
            return 0.0 if (error.retry_after or 0.0) <= self._tuning.patience else False
        return isinstance(error, PlatformUnavailable)

    async def _once(self, request: Request, permit: Permit) -> Reply:
        seconds = self._tuning.write_seconds if request.route.is_write else self._tuning.read_seconds
        async with self._limiter.slot() as slot:
            # Now, since waiting for a place and for a pause to pass may have used up what was left of a lease.
            permit()
            self.counts.add(request.route)
            try:
                # httpx limits each read and write; only this limits the whole.
                async with asyncio.timeout(seconds):
                    response = await self._client.send(self._built(request))
            except Exception as error:  # noqa: BLE001  # an injected transport may raise anything; nothing may leak
                raise faults.of_exception(request, error, self.endpoint) from None
            reply = Reply(request, response.status_code, response.content, _retry_after(response.headers))
            if reply.status in REFUSALS:
                self._limiter.refused(slot, reply.retry_after)
            else:
                self._limiter.welcomed()
        if response.request.method != request.method:
            raise Ambiguous(
                f"cannot {request.purpose}: the platform redirects to {response.url.copy_with(query=None)}",
                where=str(request),
                hint="Give that address as the host.",
            )
        return reply

    def _built(self, request: Request) -> httpx.Request:
        return self._client.build_request(
            request.method, request.path, params=request.query or None, content=request.body
        )

    def _fault(self, reply: Reply) -> Exception:
        return faults.of_status(reply, said(reply.content, self._token))


_REPEATED: Final[Mapping[bool, frozenset[int]]] = {False: faults.REPEATABLE, True: frozenset({429})}
"""Statuses worth another try, by whether the request is a write."""


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds of a `Retry-After` (RFC 9110, section 10.2.3), which may be a number or a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        # Against the host's own clock, so that a skewed one does no harm.
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None
