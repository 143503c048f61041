"""A platform in memory, Observer and Actuator in one, that changes by nothing but the actions' own `effect`.

It reports everything or what the SDK reads, refuses what a real one refuses (names taken, things never set up, members
attached twice), and can go wrong at any write: before it lands, after, or much later.
"""

from __future__ import annotations

import contextlib
import enum
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.core import actions as a
from reconciler.core.live import BLANK, FIELD, LiveDeployment, Snapshot
from reconciler.core.references import Missing, Ref, Reference, ReferenceKind, Resolved
from reconciler.core.unreported import UNREPORTED
from reconciler.errors import (
    Ambiguous,
    Conflict,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    PlatformUnavailable,
    ReconcilerError,
    Rejected,
    Throttled,
)
from reconciler.ports import Receipt, unconditional
from tests.fakes.clock import FakeClock
from tests.fakes.process import Process
from tests.strategies.actions import RESOLVED, SDK_SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.ports import Permit, Scope, Subject


class Profile(enum.Enum):
    """How much a platform reports."""

    FULL = "full"
    SDK_ONLY = "sdk-only"


class Fault(enum.Enum):
    """How one write goes wrong.

    LOST_BEFORE, LOST_AFTER, LATE: the answer is lost; the write never landed, landed, or lands `late_by` seconds later.
    KILL_BEFORE, KILL_AFTER: the process that sends it dies before it is sent, or after it landed.
    DEFECT: the actuator raises something that no port may raise.
    """

    REJECT = "reject"
    CONFLICT = "conflict"
    DENY = "deny"
    FORBID = "forbid"
    THROTTLE = "throttle"
    AWAY = "away"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    LATE = "late"
    KILL_BEFORE = "kill before"
    KILL_AFTER = "kill after"
    DEFECT = "defect"


DEFAULT_DATALAKE: Final = Ref("id-default", "default")

_PLAIN: Final[Mapping[Fault, ReconcilerError]] = {
    Fault.REJECT: Rejected("the value is out of range", status=400),
    Fault.CONFLICT: Conflict("something excludes this", status=409),
    Fault.DENY: NotAuthenticated("the token is not known", hint="Get a new one."),
    Fault.FORBID: NotPermitted("the token may only read"),
    Fault.THROTTLE: Throttled("slow down", retry_after=7.0),
    Fault.AWAY: PlatformUnavailable("no connection"),
    Fault.LOST_BEFORE: Ambiguous("time-out after sending"),
}


@dataclass(frozen=True)
class Write:
    """One call of the actuator: its number from 1, what it sent, to whom, and when it began and ended."""

    number: int
    action: a.Action
    deployment_id: str | None
    began: float


class FakePlatform:
    """All deployments of one organisation.

    Attributes:
        deployments: The truth, by id; every field is known.
        tags: Names of the deployment tags that exist.
        missing: References that lead nowhere.
        faults: What goes wrong at the n-th write, from 1.
        read_faults: What the n-th read (observation or look-up) raises, from 1.
        latency: Seconds a request takes.
        queue: Seconds a write waits before it goes out, as in a limiter.
        late_by: Seconds after which a LATE write lands.
        announces: What it can do beyond the SDK, where it reports everything.
        activates: Whether set-up calls whose effect leaves a switch open switch it on.
        unique_names: Whether a second deployment of a name is refused.
        protected: Ids that cannot be deleted without force.
        computations: By id, how far the training data are: one answer per question, the last one for ever.
        writes: Every call of the actuator.
        most_in_flight: Most writes that ran at once.
    """

    def __init__(self, *live: LiveDeployment, profile: Profile = Profile.FULL) -> None:
        self.deployments = {item.id: item for item in live if item.id is not None}
        self.profile = profile
        self.clock = FakeClock()
        self.tags: set[str] = {"t1", "t2"}.union(*(_names(item.tags) for item in live))
        self.missing: set[Reference] = set()
        self.faults: dict[int, Fault] = {}
        self.read_faults: dict[int, ReconcilerError] = {}
        self.latency = 0.01
        self.queue = 0.0
        self.late_by = 60.0
        self.announces = frozenset({"settings", "clear-shadow"})
        self.activates = True
        self.unique_names = True
        self.protected: set[str] = set()
        self.computations: dict[str, list[str | ReconcilerError]] = {}
        self.writes: list[Write] = []
        self.reads = 0
        self.most_in_flight = 0
        self.process = Process()
        self._in_flight = 0
        self._late: list[tuple[float, a.Action, str | None]] = []
        self._born = len(live)

    def reborn(self, process: Process) -> None:
        """Let a new process talk to it; nothing goes wrong any more, and counts start over."""
        self.process, self.faults, self.read_faults = process, {}, {}
        self.writes, self.reads, self.most_in_flight, self._in_flight = [], 0, 0, 0

    def named(self, name: str) -> LiveDeployment:
        """Return the truth about the one deployment of a name."""
        (found,) = [live for live in self.deployments.values() if live.name == name]
        return found

    def edit(self, deployment_id: str, path: str, value: object) -> None:
        """Move a field behind everybody's back."""
        self.deployments[deployment_id] = FIELD[path].put(self.deployments[deployment_id], value)

    # Observer

    async def observe(self, scope: Scope) -> Snapshot:
        await self._read()
        if scope.whole:
            found = list(self.deployments.values())
        else:
            seen = [self._find(subject) for subject in scope.subjects]
            found = list({live.id: live for group in seen for live in group}.values())
        asked = {live.id for subject in scope.subjects for live in self._find(subject)}
        return Snapshot(
            deployments=tuple(self._reported(live) if live.id in asked else self._listed(live) for live in found),
            references={reference: self._resolve(reference) for reference in scope.references},
            capabilities=self.announces if self.profile is Profile.FULL else frozenset(),
            organization=Ref("id-org", "acme"),
            endpoint="https://platform.example",
            complete=scope.whole,
            requests=Counter({"GET /api/organization/{org}/deployments": 1}),
            observed_at=self.clock.now(),
        )

    async def look_up(self, subject: Subject) -> LiveDeployment | None:
        await self._read()
        found = self._find(subject)
        return self._reported(found[0]) if found else None

    async def _read(self) -> None:
        self.process.check()
        self.reads += 1
        await self.clock.sleep(self.latency)
        self._mature()
        if self.reads in self.read_faults:
            raise self.read_faults[self.reads]

    def _find(self, subject: Subject) -> list[LiveDeployment]:
        if subject.id in self.deployments:
            return [self.deployments[subject.id]]
        return [live for name in subject.names for live in self.deployments.values() if live.name == name]

    def _reported(self, live: LiveDeployment) -> LiveDeployment:
        for path in SDK_SILENT if self.profile is Profile.SDK_ONLY else ():
            live = FIELD[path].put(live, UNREPORTED)
        return live

    def _listed(self, live: LiveDeployment) -> LiveDeployment:
        """Return what a list tells of a deployment that nobody asked about."""
        if self.profile is Profile.FULL:
            return live
        return LiveDeployment(id=live.id, name=live.name, inference_type=live.inference_type)

    def _resolve(self, reference: Reference) -> Resolved | Missing:
        if reference in self.missing:
            return Missing(f"there is no {reference.label}")
        if reference.kind is not ReferenceKind.TAG:
            return RESOLVED[reference]
        name = reference.version
        return Resolved(Ref(f"id-{name}", name)) if name in self.tags else Missing(f"there is no tag {name}")

    # Computations

    async def training_data_status(self, deployment_id: str) -> str:
        await self._read()
        words = self.computations.get(deployment_id, ["SUCCESS"])
        word = words.pop(0) if len(words) > 1 else words[0]
        if isinstance(word, ReconcilerError):
            raise word
        return word

    # Actuator

    async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
        self.process.check()
        if self.queue:
            await self.clock.sleep(self.queue)
        permit()
        number = len(self.writes) + 1
        fault = self.faults.get(number)
        if fault is Fault.KILL_BEFORE:
            raise self.process.kill()
        self.writes.append(Write(number, action, deployment_id, self.clock.monotonic()))
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            await self.clock.sleep(self.latency)
            return await self._answer(action, deployment_id, fault)
        finally:
            self._in_flight -= 1

    async def _answer(self, action: a.Action, deployment_id: str | None, fault: Fault | None) -> Receipt:
        self._mature()
        if fault in _PLAIN:
            raise _PLAIN[fault]
        if fault is Fault.DEFECT:
            raise KeyError("a defect")
        if fault is Fault.LATE:
            self._late.append((self.clock.monotonic() + self.late_by, action, deployment_id))
            raise Ambiguous("connection reset after sending")
        receipt = self._land(action, deployment_id)
        await self.clock.sleep(self.latency)
        if fault is Fault.KILL_AFTER:
            raise self.process.kill()
        if fault is Fault.LOST_AFTER:
            raise Ambiguous("502 after sending")
        return receipt

    def _mature(self) -> None:
        due = [item for item in self._late if item[0] <= self.clock.monotonic()]
        self._late = [item for item in self._late if item not in due]
        for _, action, deployment_id in due:
            # Refused: it came too late for whatever happened since.
            with contextlib.suppress(Rejected):
                self._land(action, deployment_id)

    def _land(self, action: a.Action, deployment_id: str | None) -> Receipt:
        match action:
            case a.CreateTag(name):
                if name in self.tags:
                    raise Conflict(f"there is a tag {name}", status=409)
                self.tags.add(name)
                return Receipt(f"id-{name}", 200)
            case a.CreateDeployment():
                return self._create(action)
            case _:
                return self._change(action, deployment_id)

    def _create(self, action: a.CreateDeployment) -> Receipt:
        self._check_name(action.name, None)
        self._born += 1
        born = f"id-{self._born:04}"
        live = replace(action.effect(BLANK), id=born, inference_type="CLASSIFICATION", sample_rate=1.0)
        live = replace(live, threshold=0.0 if live.threshold is UNREPORTED else live.threshold)
        live = replace(live, datalake=DEFAULT_DATALAKE if live.datalake is UNREPORTED else live.datalake)
        self.deployments[born] = live
        return Receipt(born, 201)

    def _change(self, action: a.Action, deployment_id: str | None) -> Receipt:
        live = self.deployments.get(deployment_id or "")
        if live is None:
            raise NotFound(f"there is no deployment {deployment_id}", status=404)
        self._check(action, live)
        after = action.effect(live)
        if after is None:
            del self.deployments[deployment_id or ""]
        else:
            self.deployments[deployment_id or ""] = self._definite(live, after)
        return Receipt(None, 200)

    def _definite(self, before: LiveDeployment, after: LiveDeployment) -> LiveDeployment:
        switched = {
            name: self.activates or getattr(before, name)
            for name in ("feedback_active", "deployment_active")
            if getattr(after, name) is UNREPORTED
        }
        return replace(after, **switched)

    def _check_name(self, name: str, own: str | None) -> None:
        taken = any(live.name == name and live.id != own for live in self.deployments.values())
        if taken and self.unique_names:
            raise Conflict(f"the name {name} is taken", status=409)

    def _check(self, action: a.Action, live: LiveDeployment) -> None:
        match action:
            case a.RenameDeployment(name):
                self._check_name(name, live.id)
            case a.DeleteDeployment(force) if not force and live.id in self.protected:
                raise Conflict("it has predictions", status=409)
            case a.ClearShadow() if live.shadow is None:
                raise NotFound("there is no shadow", status=404)
            case a.AttachTag(name) | a.DetachTag(name) if name not in self.tags:
                raise NotFound(f"there is no tag {name}", status=404)
            case a.ToggleFeedbackLoop() | a.AttachFeedbackDataset() if not live.feedback_configured:
                raise NotFound("the feedback loop is not set up", status=404)
            case a.ToggleContinuousTraining() | a.AttachTrainingDataset() if live.training_configuration is None:
                raise NotFound("continuous training is not set up", status=404)
            case a.ToggleContinuousDeployment() if live.deployment_policy is None:
                raise NotFound("continuous deployment is not set up", status=404)
            case _:
                _check_members(action, live)


def _names(tags: object) -> frozenset[str]:
    assert isinstance(tags, frozenset)
    return tags


def _members(values: object) -> Iterable[object]:
    assert isinstance(values, frozenset)
    return values


def _check_members(action: a.Action, live: LiveDeployment) -> None:
    attached, aliases = _members(live.feedback_datasets), _members(live.training_datasets)
    match action:
        case a.AttachFeedbackDataset(ref) if ref in attached:
            raise Conflict(f"{ref} is attached", status=409)
        case a.DetachFeedbackDataset(ref) if ref not in attached:
            raise NotFound(f"{ref} is not attached", status=404)
        case a.AttachTrainingDataset(alias) if any(alias == item.name for item in aliases):  # type: ignore[attr-defined]
            raise Conflict(f"the alias {alias} is taken", status=409)
        case a.DetachTrainingDataset(ref) if all(ref != item.dataset for item in aliases):  # type: ignore[attr-defined]
            raise NotFound(f"{ref} is not attached", status=404)
        case _:
            pass
