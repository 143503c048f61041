"""What every answer to a browser must say, and what a request that changes something must prove."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.platform.store.faults import Forbidden

# Nothing but our own files: no inline scripts, no inline styles, no frames, no other host.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Pages tell of a tenant's data: neither a proxy nor the disk may keep them. Routes that know better say so.
_UNSTORED = "no-store"
# The ways a browser tells that a request comes from a page of ours, or from the address bar.
_AT_HOME = frozenset({"same-origin", "none"})


class SecureHeaders:
    """Adds the headers to every answer of an app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self._app(scope, receive, _adding(send) if scope["type"] == "http" else send)


def demand_same_origin(request: Request) -> None:
    """Raise Forbidden for a request that a page of another site made a browser send.

    Browsers tell with `Sec-Fetch-Site` or, older ones, with `Origin`; what tells neither is not a browser, and holds no
    cookie that it was not given on purpose.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        fits = site in _AT_HOME
    else:
        origin = request.headers.get("origin")
        fits = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not fits:
        raise Forbidden("This request comes from a page of another site; open ours and try again.")


def _adding(send: Send) -> Send:
    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", _UNSTORED)
        await send(message)

    return added
