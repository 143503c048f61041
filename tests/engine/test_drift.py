"""Drift runs: what they tell, what they record, and what they never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.core.diff import DriftClass
from reconciler.core.events import Planned
from reconciler.core.journal import DriftSeen, RunFinished, RunStarted
from reconciler.core.outcome import Convergence
from reconciler.engine.convergence import exit_code_of_drift
from reconciler.engine.request import PlanRequest
from reconciler.errors import LedgerError, NotFound
from tests.engine.declared import SHADOW_POLICY, W1, catalog, manifest, version
from tests.engine.plans import V3
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Profile

if TYPE_CHECKING:
    from reconciler.core.plan import Plan

DECLARED = catalog(
    manifest("alpha", threshold=0.4, shadow=version("v2"), continuous_deployment=SHADOW_POLICY), manifest("bravo")
)


class Remembering(FakePlatform):
    """A platform that knows who moved a model slot."""

    asked: tuple[str, str] | None = None

    async def who_moved(self, deployment_id: str, path: str) -> str | None:
        self.asked = (deployment_id, path)
        return "continuous deployment" if path == "models.shadow" else None


class Forgetting(FakePlatform):
    """A platform that has lost its history."""

    async def who_moved(self, deployment_id: str, path: str) -> str | None:
        raise NotFound(f"no history of {path}", where=deployment_id, status=404)


def applied(platform: FakePlatform) -> World:
    """Return a world in which the catalog has been applied."""
    world = World(platform)
    world.apply(DECLARED)
    world.restart()
    return world


def moved(plan: Plan) -> dict[str, tuple[DriftClass, str]]:
    """Return what drifted and who moved it."""
    changes = [(chain.address, change) for chain in plan.chains for change in chain.changes]
    return {f"{address} {change.path}": (change.drift, change.moved_by) for address, change in changes}


def test_a_clean_run_is_recorded_as_a_heartbeat() -> None:
    world = applied(FakePlatform())
    before = len(world.ledger.of())
    plan = world.drift(DECLARED, PlanRequest(command="drift", actor="cron"))
    started, finished = world.ledger.of()[before:]
    assert isinstance(started, RunStarted)
    assert (started.header.command, started.header.actor) == ("drift", "cron")
    assert isinstance(finished, RunFinished)
    assert (exit_code_of_drift(plan), finished.exit_code) == (0, 0)


def test_a_field_that_somebody_moved_is_drift_and_recorded_by_deployment() -> None:
    world = applied(FakePlatform())
    world.platform.edit("id-0001", "threshold", 0.9)
    plan = world.drift(DECLARED)
    assert moved(plan) == {"alpha threshold": (DriftClass.DRIFTED, "")}
    (seen,) = [entry for entry in world.ledger.of() if isinstance(entry, DriftSeen)]
    assert (seen.address, seen.fields) == ("alpha", (("threshold", "drifted"),))
    assert exit_code_of_drift(plan) == 2
    assert world.heard.of(Planned)[-1] == Planned(plan)


def test_drift_never_writes_to_the_platform() -> None:
    world = applied(FakePlatform())
    world.platform.edit("id-0001", "threshold", 0.9)
    world.drift(DECLARED)
    assert world.platform.writes == []


def test_a_slot_that_the_policy_moved_names_the_policy() -> None:
    world = applied(Remembering())
    world.platform.edit("id-0001", "models.shadow", V3)
    plan = world.drift(DECLARED)
    assert moved(plan) == {"alpha models.shadow": (DriftClass.DRIFTED, "continuous deployment")}
    assert world.platform.asked == ("id-0001", "models.shadow")


def test_a_move_that_the_platform_cannot_attribute_is_told_without_a_name() -> None:
    world = applied(Remembering())
    world.platform.edit("id-0001", "models.champion", V3)
    assert moved(world.drift(DECLARED)) == {"alpha models.champion": (DriftClass.DRIFTED, "")}


def test_history_is_only_asked_for_model_slots() -> None:
    world = applied(Remembering())
    world.platform.edit("id-0001", "threshold", 0.9)
    world.drift(DECLARED)
    assert world.platform.asked is None


def test_a_history_that_cannot_be_read_does_not_hide_the_drift() -> None:
    world = applied(Forgetting())
    world.platform.edit("id-0001", "models.shadow", V3)
    assert moved(world.drift(DECLARED)) == {"alpha models.shadow": (DriftClass.DRIFTED, "")}


def test_what_git_moved_is_pending_and_no_drift() -> None:
    world = applied(FakePlatform())
    plan = world.drift(catalog(manifest("alpha", threshold=0.7), manifest("bravo")))
    assert moved(plan) == {"alpha threshold": (DriftClass.PENDING, "")}
    assert exit_code_of_drift(plan) == 0


def test_a_deployment_that_is_not_there_yet_is_no_drift() -> None:
    plan = World(Remembering()).drift(DECLARED)
    assert exit_code_of_drift(plan) == 0


def test_assumed_fields_count_only_where_asked_to_be_strict() -> None:
    world = World(FakePlatform(profile=Profile.SDK_ONLY))
    declared = catalog(manifest("alpha", training_data=W1))
    assert world.apply(declared).count(Convergence.ASSUMED) == 1
    world.restart()
    plan = world.drift(declared)
    assert (exit_code_of_drift(plan), exit_code_of_drift(plan, strict=True)) == (0, 2)


def test_a_run_that_cannot_be_recorded_raises_after_the_drift_was_announced() -> None:
    world = applied(FakePlatform())
    world.ledger.failing = frozenset({1})
    with pytest.raises(LedgerError):
        world.drift(DECLARED)
    assert len(world.heard.of(Planned)) == 2
