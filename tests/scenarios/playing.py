"""Applies a scenario's plan with the real engine on the platform in memory, and renders the report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.journal import replay
from reconciler.core.references import ReferenceKind, Resolved
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.pipeline import apply
from reconciler.engine.request import ApplyOptions, PlanRequest
from reconciler.engine.tools import Tools
from reconciler.errors import ReconcilerError, exit_code_of
from reconciler.ports import unconditional
from reconciler.render.errors import error_text
from reconciler.render.report_text import report_text
from reconciler.render.spans import plain
from tests.fakes.announcer import Recorder
from tests.fakes.clock import FakeClock, run
from tests.fakes.journal import JournalLedger
from tests.fakes.platform import FakePlatform, Fault, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.actions import Action
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Snapshot
    from reconciler.core.plan import Plan
    from reconciler.core.references import Missing, Reference
    from reconciler.ports import Permit, Receipt, Scope
    from tests.scenarios.telling import Tale


class Stage(FakePlatform):
    """The platform of a scenario: its references, what cannot be read, and which kind of write goes wrong."""

    def __init__(self, tale: Tale) -> None:
        profile = Profile.SDK_ONLY if tale.world.silent else Profile.FULL
        super().__init__(*tale.world.truth.values(), profile=profile)
        self.tale = tale
        self.protected = set(tale.protected)
        tags = [reference for reference in tale.references if reference.kind is ReferenceKind.TAG]
        self.tags = {tag.version for tag in tags if isinstance(tale.references[tag], Resolved)}
        for live in tale.world.truth.values():
            self.tags |= live.tags if isinstance(live.tags, frozenset) else frozenset()

    async def observe(self, scope: Scope) -> Snapshot:
        snapshot = await super().observe(scope)
        return replace(
            snapshot,
            unreadable=self.tale.unreadable,
            capabilities=self.tale.world.capabilities,
            titles=self.tale.titles,
        )

    def _resolve(self, reference: Reference) -> Resolved | Missing:
        return self.tale.references[reference]

    async def perform(self, action: Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
        fault = self.tale.faults.get(type(action).__name__)
        if fault is not None:
            self.faults[len(self.writes) + 1] = Fault(fault)
        return await super().perform(action, deployment_id, permit)


class Remembering(JournalLedger):
    """A ledger that begins with what the scenario remembers."""

    def __init__(self, tale: Tale) -> None:
        super().__init__()
        self.tale = tale

    async def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        return replay(self.entries[catalog], self.tale.world.memory).view()


async def _yes(_: Plan) -> bool:
    return True


def play(tale: Tale) -> str:
    """Apply, and return what the user reads, with the exit code as its last line."""
    stage = Stage(tale)
    tools = Tools(stage, stage, Remembering(tale), FakeClock(), Recorder())
    try:
        report = run(apply(tools, tale.world.catalog, PlanRequest(policy=tale.policy), ApplyOptions(), _yes))
    except ReconcilerError as error:
        return f"{plain(error_text(error))}exit {exit_code_of(error)}\n"
    return f"{plain(report_text(report))}exit {exit_code_of_report(report)}\n"
