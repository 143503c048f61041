"""The machine's clock speaks the format that ledger and plan expect."""

import asyncio
import re
from datetime import datetime

from reconciler.adapters.clock import SystemClock


def test_now_is_rfc_3339_in_utc_with_milliseconds() -> None:
    now = SystemClock().now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now)
    assert datetime.fromisoformat(now).utcoffset() is not None


def test_monotonic_never_goes_back_and_a_negative_sleep_does_not_wait() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(-1))
    assert clock.monotonic() >= before
