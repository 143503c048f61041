"""The laws of planning (design, section 7), on `effect`, over generated catalogs, live states, ledgers, platforms."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.diff import Decision
from reconciler.core.live import FIELD, FIELDS, canonical_json
from reconciler.core.management import other_manager
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership, Policy
from reconciler.core.plan_json import body_of
from reconciler.core.planner import PlanPolicy
from reconciler.core.selection import Selection, closure
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths
from tests.strategies.worlds import World, worlds

law = settings(max_examples=10 * settings().max_examples)
"""At least a thousand examples in every test run."""

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from reconciler.core.diff import FieldChange
    from reconciler.core.live import LiveDeployment, Management
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.plan import Plan


def states(world: World, plan: Plan) -> Iterator[World]:
    """Every state the platform passes through while the plan runs, the first and the last included."""
    for landed in range(len(plan.steps) + 1):
        yield world.run(plan, landed=landed)


def can_fire(live: LiveDeployment) -> bool:
    configuration = live.training_configuration
    armed = live.training_active is True and live.feedback_active is True
    return armed and configuration is not None and configuration is not UNREPORTED and configuration.can_trigger


def settings_of_training(live: LiveDeployment) -> tuple[object, object, object]:
    return live.training_configuration, live.training_datasets, live.deployment_policy


def permissiveness(live: LiveDeployment, *, whether_active: bool) -> int:
    """From 0 (nothing is deployed by itself) to 3 (a new champion is)."""
    if live.deployment_policy is None or live.deployment_policy is UNREPORTED:
        return 0
    counts = live.deployment_active is not False or not whether_active
    return list(Policy).index(live.deployment_policy) + 1 if counts else 0


@law
@given(worlds(max_size=1))
def test_at_no_moment_can_training_fire_half_changed_or_the_policy_be_too_permissive_or_a_champion_be_missing(
    world: World,
) -> None:
    """Laws 1, 2 and 3, on every prefix of the plan."""
    passed = list(states(world, world.plan()))
    for identity, end in passed[-1].truth.items():
        start = passed[0].truth.get(identity, end)
        allowed = {settings_of_training(start), settings_of_training(end)}
        most = max(permissiveness(start, whether_active=False), permissiveness(end, whether_active=False))
        for live in (state.truth[identity] for state in passed if identity in state.truth):
            assert not can_fire(live) or settings_of_training(live) in allowed
            assert permissiveness(live, whether_active=True) <= most
            assert live.champion not in (None, UNREPORTED)


@law
@given(worlds(max_size=1))
def test_one_apply_is_enough_does_no_harm_twice_and_writes_nothing_that_is_not_ours(world: World) -> None:
    """Laws 4 and 6; `World.run` also raises where an honest platform would answer 404 or 409."""
    plan_ = world.plan()
    after = world.run(plan_)
    again = after.plan()
    assert again.steps == ()
    assert [change for chain in again.chains if not chain.refusals for change in chain.changes if written(change)] == []
    _twice_is_once(after, plan_)
    _only_ours(world, plan_, after)
    _true_where_nobody_reports(after, again)


def written(change: FieldChange) -> bool:
    return change.decision is Decision.WRITE


def _twice_is_once(once: World, plan_: Plan) -> None:
    existing = [chain for chain in plan_.chains if chain.live is not None]
    numbers = {number for chain in existing for number in chain.steps}
    twice = once.run(replace(plan_, steps=tuple(step for step in plan_.steps if step.number in numbers)))
    assert once.truth == twice.truth


def _only_ours(world: World, plan_: Plan, after: World) -> None:
    manifests = {manifest.address: manifest for manifest in world.catalog}
    for chain in plan_.chains:
        if chain.live is None or chain.live.id is None:
            continue
        before, now = world.truth[chain.live.id], after.truth[chain.live.id]
        for item in FIELDS:
            assert item.of(before) == item.of(now) or _ours(manifests[chain.address], item.path), item.path
        other = other_manager(before, world.catalog.name)
        if other is not None and not world.silent and not _adopted_from(world, chain.address, other):
            assert now == before, "another catalog manages it"


def _adopted_from(world: World, address: str, other: Management) -> bool:
    known = world.memory.applied.get(address)
    return known is not None and getattr(known.values.management, "catalog", None) == other.catalog


def _ours(manifest: Manifest, path: str) -> bool:
    owned = ownership_of(manifest, path) in (Ownership.MANAGED, Ownership.ON_CHANGE)
    return owned and path in declared_paths(manifest)


def _true_where_nobody_reports(after: World, again: Plan) -> None:
    """What we believe of a silent platform is what it would say if it spoke."""
    held = {(chain.address, change.field) for chain in again.chains for change in chain.held}
    for chain in after.told_everything().plan().chains:
        if not chain.refusals and not again.chain(chain.address).refusals:
            wrong = [change for change in chain.changes if written(change)]
            assert [change for change in wrong if (chain.address, change.field) not in held] == []


@law
@given(worlds(), st.data())
def test_from_every_prefix_planning_again_and_applying_reaches_the_desired_state(
    world: World, data: st.DataObject
) -> None:
    first = world.plan()
    whole = world.run(first)
    landed = data.draw(st.integers(0, max(len(first.steps) - 1, 0)), label="landed")
    crashed = world.run(first, landed=landed, lost=data.draw(st.booleans(), label="lost"))
    resumed = crashed.run(crashed.plan())
    assert resumed.plan().steps == ()
    for chain in first.chains:
        paths = {change.field for change in chain.changes if change.decision is Decision.WRITE}
        if chain.steps:
            assert _values(resumed, chain.name, paths) == _values(whole, chain.name, paths)


def _values(world: World, name: str, paths: set[str]) -> dict[str, object]:
    live = next(live for live in world.truth.values() if live.name == name)
    return {path: FIELD[path].of(live) for path in sorted(paths)}


@law
@given(worlds(), st.randoms(use_true_random=False))
def test_a_plan_is_the_same_in_any_order_of_the_input_and_waits_only_backwards(world: World, random: Random) -> None:
    manifests, lives = list(world.catalog.manifests), list(world.truth.items())
    random.shuffle(manifests)
    random.shuffle(lives)
    shuffled = replace(world, catalog=replace(world.catalog, manifests=tuple(manifests)), truth=dict(lives))
    plan_ = world.plan()
    assert plan_ == world.plan()
    assert _body(shuffled.plan()) == _body(plan_)
    _runs_forwards(plan_)


def _runs_forwards(plan_: Plan) -> None:
    assert [step.number for step in plan_.steps] == list(range(1, len(plan_.steps) + 1))
    for step in plan_.steps:
        assert all(number < step.number for number in step.waits_for)
    for chain in plan_.chains:
        phases = [step.action.phase for step in plan_.steps if step.number in chain.steps]
        assert phases == sorted(phases)
        for earlier, later in itertools.pairwise(chain.steps):
            assert earlier in plan_.steps[later - 1].waits_for


def _body(plan: Plan) -> str:
    return canonical_json(body_of(plan, None))


@law
@given(worlds(max_size=3), st.data())
def test_a_targeted_plan_is_the_whole_plan_restricted(world: World, data: st.DataObject) -> None:
    whole = world.plan()
    target = data.draw(st.sampled_from([manifest.address for manifest in world.catalog]))
    scope = closure([target], {manifest.address: manifest for manifest in world.catalog})
    part = world.plan(PlanPolicy(selection=Selection(targets=frozenset({target}))))
    assert {chain.address for chain in part.chains} == scope
    for address in scope:
        assert _told(part, address) == _told(whole, address)


def _told(plan: Plan, address: str) -> tuple[object, ...]:
    chain = plan.chain(address)
    steps = [(step.action, step.because) for step in plan.steps if step.number in chain.steps]
    return steps, chain.changes, chain.refusals, chain.intent
