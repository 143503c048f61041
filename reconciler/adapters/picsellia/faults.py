"""The one table from HTTP to our errors: every exception of httpx, every status that is not a success.

What a fault means depends on whether the request could change something: the same reset that makes a read merely fail
leaves a write in doubt.

    fate           read                  write
    NOT_SENT       PlatformUnavailable   PlatformUnavailable   nothing reached the platform
    IN_FLIGHT      PlatformUnavailable   Ambiguous             it may or may not have been carried out
    BAD_REPLY      UnexpectedReply       Ambiguous             there was an answer, and it cannot be understood
    MISADDRESSED   SettingsError         SettingsError         the host cannot be spoken to at all
    OURS           Bug                   Bug                   the client was misused
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import httpx

from reconciler import errors
from reconciler.adapters.picsellia.reply import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.adapters.picsellia.reply import Reply
    from reconciler.adapters.picsellia.request import Request


class Fate(enum.Enum):
    """What became of a request that got no usable answer."""

    NOT_SENT = "not sent"
    IN_FLIGHT = "in flight"
    BAD_REPLY = "bad reply"
    MISADDRESSED = "misaddressed"
    OURS = "ours"


FATES: Final[Mapping[type[Exception], tuple[Fate, str]]] = {
    httpx.ConnectError: (Fate.NOT_SENT, "no connection to the platform"),
    httpx.ConnectTimeout: (Fate.NOT_SENT, "the platform did not accept a connection in time"),
    httpx.PoolTimeout: (Fate.NOT_SENT, "no free connection to the platform in time"),
    httpx.ProxyError: (Fate.NOT_SENT, "the proxy did not let us through"),
    httpx.ReadTimeout: (Fate.IN_FLIGHT, "the platform did not answer in time"),
    httpx.WriteTimeout: (Fate.IN_FLIGHT, "the platform did not take the request in time"),
    httpx.TimeoutException: (Fate.IN_FLIGHT, "the platform did not answer in time"),
    TimeoutError: (Fate.IN_FLIGHT, "the platform did not answer in time"),
    httpx.ReadError: (Fate.IN_FLIGHT, "the connection broke while the answer was read"),
    httpx.WriteError: (Fate.IN_FLIGHT, "the connection broke while the request was sent"),
    httpx.CloseError: (Fate.IN_FLIGHT, "the connection broke while it was closed"),
    httpx.NetworkError: (Fate.IN_FLIGHT, "the connection broke"),
    httpx.RemoteProtocolError: (Fate.IN_FLIGHT, "the platform broke off its answer"),
    httpx.ProtocolError: (Fate.IN_FLIGHT, "the platform does not follow HTTP"),
    httpx.TransportError: (Fate.IN_FLIGHT, "the connection failed"),
    httpx.DecodingError: (Fate.BAD_REPLY, "the answer's encoding is damaged"),
    httpx.TooManyRedirects: (Fate.BAD_REPLY, "the platform redirects in circles"),
    httpx.RequestError: (Fate.BAD_REPLY, "the request failed"),
    httpx.HTTPError: (Fate.BAD_REPLY, "the request failed"),
    httpx.UnsupportedProtocol: (Fate.MISADDRESSED, "the host's address does not begin with http:// or https://"),
    httpx.InvalidURL: (Fate.MISADDRESSED, "the host's address is not a URL"),
    httpx.LocalProtocolError: (Fate.OURS, "the request is not valid HTTP"),
    httpx.HTTPStatusError: (Fate.OURS, "a status was raised instead of read"),
    httpx.CookieConflict: (Fate.OURS, "cookies were looked up by an ambiguous name"),
    httpx.StreamError: (Fate.OURS, "a stream was misused"),
    httpx.StreamConsumed: (Fate.OURS, "a stream was read twice"),
    httpx.StreamClosed: (Fate.OURS, "a closed stream was read"),
    httpx.ResponseNotRead: (Fate.OURS, "an answer was used before it was read"),
    httpx.RequestNotRead: (Fate.OURS, "a request was used before it was read"),
}
"""Exception class to fate and words; a subclass that is not listed inherits its parent's."""

_TOLD: Final = (httpx.ConnectError, httpx.ProxyError)
"""Exceptions whose own text helps (connection refused, certificate problems) and can hold nothing of ours."""

_UNREACHABLE = "Check the host, the network and, behind one, the proxy; then try again."
_IN_DOUBT = "Run again: the next run looks at the platform first and repeats only what did not land."
_TRY_LATER = "Try again later; the platform's status page may know more."


def of_exception(request: Request, error: Exception, endpoint: str = "") -> errors.ReconcilerError:
    """Return our error for an exception raised while `request` was under way to the host at `endpoint`."""
    fate, words = next(
        (FATES[kind] for kind in type(error).__mro__ if kind in FATES),
        (Fate.BAD_REPLY, f"the transport failed with {type(error).__name__}"),
    )
    told = clean(str(error)) if isinstance(error, _TOLD) else ""
    message = f"cannot {request.purpose}: {words}" + (f" ({told})" if told else "")
    # Where nothing arrived, the host itself is what a person has to look at.
    where = f"{request.method} {endpoint}{request.path}" if fate is Fate.NOT_SENT else str(request)
    return _of_fate(fate, message, where=where, writes=request.route.is_write)


def _of_fate(fate: Fate, message: str, *, where: str, writes: bool) -> errors.ReconcilerError:
    match fate:
        case Fate.NOT_SENT:
            return errors.PlatformUnavailable(message, where=where, hint=_UNREACHABLE)
        case Fate.IN_FLIGHT | Fate.BAD_REPLY if writes:
            return errors.Ambiguous(message, where=where, hint=_IN_DOUBT)
        case Fate.IN_FLIGHT:
            return errors.PlatformUnavailable(message, where=where, hint=_TRY_LATER)
        case Fate.BAD_REPLY:
            return errors.UnexpectedReply(message, where=where, hint=_TRY_LATER)
        case Fate.MISADDRESSED:
            return errors.SettingsError(message, hint="Give the host as https://name, without a path.")
        case Fate.OURS:
            return errors.Bug(message, where=where, hint="Please report this.")


REPEATABLE: Final = frozenset({429, 502, 503, 504})
"""Statuses of a read that are worth another try."""

_REJECTIONS: Final[Mapping[int, str]] = {
    400: "The platform does not accept these values; compare them with its documentation.",
    402: "The organisation's plan or credit does not allow this; ask its owner.",
    405: "The platform does not offer this; check its version.",
    413: "The request is too large for the platform; declare less in one manifest.",
    415: "The platform does not take JSON here; check that the host is the platform itself.",
    422: "The platform does not accept these values; compare them with its documentation.",
    423: "The object is locked on the platform; unlock it there, then run again.",
}
"""Hints for a definite no; every other 4xx gets a general one."""


def of_status(reply: Reply, words: str) -> errors.ReconcilerError:
    """Return our error for an answer that is not a success.

    Args:
        reply: The answer; its status decides.
        words: What the platform said, cleaned.
    """
    message = f"cannot {reply.request.purpose}: {words or 'the platform gave no reason'} ({reply.status})"
    where, status = str(reply.request), reply.status
    match status:
        case 401:
            return errors.NotAuthenticated(message, where=where, hint="Check the token and which platform it is for.")
        case 403:
            return errors.NotPermitted(message, where=where, hint="Use a token that may do this, or ask for the right.")
        case 404:
            return errors.NotFound(message, status=status, where=where, hint="It may be gone; plan again.")
        case 208 | 409:
            return errors.Conflict(message, status=status, where=where, hint="Something is in the way; plan again.")
        case 429:
            return errors.Throttled(f"{where}: {message}", retry_after=reply.retry_after, hint="Lower --concurrency.")
        case 407:
            return errors.PlatformUnavailable(message, where=where, hint="The proxy wants credentials.")
        case _ if 400 <= status < 500:
            hint = _REJECTIONS.get(status, "The platform will not do this; nothing was changed.")
            return errors.Rejected(message, status=status, where=where, hint=hint)
        case _ if reply.request.route.is_write:
            return errors.Ambiguous(message, where=where, hint=_IN_DOUBT)
        case _ if status >= 500:
            return errors.PlatformUnavailable(message, where=where, hint=_TRY_LATER)
        case _:
            return errors.UnexpectedReply(message, where=where, hint="Check that the host is the platform itself.")
