"""Running a plan made by hand through the executor alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.journal import OutcomeRecorded
from reconciler.engine.executor import Executor
from reconciler.engine.journal import Journal
from reconciler.engine.request import ApplyOptions, PlanRequest
from reconciler.engine.stopping import Brake
from tests.engine.plans import catalog_of
from tests.fakes.clock import run

if TYPE_CHECKING:
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Plan
    from tests.engine.worlds import World


@dataclass
class Execution:
    """What came of it."""

    outcomes: dict[int, Outcome]
    ids: dict[str, str | None]
    notes: list[str]
    reasons: dict[str, int]
    writes: int
    journal: Journal

    def kinds(self) -> list[str]:
        """Return the names of the outcomes, by step number."""
        return [type(self.outcomes[number]).__name__ for number in sorted(self.outcomes)]

    def recorded(self) -> list[int]:
        """Return the step numbers of the journal's outcomes, in the order in which they were recorded."""
        return [entry.number for entry in self.journal.entries if isinstance(entry, OutcomeRecorded)]


async def executing(plan: Plan, world: World, options: ApplyOptions | None = None) -> Execution:
    """Begin a journal and bring every step of a plan to its outcome."""
    options = options or ApplyOptions()
    journal = Journal(world.tools, catalog_of(), PlanRequest(), command="apply")
    brake = Brake(world.platform.clock, options.stop, options.deadline_seconds)
    executor = Executor(plan, world.tools, options, journal=journal, brake=brake)
    await journal.begin(plan)
    await executor.run()
    return Execution(executor.outcomes, executor.ids, executor.notes, brake.reasons, executor.writes, journal)


def execute(plan: Plan, world: World, options: ApplyOptions | None = None) -> Execution:
    """Do the same in virtual time."""
    return run(executing(plan, world, options))
