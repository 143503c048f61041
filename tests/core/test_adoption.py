"""Adopting records what is declared and cannot be read, and nothing that differs by report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from reconciler.core.adoption import Adoption, adoption, forgot
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.diff import Decision
from reconciler.core.explain import configuration_of, explain_configuration
from reconciler.core.journal import FieldsRemembered, Memory, RunHeader, RunStarted, replay
from reconciler.core.live import FIELDS, configuration_to_json
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.unreported import UNREPORTED
from tests.engine.plans import live
from tests.strategies.worlds import AT, World, worlds

if TYPE_CHECKING:
    from reconciler.core.plan import Plan


def adoptions(world: World, made: Plan) -> list[Adoption]:
    """Return what adopting everything that is live comes to."""
    manifests = {manifest.address: manifest for manifest in world.catalog}
    return [adoption(chain, chain.live, manifests[chain.address]) for chain in made.chains if chain.live is not None]


def adopted(world: World, taken: list[Adoption]) -> Memory:
    """Return our memory with the records of adoptions."""
    entries = [FieldsRemembered("adopting", AT, each.chain.address, each.recorded.settled, each.live) for each in taken]
    return replay([RunStarted(RunHeader("adopting", "adopt", AT)), *entries], world.memory)


@given(worlds())
def test_what_is_adopted_is_held_no_more_and_what_differs_still_does(world: World) -> None:
    before = world.plan()
    taken = adoptions(world, before)
    after = plan(world.catalog, world.snapshot(), adopted(world, taken).view(), PlanPolicy())
    manifests = {manifest.address: manifest for manifest in world.catalog}
    for each in taken:
        address = each.chain.address
        held = {change.field for change in after.chain(address).held}
        assert {path for path in held if ownership_of(manifests[address], path) is not Ownership.OBSERVED} == set()
        assert each.left == tuple(
            change
            for change in before.chain(address).changes
            if change.decision is not Decision.HOLD
            and ownership_of(manifests[address], change.field) is not Ownership.OBSERVED
        )


@given(worlds())
def test_only_what_nobody_reports_or_recorded_is_taken_from_the_manifest(world: World) -> None:
    memory = world.memory.view()
    for each in adoptions(world, world.plan()):
        assert each.chain.live is not None
        for item in FIELDS:
            if item.path in each.taken:
                assert item.of(each.chain.live) is UNREPORTED
                assert item.of(each.live) is not UNREPORTED
                known = memory.get(each.chain.address)
                assert known is None or known.values.id != each.live.id or item.path not in known.records
            else:
                assert item.of(each.live) == item.of(each.chain.live)


@given(worlds())
def test_a_configuration_comes_back_whole_from_the_parts_a_plan_shows(world: World) -> None:
    for truth in world.truth.values():
        configuration = truth.training_configuration
        if configuration is not None and configuration is not UNREPORTED:
            parts = explain_configuration(None, configuration_to_json(configuration))
            assert configuration_of({path: after for path, _, after in parts}) == configuration


def test_what_is_forgotten_is_told_by_its_last_certain_name() -> None:
    record = Record("2026-11-21T20:36:00.000Z", "run-1")
    memory = AppliedDeployment("alpha", live("Alpha one"), {"name": record, "threshold": record})
    told = forgot(memory, declared=True)
    assert (told.id, told.name, told.fields, told.declared) == ("id-Alpha one", "Alpha one", 2, True)
    assert forgot(AppliedDeployment("alpha"), declared=False).name == "alpha"
