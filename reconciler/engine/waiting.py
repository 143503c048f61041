"""Waiting, after an apply, until the platform has computed what declared training data mean: asked again and again.

Nothing is held while waiting: the run is over and recorded, so whoever stops waiting loses nothing but the answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.computation import Computation, Stage, stage_of
from reconciler.core.events import Awaiting, PhaseStarted
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import ABSENT, Ownership
from reconciler.core.refusal import Scope
from reconciler.engine.steps.wording import succeeded
from reconciler.errors import DeadlinePassed, PlatformUnavailable, ReconcilerError, Stopped, Throttled, exit_code_of
from reconciler.ports import Computations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Chain
    from reconciler.engine.observing import Outlook
    from reconciler.engine.stopping import Brake
    from reconciler.engine.tools import Tools

PATH: Final = "trainingData"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds between two rounds of questions; each pause is twice the one before."""
UNCLEAR_SECONDS: Final = 60.0
"""How long a word that nobody has described may stand before it is taken for the platform's last."""
MOST_FAILURES: Final = 3
"""Unanswered questions in a row after which a computation counts as unknown."""
_INCOMPLETE: Final = 7


async def waited(report: Report, outlook: Outlook, ids: Mapping[str, str | None], watch: Watch) -> Report:
    """Return the report with what became of every declared training data that is ours and in force.

    Deployments that this apply had nothing to write on are asked too: an earlier one may have gone without an answer.

    Args:
        report: What the apply did.
        outlook: What it was about.
        ids: Address to deployment id.
        watch: With what, and until when.
    """
    wanted = {address: known for address in _declaring(report, outlook) if (known := ids.get(address)) is not None}
    if not wanted:
        return report
    watch.tools.announcer.announce(PhaseStarted("wait", len(wanted)))
    awaited = await _Waiting(watch, wanted).run()
    codes = tuple(each.exit_code for each in awaited if each.exit_code)
    return replace(
        report,
        awaited=awaited,
        notes=(*report.notes, *_notes(awaited)),
        exit_codes=(*report.exit_codes, *codes),
        finished_at=watch.tools.clock.now(),
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """With what to wait, and what ends it early."""

    tools: Tools
    brake: Brake


def _declaring(report: Report, outlook: Outlook) -> Iterator[str]:
    for chain in report.plan.chains:
        manifest = outlook.manifests.get(chain.address)
        if manifest is not None and _wants_training_data(manifest) and _is_in_force(report, chain):
            yield chain.address


def _wants_training_data(manifest: Manifest) -> bool:
    declared = manifest.spec.training_data
    ours = ownership_of(manifest, PATH) in (Ownership.MANAGED, Ownership.ON_CHANGE)
    return ours and declared is not None and declared is not ABSENT


def _is_in_force(report: Report, chain: Chain) -> bool:
    """Tell whether the reference is as declared, as far as this apply could do anything about it."""
    stopped = any(refusal.scope is not Scope.STEP for refusal in chain.refusals)
    held = any(change.field == PATH for change in chain.held)
    steps = [step.number for step in report.plan.steps if step.address == chain.address and PATH in step.because]
    return not stopped and not held and all(succeeded(report.outcomes[number]) for number in steps)


class _Waiting:
    """One wait for all of them."""

    def __init__(self, watch: Watch, wanted: Mapping[str, str]) -> None:
        self._tools = watch.tools
        self._brake = watch.brake
        self._wanted = wanted
        self._began = watch.tools.clock.monotonic()
        self._failures = dict.fromkeys(wanted, 0)
        self._unclear_since: dict[str, tuple[str, float]] = {}
        self._seen = {address: Computation(address, Stage.RUNNING, "not asked yet") for address in wanted}
        self._open = set(wanted)

    async def run(self) -> tuple[Computation, ...]:
        """Ask until all have ended, or until something ends the wait."""
        pause, told = FIRST_PAUSE, dict[str, str]()
        try:
            while True:
                await self._brake.during(self._round())
                told = self._tell(told)
                if not self._open:
                    break
                await self._brake.pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        except (Stopped, DeadlinePassed) as error:
            self._give_up(error)
        return tuple(self._seen[address] for address in sorted(self._seen))

    async def _round(self) -> None:
        await asyncio.gather(*map(self._ask, sorted(self._open)))

    async def _ask(self, address: str) -> None:
        observer = self._tools.observer
        if not isinstance(observer, Computations):
            return self._note(address, Stage.UNKNOWN, "this platform does not tell", _INCOMPLETE)
        try:
            word = await observer.training_data_status(self._wanted[address])
        except ReconcilerError as error:
            return self._fail(address, error)
        self._failures[address] = 0
        return self._hear(address, word)

    def _hear(self, address: str, word: str) -> None:
        stage = stage_of(word)
        if stage is not Stage.UNCLEAR:
            return self._note(address, stage, word, _INCOMPLETE if stage is Stage.FAILED else 0)
        before, since = self._unclear_since.get(address, ("", 0.0))
        if word != before:
            since = self._seconds
            self._unclear_since[address] = (word, since)
        over = self._seconds - since >= UNCLEAR_SECONDS
        return self._note(address, Stage.UNCLEAR, word, _INCOMPLETE, over=over)

    def _fail(self, address: str, error: ReconcilerError) -> None:
        self._failures[address] += 1
        passing = isinstance(error, PlatformUnavailable | Throttled) and self._failures[address] < MOST_FAILURES
        self._note(address, Stage.UNKNOWN, error.message, exit_code_of(error), over=not passing)

    def _note(self, address: str, stage: Stage, word: str, code: int, *, over: bool | None = None) -> None:
        self._seen[address] = Computation(address, stage, word, round(self._seconds, 3), code)
        if stage is not Stage.RUNNING if over is None else over:
            self._open.discard(address)

    def _give_up(self, error: ReconcilerError) -> None:
        """Leave what has not ended as it was seen last; the reason decides about the exit code."""
        for address in self._open:
            seen = self._seen[address]
            self._seen[address] = replace(seen, seconds=round(self._seconds, 3), exit_code=exit_code_of(error))

    def _tell(self, told: dict[str, str]) -> dict[str, str]:
        """Announce what is still waited for where that changed; return it."""
        words = {address: self._seen[address].word for address in sorted(self._open)}
        if words != told:
            self._tools.announcer.announce(Awaiting(tuple(words.items())))
        return words

    @property
    def _seconds(self) -> float:
        return self._tools.clock.monotonic() - self._began


def _notes(awaited: tuple[Computation, ...]) -> Iterator[str]:
    running = [each.address for each in awaited if each.stage is Stage.RUNNING]
    if running:
        yield (
            f"Stopped waiting for the training data of {', '.join(running)}; the platform goes on computing. "
            "`reconciler apply --wait` waits again, and writes only what differs."
        )
