"""One step, tried until it has an outcome: sending, looking again when the answer is unclear, waiting, giving up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.actions import CreateDeployment, CreateTag, Repeat, Verdict
from reconciler.core.events import StepRetried
from reconciler.core.live import BLANK, FIELDS
from reconciler.core.outcome import AlreadySatisfied, Done, Skipped, Unverified
from reconciler.core.unreported import UNREPORTED
from reconciler.engine.steps.recovery import Cause, Resolution, cause_of, decide
from reconciler.engine.steps.wording import failure, naming
from reconciler.errors import (
    Bug,
    LeaseLost,
    PlatformError,
    PlatformUnavailable,
    ReconcilerError,
    Refused,
    Rejected,
    Throttled,
    UnexpectedReply,
)
from reconciler.ports import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.actions import Action
    from reconciler.core.live import LiveDeployment
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Step
    from reconciler.engine.request import Patience
    from reconciler.engine.stopping import Brake
    from reconciler.engine.tools import Tools
    from reconciler.ports import Receipt


@dataclass(frozen=True, slots=True)
class Errand:
    """One step on its way.

    Attributes:
        step: What to send.
        deployment_id: Whom to send it to; `None` for a creation.
        tools: With what.
        brake: Whether it may be tried once more.
        patience: How often, and how long to wait in between.
        owners: Deployment id to address, for all that the plan matched: none of them may be taken for another's.
    """

    step: Step
    deployment_id: str | None
    tools: Tools
    brake: Brake
    patience: Patience
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """What is sent."""
        return self.step.action


@dataclass(frozen=True, slots=True)
class Result:
    """How an errand ended.

    Attributes:
        outcome: The step's one outcome.
        deployment_id: The deployment it was about, as far as it is known now.
        writes: How many writes were handed to the platform.
        concern: The error that would most likely meet every other step too, if there was one.
        unseen: Whether it was sent again while nobody could tell if an earlier sending had landed.
    """

    outcome: Outcome
    deployment_id: str | None
    writes: int = 0
    concern: ReconcilerError | None = None
    unseen: bool = False


async def carry_out(errand: Errand) -> Result:
    """Try a step until it has an outcome. Never raises for what the platform says."""
    return await _Attempts(errand).run()


@dataclass(frozen=True, slots=True)
class _Look:
    """What the platform said when it was looked at again."""

    verdict: Verdict
    live: LiveDeployment | None = None


class _Attempts:
    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.clock = errand.tools.clock
        self.started = self.clock.monotonic()
        self.tries = 0
        self.writes = 0
        self.lost = ""
        """Why an earlier attempt may have landed after all."""
        self.unseen = False

    async def run(self) -> Result:
        while True:
            self.tries += 1
            try:
                return await self._try()
            except LeaseLost as error:
                return self._fenced_off(error)
            except ReconcilerError as error:
                result = await self._answer(error)
            if result is not None:
                return result

    async def _try(self) -> Result:
        action = self.errand.action
        if isinstance(action, CreateDeployment):
            return await self._create(action)
        if self.errand.deployment_id is None and not isinstance(action, CreateTag):
            raise Bug(f"{naming(self.errand.step)} has no deployment to write to")
        await self._send()
        return self._result(self._done())

    async def _create(self, action: CreateDeployment) -> Result:
        existing = await _read_before_writing(self.errand, Subject(self.errand.step.address, (action.name,)))
        if existing is not None:
            self._check_owner(existing)
            why = f"a deployment called {action.name!r} already exists"
            return self._result(AlreadySatisfied(why), existing.id)
        receipt = await self._send()
        if receipt.id is None:
            raise UnexpectedReply(f"the platform created {action.name!r} without telling its id")
        return self._result(self._done(), receipt.id)

    def _check_owner(self, found: LiveDeployment) -> None:
        """Raise Refused if a deployment of the wanted name belongs to another address of this plan."""
        if (owner := self._other_owner(found)) is not None:
            raise Refused(
                f"the name {found.name!s} is still that of the deployment of {owner} ({found.id})",
                hint=f"Let {owner} be renamed first, or choose another name.",
            )

    def _other_owner(self, found: LiveDeployment) -> str | None:
        own = self.errand.step.address
        owner = self.errand.owners.get(found.id or "", own)
        return None if owner == own else owner

    async def _send(self) -> Receipt:
        self.writes += 1
        errand = self.errand
        return await errand.tools.actuator.perform(errand.action, errand.deployment_id, errand.brake.permit)

    async def _answer(self, error: ReconcilerError) -> Result | None:
        """Return the end of the errand, or `None` to try again."""
        cause = cause_of(error, self.errand.action)
        look = await self._look() if cause.needs_a_look else _Look(Verdict.UNKNOWN)
        if cause is Cause.LOST:
            self.lost = str(error)
            self.unseen = self.unseen or look.verdict is Verdict.UNKNOWN
        match decide(cause, look.verdict, self.errand.action.repeat):
            case Resolution.DONE:
                return self._landed(look.live)
            case Resolution.ALREADY:
                return self._result(AlreadySatisfied(str(error)), _id_of(look.live))
            case Resolution.AGAIN:
                return await self._again(cause, error)
            case Resolution.FAILED:
                return self._given_up(cause, error)
            case Resolution.UNVERIFIED:  # pragma: no branch  # exhaustive
                self.lost = self.lost or str(error)
                return self._unverified()

    def _landed(self, live: LiveDeployment | None) -> Result:
        """A lost creation is taken for ours only if nothing that is reported contradicts it."""
        action = self.errand.action
        if isinstance(action, CreateDeployment) and live is not None and not _is_as_created(action, live):
            why = f"a deployment called {action.name!r} appeared, and it is not as this step would create it"
            return self._result(AlreadySatisfied(why), live.id)
        return self._result(self._done(), _id_of(live))

    async def _look(self) -> _Look:
        look = await self._look_once()
        if self.errand.action.repeat is Repeat.UNSAFE and look.verdict is Verdict.UNSATISFIED:
            # A creation whose answer was lost may still be on its way.
            await self.errand.brake.pause(self.errand.patience.settle)
            look = await self._look_once()
        return look

    async def _look_once(self) -> _Look:
        errand, action = self.errand, self.errand.action
        if isinstance(action, CreateTag):
            return _Look(Verdict.UNKNOWN)
        names = (action.name,) if isinstance(action, CreateDeployment) else ()
        subject = Subject(errand.step.address, names, errand.deployment_id, action.touches)
        try:
            live = await errand.tools.observer.look_up(subject)
        except ReconcilerError:
            return _Look(Verdict.UNKNOWN)
        if live is not None and self._other_owner(live) is not None:
            return _Look(Verdict.UNSATISFIED)
        return _Look(action.satisfied_by(live), live)

    async def _again(self, cause: Cause, error: ReconcilerError) -> Result | None:
        pause = self._pause_before_next(error)
        if self.tries >= self._most_tries(cause) or pause > self.errand.patience.longest_pause:
            return self._given_up(cause, error)
        self.errand.tools.announcer.announce(StepRetried(self.errand.step, self.tries + 1, str(error), pause))
        await self.errand.brake.pause(pause)
        reason = self.errand.brake.reason
        if not reason:
            return None
        return self._unverified() if self.lost else self._result(Skipped(f"{reason}, after: {error}"))

    def _most_tries(self, cause: Cause) -> int:
        # A conflict may be a passing one, but a second 409 is the platform's word.
        return min(2, self.errand.patience.tries) if cause is Cause.CONFLICT else self.errand.patience.tries

    def _pause_before_next(self, error: ReconcilerError) -> float:
        own: float = self.errand.patience.first_pause * 2 ** (self.tries - 1)
        asked = error.retry_after if isinstance(error, Throttled) else None
        return own if asked is None else asked

    def _given_up(self, cause: Cause, error: ReconcilerError) -> Result:
        concern = error if cause.concerns_all else None
        if self.lost:
            return self._unverified(concern)
        return self._result(failure(self.errand.step, error), concern=concern)

    def _fenced_off(self, error: LeaseLost) -> Result:
        """End without having sent anything, this time."""
        self.writes -= 1
        return self._unverified() if self.lost else self._result(Skipped(error.message))

    def _unverified(self, concern: ReconcilerError | None = None) -> Result:
        return self._result(Unverified(self.lost), concern=concern)

    def _done(self) -> Done:
        return Done(seconds=self.clock.monotonic() - self.started, attempts=self.tries)

    def _result(
        self, outcome: Outcome, live_id: str | None = None, *, concern: ReconcilerError | None = None
    ) -> Result:
        return Result(outcome, live_id or self.errand.deployment_id, self.writes, concern, unseen=self.unseen)


def _id_of(live: LiveDeployment | None) -> str | None:
    return None if live is None else live.id


async def _read_before_writing(errand: Errand, subject: Subject) -> LiveDeployment | None:
    """Look a deployment up; whatever goes wrong here, nothing was sent."""
    try:
        return await errand.tools.observer.look_up(subject)
    except (Rejected, Throttled):
        raise
    except PlatformError as error:
        raise PlatformUnavailable(error.message, where=error.where, hint=error.hint) from error


def _is_as_created(action: CreateDeployment, live: LiveDeployment) -> bool:
    created = action.effect(BLANK)
    pairs = ((item.of(live), item.of(created)) for item in FIELDS)
    return all(found == wanted for found, wanted in pairs if found is not UNREPORTED and wanted is not UNREPORTED)
