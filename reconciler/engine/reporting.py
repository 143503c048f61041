"""The account of one apply while it runs, and the Report it becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.actions import CreateDeployment, DeleteDeployment
from reconciler.core.journal import OutcomeRecorded
from reconciler.core.outcome import Failed, Report, Skipped, Unverified
from reconciler.engine.convergence import verdicts
from reconciler.engine.steps.wording import naming, succeeded
from reconciler.errors import Refused, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.outcome import FieldVerdict, Outcome
    from reconciler.core.plan import Step
    from reconciler.engine.executor import Executor
    from reconciler.engine.journal import Journal
    from reconciler.engine.observing import Outlook
    from reconciler.errors import ReconcilerError
    from reconciler.ports import Meter

_INCOMPLETE, _UNREADABLE = 7, 10


class Tally:
    """The requests of one apply: what a meter counts meanwhile or, without one, what looks tell and writes tried."""

    def __init__(self, meter: Meter | None) -> None:
        self._meter = meter
        self._routes_before = Counter[str]() if meter is None else Counter(meter.routes)
        self._writes_before = 0 if meter is None else meter.writes
        self.seen: Counter[str] = Counter()
        """Requests of every look at the platform, as told by its snapshot."""
        self.tried = 0
        """Writes handed to the actuator."""

    @property
    def requests(self) -> dict[str, int]:
        """Requests by route, sorted."""
        spent = self.seen if self._meter is None else Counter(self._meter.routes) - self._routes_before
        return dict(sorted(spent.items()))

    @property
    def writes(self) -> int:
        """Requests that could change something."""
        return self.tried if self._meter is None else self._meter.writes - self._writes_before


@dataclass(slots=True)
class Account:
    """What one apply has done so far.

    Attributes:
        outlook: What was planned, and on what.
        started_at: RFC 3339.
        tally: Requests so far.
        run: Id in the ledger; empty while nothing was recorded.
    """

    outlook: Outlook
    started_at: str
    tally: Tally
    run: str = ""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    verdicts: tuple[FieldVerdict, ...] = ()
    remaining: int | None = None
    exit_codes: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, executor: Executor, reasons: dict[str, int]) -> None:
        """Take over what the steps came to, and why some were not tried (reason to exit code)."""
        self.outcomes = executor.outcomes
        self.tally.tried += executor.writes
        self.notes += [*executor.notes, *self._about_steps(reasons)]
        self.exit_codes += reasons.values()

    def see(self, latest: Outlook) -> None:
        """Judge every field by the latest look."""
        self.verdicts = verdicts(latest)
        refused = self._refused_deletions()
        self.remaining = sum(step.address not in refused for step in latest.plan.steps)
        before = self.outlook.plan.all_refusals
        for refusal in latest.plan.all_refusals:
            if refusal.code == "unreadable" and refusal not in before:
                self.notes.append(f"{refusal.address} could not be looked at again: {refusal.message}")
                self.exit_codes.append(_UNREADABLE)
        if self.remaining:
            self.notes.append(f"Planning again would take {self.remaining} more step(s): this apply is not complete.")

    def _refused_deletions(self) -> frozenset[str]:
        """Return what the platform will not delete: that is its answer, so asking again is nothing left to do."""
        ended = ((step, self.outcomes.get(step.number)) for step in self.outlook.plan.steps)
        return frozenset(
            step.address
            for step, outcome in ended
            if isinstance(step.action, DeleteDeployment)
            and isinstance(outcome, Failed)
            and outcome.exit_code == Refused.exit_code
        )

    def miss(self, error: ReconcilerError) -> None:
        """Note that nobody could look at the deployments that were written."""
        self.verdicts = verdicts(self.outlook, unseen=frozenset(self.outlook.touched))
        self.notes.append(f"What was written could not be looked at again: {error}")
        self.exit_codes.append(exit_code_of(error))

    def lose(self, journal: Journal) -> None:
        """Note what the ledger did not take."""
        self.exit_codes.append(journal.exit_code)
        if any(isinstance(entry, OutcomeRecorded) and succeeded(entry.outcome) for entry in journal.fenced):
            self.exit_codes.append(_INCOMPLETE)
        self.notes.append(f"{journal.trouble[:1].upper()}{journal.trouble[1:]}")
        lost = {entry.number for entry in journal.unrecorded if succeeded(entry.outcome)}
        landed = (step for step in self.outlook.plan.steps if step.number in lost)
        self.notes += (f"{naming(step)} landed but is not recorded; the next plan looks again." for step in landed)

    def report(self, finished_at: str) -> Report:
        """Return the account as a value."""
        return Report(
            plan=self.outlook.plan,
            outcomes=dict(self.outcomes),
            verdicts=self.verdicts,
            run=self.run,
            started_at=self.started_at,
            finished_at=finished_at,
            requests=self.tally.requests,
            writes=self.tally.writes,
            notes=tuple(self.notes),
            remaining=self.remaining,
            exit_codes=tuple(self.exit_codes),
        )

    def _about_steps(self, reasons: dict[str, int]) -> Iterator[str]:
        skipped = sum(isinstance(outcome, Skipped) for outcome in self.outcomes.values())
        for reason in reasons:
            yield f"Nothing new was started: {reason}. {skipped} step(s) were skipped."
        for step in self.outlook.plan.steps:
            if isinstance(self.outcomes[step.number], Unverified):
                yield _about_unverified(step)


def _about_unverified(step: Step) -> str:
    if isinstance(step.action, CreateDeployment):
        return f"{naming(step)} may still appear on the platform as {step.action.name!r}; the next plan looks for it."
    return f"{naming(step)} may or may not have landed; the next plan looks, and writes it again if that is needed."
