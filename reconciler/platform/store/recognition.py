"""Who holds a token, remembered for a moment so that a request costs no query to know its sender."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from reconciler.platform.store.database import Store
from reconciler.platform.store.organizations import recognize
from reconciler.platform.store.unit import Actor
from reconciler.platform.store.words import TokenScope

# How long a revoked token may still be honoured, in seconds.
FRESH_FOR = 5.0
_MOST = 10_000

Holder = tuple[Actor, TokenScope]


class Recognition:
    """Answers who holds a token; tokens are named by their digests, as the store knows them."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[float, Holder]] = {}

    def known(self, key: str) -> Holder | None:
        """Return the holder if they were looked up a moment ago; never blocks."""
        remembered = self._known.get(key)
        return remembered[1] if remembered and self._clock() < remembered[0] else None

    def look_up(self, key: str) -> Holder:
        """Return the holder as the store knows them now.

        Raises:
            Unauthenticated: when nobody was issued a token with that digest.
        """
        with Session(self._store.engine) as session:
            holder = recognize(session, key)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (self._clock() + FRESH_FOR, holder)
        return holder
