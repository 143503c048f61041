"""One run's pen: intents before the first write, each outcome after its own, and nothing lost while the ledger is away.

What could not be appended is kept and goes first next time, so the ledger sees entries in order or not at all.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished, RunHeader, RunStarted
from reconciler.engine.memory import Stamp
from reconciler.errors import LeaseConflict, LeaseLost, LedgerError, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.journal import Entry
    from reconciler.core.lease import Lease
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Plan, Step
    from reconciler.engine.request import PlanRequest
    from reconciler.engine.tools import Tools


class Journal:
    """What one run writes into the ledger.

    Args:
        tools: Ledger and clock.
        catalog: Whose memory it is.
        request: On whose behalf.
        command: The verb.
        digest: Digest of the plan, for a run that carries one out.
    """

    def __init__(self, tools: Tools, catalog: Catalog, request: PlanRequest, *, command: str, digest: str = "") -> None:
        self._ledger = tools.ledger
        self._clock = tools.clock
        self._catalog = catalog.name
        self._lock = asyncio.Lock()
        self._waiting: list[Entry] = []
        self.entries: list[Entry] = []
        """Everything of this run, appended or not."""
        self.leases: Sequence[Lease] = ()
        """Under which the run writes; nothing is said of a deployment whose lease is lost."""
        self.fenced: list[Entry] = []
        """What the ledger did not take because others hold, or held, those deployments."""
        self.error: LedgerError | LeaseConflict | None = None
        """Why entries could not be appended, if that happened."""
        self.header = RunHeader(
            run=request.run or run_id(tools.clock.now()),
            command=command,
            at=tools.clock.now(),
            actor=request.actor,
            revision=catalog.source.revision or "",
            repository=catalog.source.repository or "",
            plan_digest=digest,
            reason=request.reason,
        )

    @property
    def run(self) -> str:
        """Id of the run."""
        return self.header.run

    def stamp(self) -> Stamp:
        """Return run and time for an entry made elsewhere."""
        return Stamp(self.run, self.now())

    def now(self) -> str:
        """Return the time entries are stamped with."""
        return self._clock.now()

    async def begin(self, plan: Plan) -> None:
        """Record the run and every intent, before anything is written. Raises LedgerError, and then nothing is kept."""
        entries: list[Entry] = [RunStarted(self.header), *(self._intent(plan, step) for step in plan.steps)]
        await self._ledger.append(self._catalog, entries, under=self.leases)
        self.entries += entries

    async def add(self, *entries: Entry) -> bool:
        """Append entries after whatever still waits; tell whether the ledger has them all."""
        self.entries += entries
        self._waiting += entries
        fenced = len(self.fenced)
        # What others add while one append is under way goes with the next, all of it at once: each may be a push.
        async with self._lock:
            return await self._flush() and len(self.fenced) == fenced

    async def _flush(self) -> bool:
        sent = tuple(self._waiting)
        if not sent:
            return True
        try:
            await self._ledger.append(self._catalog, sent, under=self.leases)
        except LedgerError as error:
            self.error = error
            return False
        except LeaseConflict as error:
            return self._set_aside(error) and await self._flush()
        del self._waiting[: len(sent)]
        return True

    def _set_aside(self, error: LeaseConflict) -> bool:
        """Keep apart what is about deployments of others, so that the rest can be recorded; tell whether that helps."""
        aside = [entry for entry in self._waiting if getattr(entry, "address", "") in error.addresses]
        self._waiting = [entry for entry in self._waiting if entry not in aside]
        # What was only seen of deployments that others hold is for them to record.
        if isinstance(error, LeaseLost) or any(isinstance(entry, OutcomeRecorded) for entry in aside):
            self.fenced += aside
            self.error = error
        return bool(aside)

    async def finish(self, exit_code: int, *entries: Entry) -> bool:
        """Record the last words of the run, and its end; tell whether the ledger has everything."""
        return await self.add(*entries, RunFinished(self.run, self.now(), exit_code)) and not self.fenced

    def ended(self, step: Step, outcome: Outcome, deployment_id: str | None) -> OutcomeRecorded:
        """Return the entry for a step's outcome."""
        return OutcomeRecorded(self.run, self.now(), step.number, step.address, deployment_id, outcome)

    def reopened(self, plan: Plan, step: Step, deployment_id: str | None) -> IntentRecorded:
        """Return the entry that leaves a step in doubt after all, whatever was said of its outcome."""
        return replace(self._intent(plan, step), deployment_id=deployment_id)

    def _intent(self, plan: Plan, step: Step) -> IntentRecorded:
        chain = plan.chain(step.address) if step.address else None
        known = None if chain is None or chain.live is None else chain.live.id
        told = frozenset[str]() if chain is None else chain.told_only
        keeps = tuple(sorted(told & step.action.touches))
        return IntentRecorded(self.run, self.header.at, step.number, step.address, known, step.action, keeps)

    @property
    def unrecorded(self) -> tuple[OutcomeRecorded, ...]:
        """The outcomes that the ledger did not take."""
        return tuple(entry for entry in (*self._waiting, *self.fenced) if isinstance(entry, OutcomeRecorded))

    @property
    def trouble(self) -> str:
        """Why entries could not be appended, in words."""
        if isinstance(self.error, LeaseConflict):
            return self.error.message
        return f"the ledger could not be written: {self.error}"

    @property
    def exit_code(self) -> int:
        """What that comes to as an exit code; 0 if everything was appended at once."""
        return 0 if self.error is None else exit_code_of(self.error)


def run_id(at: str) -> str:
    """Return a new id that sorts by time, such as `20261121T203600Z-1a2b3c4d`."""
    digits = "".join(character for character in at[:19] if character.isdigit() or character == "T")
    return f"{digits}Z-{secrets.token_hex(4)}"
