"""Deleting what is gone from the manifests: carried out once, refused by the platform, cut off, forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.actions import DeleteDeployment
from reconciler.core.journal import Forgotten, RunStarted
from reconciler.core.manifest.spec import Lifecycle, OnRemoval
from reconciler.core.outcome import AlreadySatisfied, Done, Failed
from reconciler.core.planner import PlanPolicy
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.request import PlanRequest
from reconciler.errors import Refused
from tests.engine.declared import catalog, manifest
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Fault, Profile
from tests.fakes.process import may_die

if TYPE_CHECKING:
    from reconciler.core.manifest.catalog import Catalog

PRUNE = PlanRequest(PlanPolicy(prune=True))
KEPT = manifest("alpha")


def removable(address: str = "bravo", *, force: bool = False, **spec: object) -> Catalog:
    """A catalog with something that may go."""
    lifecycle = Lifecycle(prevent_destroy=False, on_removal=OnRemoval.DELETE, force_delete=force)
    return catalog(KEPT, manifest(address, lifecycle=lifecycle, **spec))


LEFT = catalog(KEPT)


@pytest.fixture(params=Profile)
def world(request: pytest.FixtureRequest) -> World:
    return World(FakePlatform(profile=request.param))


def applied(world: World, *, force: bool = False) -> World:
    assert exit_code_of_report(world.apply(removable(force=force))) == 0
    world.restart()
    return world


def names(world: World) -> set[str]:
    return {str(live.name) for live in world.platform.deployments.values()}


def test_what_is_gone_from_the_manifests_is_deleted_once_and_leaves_nothing_behind(world: World) -> None:
    applied(world)
    report = world.apply(LEFT, PRUNE)
    assert exit_code_of_report(report) == 0
    assert names(world) == {"alpha"}
    assert set(world.ledger.memory()) == {"alpha"}
    again = world.plan(LEFT, PRUNE)
    assert again.is_empty
    assert again.orphans == ()


def test_without_being_asked_nothing_is_deleted(world: World) -> None:
    applied(world)
    report = world.apply(LEFT)
    assert world.platform.writes == []
    assert [orphan.address for orphan in report.plan.orphans] == ["bravo"]
    assert set(world.ledger.memory()) == {"alpha", "bravo"}


def test_a_protection_counts_as_it_was_last_applied_not_as_it_was_last_written(world: World) -> None:
    applied(world)
    world.apply(catalog(KEPT, manifest("bravo")))
    world.restart()
    report = world.apply(LEFT, PRUNE)
    assert world.platform.writes == []
    assert [orphan.kept.value for orphan in report.plan.orphans] == ["orphan"]


def test_what_the_platform_will_not_delete_is_refused_and_told_with_the_way_out(world: World) -> None:
    applied(world)
    world.platform.protected = {str(world.platform.named("bravo").id)}
    report = world.apply(LEFT, PRUNE)
    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Failed)
    assert "it has predictions" in outcome.error
    assert "forceDelete: true" in outcome.hint
    assert exit_code_of_report(report) == 5
    assert names(world) == {"alpha", "bravo"}
    assert set(world.ledger.memory()) == {"alpha", "bravo"}


def test_with_force_delete_declared_and_applied_it_is_deleted_all_the_same(world: World) -> None:
    applied(world, force=True)
    world.platform.protected = {str(world.platform.named("bravo").id)}
    report = world.apply(LEFT, PRUNE)
    assert [write.action for write in world.platform.writes] == [DeleteDeployment(force=True)]
    assert exit_code_of_report(report) == 0


def test_what_somebody_else_deleted_after_the_plan_is_already_as_wanted(world: World) -> None:
    applied(world)
    deployment = str(world.platform.named("bravo").id)

    async def delete_behind_our_back(_: object) -> bool:
        del world.platform.deployments[deployment]
        return True

    world.confirm = delete_behind_our_back  # type: ignore[method-assign]
    report = world.apply(LEFT, PRUNE)
    assert [type(outcome) for outcome in report.outcomes.values()] == [AlreadySatisfied]
    assert exit_code_of_report(report) == 0
    assert set(world.ledger.memory()) == {"alpha"}


def test_a_deployment_that_got_another_name_after_the_plan_is_not_deleted(world: World) -> None:
    applied(world)
    deployment = str(world.platform.named("bravo").id)

    async def rename_behind_our_back(_: object) -> bool:
        world.platform.edit(deployment, "name", "precious")
        return True

    world.confirm = rename_behind_our_back  # type: ignore[method-assign]
    with pytest.raises(Exception, match="bravo name was bravo and is precious"):
        world.apply(LEFT, PRUNE)
    assert names(world) == {"alpha", "precious"}


@pytest.mark.parametrize("fault", [Fault.KILL_BEFORE, Fault.KILL_AFTER, Fault.LOST_AFTER, Fault.LOST_BEFORE])
def test_whatever_happens_on_the_way_the_next_run_finishes_it(world: World, fault: Fault) -> None:
    applied(world)
    world.platform.faults[1] = fault
    with may_die(world.platform.process):
        run(world.applying(LEFT, PRUNE))
    world.restart()
    report = world.apply(LEFT, PRUNE)
    assert exit_code_of_report(report) == 0
    assert names(world) == {"alpha"}
    assert set(world.ledger.memory()) == {"alpha"}


def test_a_deletion_that_landed_unrecorded_is_forgotten_by_the_next_run_that_prunes(world: World) -> None:
    applied(world)
    world.platform.faults[1] = Fault.KILL_AFTER
    with may_die(world.platform.process):
        run(world.applying(LEFT, PRUNE))
    world.restart()
    assert "bravo" in world.ledger.memory()
    plan = world.plan(LEFT, PRUNE)
    assert plan.summary.forget == 1
    report = world.apply(LEFT, PRUNE)
    assert world.platform.writes == []
    assert report.run
    assert [entry.address for entry in world.ledger.of() if isinstance(entry, Forgotten)] == ["bravo"]


def test_dependants_are_deleted_first_and_keep_what_they_depended_on_where_that_fails(world: World) -> None:
    both = catalog(*removable(), *removable("charlie", depends_on=("bravo",)).manifests[1:])
    assert exit_code_of_report(world.apply(both)) == 0
    world.restart()
    world.platform.protected = {str(world.platform.named("charlie").id)}
    report = world.apply(LEFT, PRUNE)
    assert [step.address for step in report.plan.steps] == ["charlie", "bravo"]
    assert len(world.platform.writes) == 2, "a conflict is tried twice, and what waits for it is not tried"
    assert names(world) == {"alpha", "bravo", "charlie"}


def test_pruning_a_part_is_refused_before_anything_is_written(world: World) -> None:
    applied(world)
    part = PlanRequest(replace(PRUNE.policy, whole=False))
    with pytest.raises(Refused, match="only a part of the manifests was given"):
        world.apply(catalog(manifest("alpha", champion="v2")), part)
    assert world.platform.writes == []


def test_the_reason_of_a_forced_plan_is_kept_in_the_ledger(world: World) -> None:
    applied(world)
    reason = "line 2 is scrapped"
    world.apply(LEFT, PlanRequest(replace(PRUNE.policy, force=reason), reason=reason))
    headers = [entry.header for entry in world.ledger.of() if isinstance(entry, RunStarted)]
    assert headers[-1].reason == reason


def test_an_orphan_is_asked_for_by_its_id_so_that_its_absence_is_sure(world: World) -> None:
    applied(world)
    del world.platform.deployments[str(world.platform.named("bravo").id)]
    plan = world.plan(LEFT)
    assert [(orphan.address, orphan.kept.value) for orphan in plan.orphans] == [("bravo", "gone")]
    report = world.apply(LEFT, PRUNE)
    assert exit_code_of_report(report) == 0
    assert set(world.ledger.memory()) == {"alpha"}
    assert world.platform.writes == []


def test_a_deployment_under_a_new_address_is_kept_and_the_old_address_let_go(world: World) -> None:
    applied(world)
    moved = catalog(KEPT, manifest("bravo-two", name="bravo"))
    world.apply(moved, PRUNE)
    assert names(world) == {"alpha", "bravo"}
    assert set(world.ledger.memory()) == {"alpha", "bravo-two"}
    assert not any(isinstance(write.action, DeleteDeployment) for write in world.platform.writes)


def test_every_deletion_is_done_where_nothing_is_in_the_way(world: World) -> None:
    applied(world)
    report = world.apply(LEFT, PRUNE)
    assert [type(outcome) for outcome in report.outcomes.values()] == [Done]
    assert all(verdict.address == "alpha" for verdict in report.verdicts)
