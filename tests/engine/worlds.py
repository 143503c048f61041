"""A platform, a ledger and the tools over both: where the engine's tests take place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.engine.pipeline import apply, drift, make_plan
from reconciler.engine.request import ApplyOptions, PlanRequest
from reconciler.engine.tools import Tools
from tests.fakes.announcer import Recorder
from tests.fakes.clock import run
from tests.fakes.journal import JournalLedger
from tests.fakes.platform import FakePlatform
from tests.fakes.process import Process

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Plan
    from reconciler.ports import Meter


@dataclass
class World:
    """Everything outside the engine, and the engine's three verbs on it in virtual time."""

    platform: FakePlatform = field(default_factory=FakePlatform)
    ledger: JournalLedger = field(default_factory=JournalLedger)
    heard: Recorder = field(default_factory=Recorder)
    asked: list[Plan] = field(default_factory=list)
    answer: bool = True
    meter: Meter | None = None

    def __post_init__(self) -> None:
        self.restart()

    @property
    def tools(self) -> Tools:
        return Tools(
            self.platform, self.platform, self.ledger, self.platform.clock, self.heard, self.meter, self.ledger
        )

    def restart(self) -> None:
        """Let a new process take over: what is stored stays, nothing goes wrong any more."""
        process = Process()
        self.platform.reborn(process)
        self.ledger.reborn(process)

    async def confirm(self, plan: Plan) -> bool:
        self.asked.append(plan)
        return self.answer

    def plan(self, catalog: Catalog, request: PlanRequest | None = None) -> Plan:
        return run(make_plan(self.tools, catalog, request or PlanRequest()))

    def drift(self, catalog: Catalog, request: PlanRequest | None = None) -> Plan:
        return run(drift(self.tools, catalog, request or PlanRequest()))

    def apply(
        self, catalog: Catalog, request: PlanRequest | None = None, options: ApplyOptions | None = None
    ) -> Report:
        return run(self.applying(catalog, request, options))

    async def applying(
        self, catalog: Catalog, request: PlanRequest | None = None, options: ApplyOptions | None = None
    ) -> Report:
        return await apply(self.tools, catalog, request or PlanRequest(), options or ApplyOptions(), self.confirm)
