"""Whole worlds: a catalog, the true state of the platform, what it reports, and what the ledger remembers.

`World.run` plays the platform: it lets the first steps of a plan land by their `effect` and writes the journal as an
engine would, so that laws can stop it anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.journal import (
    FieldsRemembered,
    IntentRecorded,
    Memory,
    OutcomeRecorded,
    RunHeader,
    RunStarted,
    replay,
)
from reconciler.core.live import BLANK, FIELD, FIELDS, MANAGEMENT, LiveDeployment, Snapshot
from reconciler.core.outcome import Done
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.references import Ref
from reconciler.core.unreported import UNREPORTED
from tests.strategies.actions import FULL, MANAGEMENTS, RESOLVED, SDK_SILENT, masked
from tests.strategies.manifests import catalogs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.journal import Entry
    from reconciler.core.manifest.catalog import Catalog, Manifest
    from reconciler.core.plan import Plan, Step

FULL_CAPABILITIES: Final = frozenset(
    {"settings", "clear-shadow", "ct-datasets", "model-history", "promote", "management"}
)
AT: Final = "2026-11-01T00:00:00Z"


@dataclass(frozen=True)
class World:
    """One moment: what is desired, what is true, what is remembered, and what kind of platform it is.

    Attributes:
        catalog: The manifests.
        truth: Every live deployment by id, fully known.
        memory: The folded journal.
        silent: Field paths the platform does not report.
        switches_on: Whether set-up calls switch on by themselves (services differ).
        capabilities: What ping announces.
    """

    catalog: Catalog
    truth: Mapping[str, LiveDeployment]
    memory: Memory
    silent: frozenset[str] = frozenset()
    switches_on: bool = False
    capabilities: frozenset[str] = FULL_CAPABILITIES
    runs: int = 0
    born: int = 0
    tags: frozenset[str] = field(default_factory=frozenset)

    def snapshot(self) -> Snapshot:
        """Return what an observer would see."""
        seen = tuple(masked(live, self.silent) for live in self.truth.values())
        return Snapshot(seen, RESOLVED, self.capabilities, Ref("org", "acme"), "http://platform.test", observed_at=AT)

    def plan(self, policy: PlanPolicy | None = None) -> Plan:
        """Plan for this moment."""
        return plan(self.catalog, self.snapshot(), self.memory.view(), policy or PlanPolicy())

    def told_everything(self) -> World:
        """Return the same moment on a platform that reports every field."""
        return replace(self, silent=frozenset())

    def run(self, plan: Plan, *, landed: int | None = None, lost: bool = False) -> World:
        """Let the first `landed` steps land (all by default), then stop.

        Args:
            plan: The plan that was made of this world.
            landed: Steps that end with an outcome.
            lost: Whether the next step still reached the platform although its outcome was never recorded.
        """
        if plan.is_empty:
            return self
        stop = len(plan.steps) if landed is None else landed
        run = f"run-{self.runs}"
        entries: list[Entry] = [RunStarted(RunHeader(run, "apply", AT, revision="abc"))]
        ids = {chain.address: None if chain.live is None else chain.live.id for chain in plan.chains}
        entries += [
            IntentRecorded(run, AT, step.number, step.address, ids.get(step.address), step.action, _kept(plan, step))
            for step in plan.steps
        ]
        world = replace(self, runs=self.runs + 1)
        for position, step in enumerate(plan.steps):
            if position > stop or (position == stop and not lost):
                break
            world, ids[step.address] = world._land(step, ids.get(step.address))
            if position < stop:
                entries.append(OutcomeRecorded(run, AT, step.number, step.address, ids[step.address], Done()))
        if landed is None:
            entries += world._remembered(plan, ids, run)
        return replace(world, memory=replay(entries, self.memory))

    def _land(self, step: Step, deployment_id: str | None) -> tuple[World, str | None]:
        if isinstance(step.action, a.CreateTag):
            return self, None
        if isinstance(step.action, a.CreateDeployment):
            assert step.action.name not in {live.name for live in self.truth.values()}, "a duplicate was created"
            created = f"new-{self.born}"
            live = replace(step.action.effect(BLANK), id=created, inference_type="CLASSIFICATION")
            return replace(self, truth={**self.truth, created: _defaulted(live)}, born=self.born + 1), created
        assert deployment_id is not None
        before = self.truth[deployment_id]
        _legal(step.action, before)
        after = step.action.effect(before)
        assert after is not None
        return replace(self, truth={**self.truth, deployment_id: self._settle(before, after)}), deployment_id

    def _settle(self, before: LiveDeployment, after: LiveDeployment) -> LiveDeployment:
        """Decide what an effect leaves open, as this kind of platform does."""
        for path in ("feedbackLoop.active", "continuousDeployment.active"):
            if FIELD[path].of(after) is UNREPORTED:
                after = FIELD[path].put(after, True if self.switches_on else FIELD[path].of(before))
        return after

    def _remembered(self, plan: Plan, ids: Mapping[str, str | None], run: str) -> list[Entry]:
        """What a finished run remembers: fields it wrote, and fields seen as desired."""
        entries: list[Entry] = []
        for chain in plan.chains:
            steps = [step for step in plan.steps if step.number in chain.steps]
            paths = {path for step in steps for path in step.action.touches} - chain.told_only | set(chain.settled)
            deployment_id = ids.get(chain.address)
            if paths and deployment_id is not None:
                live = self.truth[deployment_id]
                entries.append(FieldsRemembered(run, AT, chain.address, tuple(sorted(paths)), live))
        return entries


def _kept(plan: Plan, step: Step) -> tuple[str, ...]:
    return tuple(sorted(plan.chain(step.address).told_only & step.action.touches)) if step.address else ()


def _defaulted(live: LiveDeployment) -> LiveDeployment:
    defaults = {"threshold": 0.0, "sampleRate": 1.0, "datalake": Ref("id-default", "default")}
    for path, value in defaults.items():
        if FIELD[path].of(live) is UNREPORTED:
            live = FIELD[path].put(live, value)
    return live


def _legal(action: a.Action, before: LiveDeployment) -> None:
    """A platform answers 404 where something was never set up, and 409 where an alias is taken."""
    match action:
        case a.AttachFeedbackDataset():
            assert before.feedback_configured is True, "attached to a loop that was never set up"
        case a.AttachTrainingDataset():
            assert before.training_configuration is not None, "attached to a training that was never set up"
            taken = {alias.name for alias in before.training_datasets if alias.dataset != action.dataset_version}
            assert action.alias not in taken, "attached under an alias that is taken"
        case a.ToggleFeedbackLoop() if action.active:
            assert before.feedback_configured is True, "switched on what was never set up"
        case a.ToggleContinuousTraining() if action.active:
            assert before.training_configuration is not None, "switched on what was never set up"
        case a.ToggleContinuousDeployment() if action.active:
            assert before.deployment_policy is not None, "switched on what was never set up"
        case _:
            pass


@st.composite
def _truth(draw: st.DrawFn, manifest: Manifest) -> LiveDeployment | None:
    if draw(st.integers(0, 3)) == 0:
        return None
    names = [manifest.platform_name]
    live = draw(FULL)
    serving = manifest.spec.serving or live.serving
    return replace(live, id=f"live-{manifest.address}", name=names[0], serving=serving)


@st.composite
def _memory(draw: st.DrawFn, address: str, live: LiveDeployment) -> AppliedDeployment | None:
    """Nothing, everything as it is, or some fields as they are and others of another time (where reported)."""
    kind = draw(st.sampled_from(("none", "all", "some", "older")))
    if kind == "none":
        return None
    paths = [item.path for item in FIELDS]
    if kind == "some":
        paths = sorted(draw(st.sets(st.sampled_from(paths))))
    source = replace(draw(FULL), id=live.id, name=live.name) if kind == "older" else live
    values = BLANK
    for path in paths:
        reported_elsewhere = kind == "older" and path not in SDK_SILENT
        values = FIELD[path].put(values, FIELD[path].of(source if reported_elsewhere else live))
    values = replace(values, id=live.id, inference_type=live.inference_type)
    if draw(st.booleans()):
        # As it is, as an adoption records it; or as it was before somebody took it over or lost it.
        values = replace(values, management=draw(st.just(live.management) | st.none() | MANAGEMENTS))
        paths = [*paths, MANAGEMENT.path]
    return AppliedDeployment(address, values, dict.fromkeys(paths, Record(AT, "earlier")))


@st.composite
def worlds(draw: st.DrawFn, *, max_size: int = 2) -> World:
    """Draw a world: some deployments live, some not; a ledger that is empty, complete, partial or older."""
    catalog = draw(catalogs(max_size=max_size, renames=False))
    truth, applied = {}, {}
    for manifest in catalog:
        live = draw(_truth(manifest))
        if live is None or live.id is None:
            continue
        truth[live.id] = live
        memory = draw(_memory(manifest.address, live))
        if memory is not None:
            applied[manifest.address] = memory
    sdk_only = draw(st.booleans())
    return World(
        catalog=catalog,
        truth=truth,
        memory=Memory(applied),
        silent=SDK_SILENT if sdk_only else frozenset(),
        switches_on=draw(st.booleans()),
        capabilities=frozenset() if sdk_only else FULL_CAPABILITIES,
    )
