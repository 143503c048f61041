"""Running a plan's steps: each chain in order, chains side by side, and one outcome for every step whatever happens.

Organisation-wide steps (tags) do not depend on each other, so each is a chain of its own. A chain holds one of the
places (`ApplyOptions.concurrency`) while it works, and none while it waits for a step of another chain.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reconciler.core.events import StepEnded, StepStarted
from reconciler.core.outcome import Skipped, Unverified
from reconciler.engine.steps.attempts import Errand, Result, carry_out
from reconciler.engine.steps.strays import strays
from reconciler.engine.steps.wording import because_of, naming, succeeded
from reconciler.errors import Bug, NotAuthenticated, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Plan, Step
    from reconciler.engine.journal import Journal
    from reconciler.engine.request import ApplyOptions
    from reconciler.engine.stopping import Brake
    from reconciler.engine.tools import Tools


class Executor:
    """One execution of one plan.

    Args:
        plan: What to do.
        tools: With what.
        options: How.
        journal: Where each outcome goes; it has begun.
        brake: Whether anything new may start.
    """

    def __init__(self, plan: Plan, tools: Tools, options: ApplyOptions, *, journal: Journal, brake: Brake) -> None:
        self._steps = _in_order(plan)
        self._tools = tools
        self._options = options
        self._journal = journal
        self._brake = brake
        self._places = asyncio.Semaphore(max(1, options.concurrency))
        self._endings = {step.number: asyncio.Event() for step in self._steps}
        self.ids = {chain.address: chain.live.id for chain in plan.chains if chain.live is not None}
        """Address to deployment id, as far as known; creations add theirs."""
        self._owners = {known: address for address, known in self.ids.items() if known is not None}
        self.outcomes: dict[int, Outcome] = {}
        self.writes = 0
        self.notes: list[str] = []
        self._unseen: set[int] = set()

    async def run(self) -> None:
        """Bring every step to its outcome."""
        async with asyncio.TaskGroup() as tasks:
            for chain in _chains(self._steps):
                tasks.create_task(self._run_chain(chain))
        for step in self.strays:
            self.notes.append(f"{naming(step)} was answered only when sent again; the first may still arrive")

    @property
    def strays(self) -> tuple[Step, ...]:
        """The steps that are not over although they succeeded."""
        return strays(self._steps, self.outcomes, self._unseen)

    async def _run_chain(self, chain: Sequence[Step]) -> None:
        for start, end in _stretches(chain):
            await self._wait_for(chain[start].waits_for)
            async with self._places:
                for position in range(start, end):
                    if not await self._take(chain, position):
                        return

    async def _wait_for(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            await self._endings[number].wait()

    async def _take(self, chain: Sequence[Step], position: int) -> bool:
        """Bring one step to its outcome, and the rest of its chain too if it did not succeed; tell whether it did."""
        step = chain[position]
        reason = self._obstacle(step)
        outcome = Skipped(reason) if reason else await self._attempt(step)
        if succeeded(outcome):
            await self._close(((step, outcome),))
            return True
        skipped = Skipped(reason or because_of(step, outcome))
        await self._close(((step, outcome), *((later, skipped) for later in chain[position + 1 :])))
        return False

    def _obstacle(self, step: Step) -> str:
        """Return why a step may not start, or nothing."""
        lacking = next((number for number in step.waits_for if not succeeded(self.outcomes[number])), None)
        if self._brake.reason or lacking is None:
            return self._brake.reason
        return because_of(self._steps[lacking - 1], self.outcomes[lacking])

    async def _attempt(self, step: Step) -> Outcome:
        self._tools.announcer.announce(StepStarted(step))
        errand = Errand(
            step=step,
            deployment_id=self.ids.get(step.address),
            tools=self._tools,
            brake=self._brake,
            patience=self._options.patience,
            owners=self._owners,
        )
        result = await self._safely(errand)
        self.writes += result.writes
        if result.unseen:
            self._unseen.add(step.number)
        if step.address:
            self.ids[step.address] = result.deployment_id
        if result.concern is not None and (
            not self._options.keep_going or isinstance(result.concern, NotAuthenticated)
        ):
            self._brake.pull(result.concern.message, exit_code_of(result.concern))
        return result.outcome

    async def _safely(self, errand: Errand) -> Result:
        try:
            return await carry_out(errand)
        except Exception as error:  # noqa: BLE001  # a defect met by one chain must not cut off the requests of others
            self.notes.append(f"{naming(errand.step)} met a defect of ours, please report it: {error!r}")
            return Result(Unverified(f"internal error: {error!r}"), errand.deployment_id)

    async def _close(self, endings: Sequence[tuple[Step, Outcome]]) -> None:
        """Record outcomes, then let others see them: nobody builds on what the ledger does not know."""
        entries = [self._journal.ended(step, outcome, self.ids.get(step.address)) for step, outcome in endings]
        if not await self._journal.add(*entries):
            self._brake.pull(self._journal.trouble, self._journal.exit_code)
        for step, outcome in endings:
            self.outcomes[step.number] = outcome
            self._endings[step.number].set()
            self._tools.announcer.announce(StepEnded(step, outcome))


def _in_order(plan: Plan) -> tuple[Step, ...]:
    """Return the steps by number. Raises Bug for an order that could never be carried out."""
    steps = tuple(sorted(plan.steps, key=lambda step: step.number))
    for position, step in enumerate(steps, start=1):
        if step.number != position or any(not 0 < number < position for number in step.waits_for):
            raise Bug(f"{naming(step)} is out of order in its plan", hint="Plan again; please report this plan.")
    return steps


def _chains(steps: Iterable[Step]) -> Iterator[Sequence[Step]]:
    """Yield the steps of each deployment in order, and every organisation-wide step by itself."""
    by_address: dict[str, list[Step]] = {}
    for step in steps:
        if step.address:
            by_address.setdefault(step.address, []).append(step)
        else:
            yield (step,)
    yield from by_address.values()


def _stretches(chain: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each stretch of a chain that can run without waiting for another chain in between."""
    own = {step.number for step in chain}
    starts = [at for at, step in enumerate(chain) if at == 0 or not own.issuperset(step.waits_for)]
    return zip(starts, [*starts[1:], len(chain)], strict=True)
