"""Row identifiers: UUIDs of version 7 (RFC 9562), so that sorting by id is sorting by creation."""

import secrets
import threading
import time
from uuid import UUID

_RANDOM_BITS = 62
_SEQUENCE_BITS = 12
_SEQUENCE_LIMIT = 1 << _SEQUENCE_BITS


class _Clock:
    """Hands out (millisecond, sequence) pairs that never go back, whatever the wall clock does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def tick(self) -> int:
        """Return the next value: Unix milliseconds in the high bits, a sequence in the low twelve."""
        with self._lock:
            self._last = max(self._last + 1, (time.time_ns() // 1_000_000) * _SEQUENCE_LIMIT)
            return self._last


_CLOCK = _Clock()


def new_id() -> UUID:
    """Return a fresh identifier, greater than every identifier this process made before."""
    milliseconds, sequence = divmod(_CLOCK.tick(), _SEQUENCE_LIMIT)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | sequence << 64
    value |= 0b10 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return UUID(int=value)
