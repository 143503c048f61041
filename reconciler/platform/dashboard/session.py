"""Who is signed in: a signed cookie names an API token by its digest, so that a revoked token ends its sessions."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from starlette.requests import Request
from starlette.responses import Response

from reconciler.platform.context import Context, context_of
from reconciler.platform.store.faults import Forbidden

COOKIE = "reconciler_session"
LIFETIME = timedelta(hours=12)
_AUDIENCE = "dashboard"
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Session:
    """A signed-in browser.

    Attributes:
        key: the digest of the API token it was opened with.
        csrf: what a form of this session must send along.
    """

    key: str
    csrf: str

    def __repr__(self) -> str:
        return "Session(***)"

    def admit(self, told: str) -> None:
        """Raise Forbidden unless a form of this session told its secret."""
        if not hmac.compare_digest(self.csrf.encode(), told.encode()):
            raise Forbidden("This form is of another session. Go back, load the page again and try once more.")


def open_session(key: str) -> Session:
    """Return a new session of whoever holds the token with that digest."""
    return Session(key, secrets.token_urlsafe(24))


def session_of(request: Request) -> Session | None:
    """Return the session a request belongs to; None without one, with an expired one, or one that we did not sign."""
    sealed = request.cookies.get(COOKIE)
    if sealed is None:
        return None
    try:
        claims = jwt.decode(
            sealed,
            _key(context_of(request)),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["exp", "aud", "key", "csrf"]},
        )
    except jwt.InvalidTokenError:
        return None
    return Session(str(claims["key"]), str(claims["csrf"]))


def keep(session: Session, request: Request, response: Response) -> None:
    """Let the browser keep a session, for `LIFETIME`."""
    expires = datetime.now(UTC) + LIFETIME
    claims = {"key": session.key, "csrf": session.csrf, "aud": _AUDIENCE, "exp": expires}
    sealed = jwt.encode(claims, _key(context_of(request)), algorithm=_ALGORITHM)
    response.set_cookie(
        COOKIE,
        sealed,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def forget(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def _key(context: Context) -> bytes:
    return context.keys.derive("dashboard")
