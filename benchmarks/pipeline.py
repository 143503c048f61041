"""A whole apply, plan and drift of a thousand deployments over the embedded platform, phase by phase, requests counted.

Both ends of every request run in this one process, so the times are those of client and platform together.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.catalogs import SMALL, catalog_of
from reconciler.bootstrap.embedded import seed_platform
from reconciler.bootstrap.session import Needs, Session, session
from reconciler.core.events import PhaseStarted
from reconciler.engine.pipeline import apply, drift, make_plan
from reconciler.engine.request import ApplyOptions, PlanRequest
from reconciler.settings.resolution import Embedded, LedgerChoice, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from reconciler.core.events import Event
    from reconciler.core.plan import Plan

SIZE: Final = 1_000
ROUTES_SHOWN: Final = 5


class Stopwatch:
    """Hears when phases begin, and keeps what each took."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._phase, self._since = "connect", time.perf_counter()

    def announce(self, event: Event) -> None:
        """Begin the next phase."""
        if isinstance(event, PhaseStarted):
            self.turn(event.name)

    def turn(self, phase: str) -> None:
        """End the phase that runs, and begin another."""
        now = time.perf_counter()
        self.seconds[self._phase] += now - self._since
        self._phase, self._since = phase, now


def run() -> None:
    """Measure and print."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        seed_platform(Path(folder, "platform"), lambda _: None, ("digits",))
        where = Embedded(Path(folder, "platform"), None)
        ledger = LedgerChoice(str(Path(folder, "ledger.db")), is_default=False)
        settings = Settings(catalog="benchmark", environment="", platform=where, ledger=ledger, in_ci=False)
        asyncio.run(measure(settings))


async def measure(settings: Settings) -> None:
    """Apply a catalog, apply it again, plan it, and look for drift."""
    catalog, request = catalog_of(SMALL, SIZE), PlanRequest()
    print(f"{SIZE:,} deployments with two declared fields each:")
    for name in ("apply, everything new", "apply again, in sync"):
        async with measured(name, settings, writes=True) as opened:
            await apply(opened.tools, catalog, request, ApplyOptions(), _yes)
    async with measured("plan, in sync", settings) as opened:
        made = await make_plan(opened.tools, catalog, request)
        assert made.is_empty, "what was just applied is in sync"
    async with measured("drift, none", settings) as opened:
        await drift(opened.tools, catalog, request)


async def _yes(_: Plan) -> bool:
    return True


@asynccontextmanager
async def measured(name: str, settings: Settings, *, writes: bool = False) -> AsyncIterator[Session]:
    """Open a session, and print phases and requests once it was used."""
    watch = Stopwatch()
    async with session(settings, Needs(watch, writes=writes)) as opened:
        yield opened
        watch.turn("close")
        tell(name, watch.seconds, opened)


def tell(name: str, seconds: Mapping[str, float], opened: Session) -> None:
    """Print one run."""
    phases = ", ".join(f"{phase} {taken:.1f} s" for phase, taken in seconds.items())
    print(f"  {name:<24}{sum(seconds.values()):>8.1f} s   {phases}")
    routes = Counter(dict(opened.requests))
    print(f"    {routes.total():>7,} requests, {opened.connection.counts.writes:,} of them writes")
    for route, count in routes.most_common(ROUTES_SHOWN):
        print(f"    {count:>7,} {route}")


if __name__ == "__main__":
    run()
