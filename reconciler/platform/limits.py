"""How much a caller may send: the size of a request, and the rate of requests."""

import hashlib
import math
import threading
import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.platform.envelope import answer_to
from reconciler.platform.store.faults import TooLarge, TooMany

_MOST_KNOWN = 10_000
_TOO_LARGE = 413
# Digits; more are more than any limit anyway.
_LONGEST = 18


class SizeLimit:
    """Refuses bodies that are too large: announced ones at once, others as soon as too much has come."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._announced(scope) > self._most:
            await answer_to(TooLarge(self._told()))(scope, receive, send)
        else:
            await self._app(scope, self._counting(receive), send)

    def _announced(self, scope: Scope) -> int:
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        return max((int(value[:_LONGEST]) for value in lengths if value.isdigit()), default=0)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                # The one kind that no reader of bodies turns into "malformed".
                raise HTTPException(_TOO_LARGE, self._told())
            return message

        return counted

    def _told(self) -> str:
        return f"A request may have at most {self._most} bytes."


class Pace:
    """One bucket of requests for each caller, refilled at a steady rate.

    Keys are digests: what is counted here must not be a list of tokens.
    """

    def __init__(self, rate: float | None, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[bytes, tuple[float, float]] = {}

    def take(self, caller: str) -> None:
        """Count one request of a caller.

        Raises:
            TooMany: when the bucket is empty; the request does not count then.
        """
        if self._rate is None:
            return
        with self._lock:
            left, moment = self._refilled(self._key(caller), self._rate)
            if left < 1:
                raise TooMany("Too many requests.", retry_after=math.ceil((1 - left) / self._rate))
            self._remember(self._key(caller), left - 1, moment)

    def _refilled(self, key: bytes, rate: float) -> tuple[float, float]:
        moment = self._clock()
        left, since = self._buckets.get(key, (float(self._burst), moment))
        return min(float(self._burst), left + (moment - since) * rate), moment

    def _remember(self, key: bytes, left: float, moment: float) -> None:
        if len(self._buckets) >= _MOST_KNOWN:
            # The one that was silent longest has the fullest bucket: forgetting it grants it the least.
            del self._buckets[min(self._buckets, key=lambda known: self._buckets[known][1])]
        self._buckets[key] = (left, moment)

    @staticmethod
    def _key(caller: str) -> bytes:
        return hashlib.sha256(caller.encode()).digest()
