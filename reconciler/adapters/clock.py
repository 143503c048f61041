"""The machine's clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class SystemClock:
    """Time as this machine tells it; fulfils `ports.Clock`."""

    def now(self) -> str:
        """Return the wall-clock time as RFC 3339 in UTC with milliseconds, such as `2026-11-21T20:36:00.123Z`."""
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; less than nothing means not at all."""
        await asyncio.sleep(max(0.0, seconds))
