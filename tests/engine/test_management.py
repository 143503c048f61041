"""Who manages a deployment, while plans are carried out: adopting it, failing to tell it, and depending on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.core.actions import RecordManagement
from reconciler.core.live import Management
from reconciler.core.outcome import Done, Failed
from reconciler.core.planner import PlanPolicy
from reconciler.core.selection import Selection
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.drift import exit_code_of_drift
from reconciler.engine.owning import Adopted, adopt, forget
from reconciler.engine.request import PlanRequest
from reconciler.errors import Rejected
from reconciler.ports import unconditional
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.plan import Plan
    from reconciler.ports import Permit, Receipt

PARIS = Management("paris", "c0ffee1", "manifests/a.yaml", 3, ("name",))
ONE = catalog(manifest("alpha", threshold=0.4))


def world_of(management: Management | None, **fields: object) -> World:
    """A platform with one deployment, that shows people who manages it."""
    world = World(FakePlatform(live("alpha", management=management, **fields)))
    world.platform.announces |= {"management"}
    return world


def adopting(world: World) -> Adopted:
    request = PlanRequest(PlanPolicy(Selection(frozenset({"alpha"}))), command="adopt")
    return run(adopt(world.tools, ONE, request, {"alpha"}))


def tellings(plan: Plan) -> list[RecordManagement]:
    return [step.action for step in plan.steps if isinstance(step.action, RecordManagement)]


@pytest.mark.parametrize("management", [None, PARIS])
def test_what_was_adopted_is_told_once_whoever_managed_it_and_adopting_writes_nothing(
    management: Management | None,
) -> None:
    world = world_of(management, threshold=0.4)
    assert world.plan(ONE).is_empty
    adopted = adopting(world)
    assert adopted.adoptions[0].owner == ("management",)
    assert world.platform.writes == []
    assert len(tellings(world.plan(ONE))) == 1
    assert exit_code_of_drift(world.drift(ONE)) == 0, "who manages it is nothing that drifts"
    assert exit_code_of_report(world.apply(ONE)) == 0
    assert world.platform.named("alpha").management == Management(
        "demo", "1a2b3c4", "manifests/alpha.yaml", 1, ("models.champion", "name", "threshold")
    )
    assert world.plan(ONE).is_empty
    assert adopting(world).run == "", "there is nothing left to record"


def test_seeing_it_as_declared_is_no_adoption() -> None:
    world = world_of(PARIS, threshold=0.4)
    world.apply(ONE)
    assert world.plan(ONE).is_empty
    changed = world.plan(catalog(manifest("alpha", threshold=0.5)))
    assert changed.is_empty
    assert [refusal.code for refusal in changed.all_refusals] == ["managed-elsewhere"]


def test_what_another_catalog_took_over_is_refused_until_it_is_adopted_back() -> None:
    world = world_of(None, threshold=0.1)
    assert exit_code_of_report(world.apply(ONE)) == 0
    world.platform.edit("id-alpha", "management", PARIS)
    world.platform.edit("id-alpha", "threshold", 0.9)
    report = world.apply(ONE)
    assert (exit_code_of_report(report), report.plan.is_empty) == (5, True)
    adopting(world)
    assert exit_code_of_report(world.apply(ONE)) == 0
    assert getattr(world.platform.named("alpha").management, "catalog", "") == "demo"


def test_forgetting_leaves_what_the_platform_says() -> None:
    world = world_of(None, threshold=0.1)
    world.apply(ONE)
    told, writes = world.platform.named("alpha").management, len(world.platform.writes)
    run(forget(world.tools, ONE, PlanRequest(command="forget"), {"alpha"}))
    assert (world.platform.named("alpha").management, len(world.platform.writes)) == (told, writes)


class Deaf(FakePlatform):
    """Refuses to be told who manages anything, as long as it does not listen."""

    listens = False

    async def perform(self, action: Action, deployment_id: str | None, permit: Permit = unconditional) -> Receipt:
        if isinstance(action, RecordManagement) and not self.listens:
            raise Rejected("no room for that", status=422)
        return await super().perform(action, deployment_id, permit)


def test_a_telling_that_fails_stops_nobody_and_is_made_up_for() -> None:
    platform = Deaf()
    platform.announces |= {"management"}
    world = World(platform)
    both = catalog(manifest("alpha"), manifest("bravo", depends_on=("alpha",)))
    report = world.apply(both)
    ended = [(type(step.action).__name__, type(report.outcomes[step.number])) for step in report.plan.steps]
    assert ended == [("CreateDeployment", Done), ("RecordManagement", Failed)] * 2
    assert exit_code_of_report(report) == 7
    platform.listens = True
    assert len(tellings(world.plan(both))) == 2
    assert exit_code_of_report(world.apply(both)) == 0
    assert {getattr(each.management, "catalog", "") for each in platform.deployments.values()} == {"demo"}
    assert world.plan(both).is_empty
