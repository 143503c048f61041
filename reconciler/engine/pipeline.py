"""The engine's front door: plan, apply, drift.

    plan      recall ─ observe ─ plan
    apply     plan ─ confirm ─┬─ observe again, compare ─ intents ─ write ─ observe ─ plan again ─ remember ─┬─ wait
                              └────────── under the leases of all deployments that have steps ───────────────┘
    drift     plan ─ who moved it ─ record

Everything from taking the leases to giving them back is finished even when the caller is cancelled. An apply that had
to wait for others, and finds that they moved something, begins again with its plan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.events import PhaseStarted, Planned
from reconciler.core.journal import RunStarted
from reconciler.core.plan_json import digest_of
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.drift import drift
from reconciler.engine.executor import Executor
from reconciler.engine.journal import Journal
from reconciler.engine.leasing import Queue, Tenure
from reconciler.engine.memory import completed, remembering, settled, untold
from reconciler.engine.observing import judged, look, look_again, updated
from reconciler.engine.preconditions import check_applyable, check_fresh
from reconciler.engine.reporting import Account, Tally
from reconciler.engine.staleness import check_remembered
from reconciler.engine.stopping import Brake, finishing
from reconciler.engine.waiting import Watch, waited
from reconciler.errors import ReconcilerError, Refused, StalePlan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from reconciler.core.journal import Entry
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Plan
    from reconciler.engine.observing import Outlook
    from reconciler.engine.request import ApplyOptions, PlanRequest
    from reconciler.engine.tools import Tools

__all__ = ["apply", "drift", "make_plan"]


async def make_plan(tools: Tools, catalog: Catalog, request: PlanRequest) -> Plan:
    """Return what an apply would do; nothing is written anywhere. Raises what the ports raise."""
    outlook = await look(tools, catalog, request)
    tools.announcer.announce(Planned(outlook.plan))
    return outlook.plan


async def apply(
    tools: Tools,
    catalog: Catalog,
    request: PlanRequest,
    options: ApplyOptions,
    confirm: Callable[[Plan], Awaitable[bool]],
) -> Report:
    """Bring the platform to what the catalog declares, and say what came of it.

    Args:
        tools: The ports.
        catalog: Desired.
        request: Which plan, on whose behalf.
        options: How to carry it out.
        confirm: Asked once, with the plan, if there is anything to write; may raise its own refusal.

    Returns:
        One outcome per step, one verdict per field; `convergence.exit_code_of_report` judges it. Failures of steps,
        of the second look and of the ledger while writing are in the report, not raised.

    Raises:
        Refused: A guard stops the whole plan, or it was not confirmed. Nothing was written.
        StalePlan: The platform moved in between, or the plan is not the one that was reviewed. Nothing was written.
        LeaseHeld: Others hold a deployment, for longer than this run waits. Nothing was written.
        Stopped, DeadlinePassed: Before the first write.
        LedgerError: The intents could not be recorded. Nothing was written.
        asyncio.CancelledError: Cancelled; requests in flight were finished and everything was recorded.
    """
    brake = Brake(tools.clock, options.stop, options.deadline_seconds)
    started_at, tally = tools.clock.now(), Tally(tools.meter)
    queue, run, report = Queue(tools.clock, options.leases.wait), None, None
    while run is None or report is None:
        outlook = await brake.during(look(tools, catalog, request))
        tally.seen.update(outlook.snapshot.requests)
        if options.check is not None:
            options.check(outlook.plan)
        tools.announcer.announce(Planned(outlook.plan))
        check_applyable(outlook.plan)
        if not outlook.plan.is_empty and not await brake.during(confirm(outlook.plan)):
            raise Refused("the plan was not confirmed", hint="Nothing was written.")
        run = _Run(tools, Account(outlook, started_at=started_at, tally=tally), options, brake)
        report = await _carried_out(run, queue)
    if not options.wait or options.stop.asked:
        return report
    # The run is over by now, and nothing is held: others may apply while this one waits.
    return await waited(report, run.outlook, run.ids, Watch(tools, brake.released()))


async def _carried_out(run: _Run, queue: Queue) -> Report | None:
    """Return the report, or `None` where those who were waited for left another world than the plan was made for."""
    work = run.remember() if run.outlook.plan.is_empty else run.write(queue)
    queue.waited = False
    try:
        return await finishing(work, run.options.stop)
    except StalePlan:
        if not queue.waited:
            raise
        return None


def _ids(outlook: Outlook) -> dict[str, str | None]:
    return {chain.address: chain.live.id for chain in outlook.plan.chains if chain.live is not None}


class _Run:
    """What happens between the first entry of the journal and the last."""

    def __init__(self, tools: Tools, account: Account, options: ApplyOptions, brake: Brake) -> None:
        outlook = account.outlook
        self.tools = tools
        self.account = account
        self.options = options
        self.brake = brake
        self.outlook = outlook
        self.ids = _ids(outlook)
        """Address to deployment id, as far as known."""
        self.journal = Journal(
            tools, outlook.catalog, outlook.request, command=outlook.request.command, digest=digest_of(outlook.plan)
        )

    async def remember(self) -> Report:
        """Bring our memory up to date where there is nothing to write; leave no trace where it already is."""
        self.account.see(self.outlook)
        entries = settled(self.outlook.plan, self.outlook.applied, self.journal.stamp())
        return await self._finish(RunStarted(self.journal.header), *entries) if entries else self._report()

    async def write(self, queue: Queue) -> Report:
        """Carry the plan out under leases, look again, and remember."""
        held = frozenset(step.address for step in self.outlook.plan.steps if step.address)
        tenure = Tenure(
            self.tools, self.outlook.catalog.name, run=self.journal.run, terms=self.options.leases, brake=self.brake
        )
        async with tenure.held(held, queue):
            self.journal.leases = tenure.leases
            await self._look_before()
            report = await self._write()
        return replace(report, notes=(*report.notes, tenure.kept)) if tenure.kept else report

    async def _look_before(self) -> None:
        """See whether live and applied are still what the plan was made for, now that nobody else moves them."""
        again = await self.brake.during(look_again(self.tools, self.outlook, self.ids))
        self.account.tally.seen.update(again.requests)
        check_fresh(self.outlook, again)
        if self.journal.leases:
            memory = await self.brake.during(self.tools.ledger.recall(self.outlook.catalog.name))
            self.outlook = self.account.outlook = check_remembered(self.outlook, memory)

    async def _write(self) -> Report:
        executor = Executor(self.outlook.plan, self.tools, self.options, journal=self.journal, brake=self.brake)
        await self.journal.begin(self.outlook.plan)
        await self._execute(executor)
        self.ids = executor.ids
        memory = remembering(self.outlook.applied, self.journal.entries)
        lifted = completed(self.outlook.plan, executor.outcomes, memory, self.journal.stamp())
        again = (*executor.strays, *untold(self.outlook.plan, executor.outcomes))
        doubted = [self.journal.reopened(self.outlook.plan, step, self.ids[step.address]) for step in again]
        if lifted or doubted:
            await self.journal.add(*lifted, *doubted)
        latest = await self._look_again(executor.ids)
        return await self._finish(*(settled(latest.plan, latest.applied, self.journal.stamp()) if latest else ()))

    async def _execute(self, executor: Executor) -> None:
        self.tools.announcer.announce(PhaseStarted("write", len(self.outlook.plan.steps)))
        await executor.run()
        self.account.take(executor, self.brake.reasons)

    async def _look_again(self, ids: Mapping[str, str | None]) -> Outlook | None:
        """Plan again on a second look, so that what does not stick shows; `None` where nobody could look."""
        before = self.outlook
        self.tools.announcer.announce(PhaseStarted("verify", len(before.touched)))
        try:
            again = await self.brake.during(look_again(self.tools, before, ids))
        except ReconcilerError as error:
            self.account.miss(error)
            return None
        self.account.tally.seen.update(again.requests)
        snapshot = updated(before.snapshot, again, {ids.get(address) for address in before.touched})
        memory = remembering(before.applied, self.journal.entries)
        latest = judged(before.catalog, before.request.unforced(), snapshot, memory)
        self.account.see(latest)
        return latest

    async def _finish(self, *entries: Entry) -> Report:
        """Record the last entries and the end of the run, with the exit code it comes to."""
        self.account.run = self.journal.run
        if not await self.journal.finish(exit_code_of_report(self._report()), *entries):
            self.account.lose(self.journal)
        return self._report()

    def _report(self) -> Report:
        return self.account.report(self.journal.now())
