"""Adopting and forgetting write the ledger and never the platform; where it is not certain what is meant, nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.journal import FieldsRemembered, Forgotten, RunFinished, RunStarted
from reconciler.core.live import Unreadable
from reconciler.core.planner import PlanPolicy
from reconciler.core.selection import Selection
from reconciler.engine.owning import Adopted, adopt, forget
from reconciler.engine.request import PlanRequest
from reconciler.errors import PlatformUnavailable, Refused, UsageError
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Profile

if TYPE_CHECKING:
    from reconciler.core.live import Snapshot
    from reconciler.ports import Scope

ONE = catalog(manifest("alpha", threshold=0.4))


def silent(*names: str) -> World:
    """A platform with bare deployments that does not report their thresholds."""
    return World(platform=FakePlatform(*map(live, names), profile=Profile.SDK_ONLY))


def adopting(world: World, *names: str) -> Adopted:
    request = PlanRequest(PlanPolicy(Selection(frozenset(names))), command="adopt", actor="ana")
    return run(adopt(world.tools, ONE, request, names))


def test_an_adoption_is_a_run_of_its_own_and_no_write() -> None:
    world = silent("alpha")
    adopted = adopting(world, "alpha")
    started, remembered, finished = world.ledger.of()
    assert isinstance(started, RunStarted)
    assert (started.header.command, started.header.actor, started.header.run) == ("adopt", "ana", adopted.run)
    assert isinstance(remembered, FieldsRemembered)
    assert remembered.live.threshold == 0.4
    assert isinstance(finished, RunFinished)
    assert world.platform.writes == []
    assert world.plan(ONE).is_empty
    assert adopted.plan.chains[0].held == ()


def test_adopting_what_is_recorded_already_leaves_no_trace() -> None:
    world = silent("alpha")
    adopting(world, "alpha")
    recorded = len(world.ledger.of())
    assert adopting(world, "alpha").run == ""
    assert len(world.ledger.of()) == recorded


def test_a_name_that_two_deployments_have_cannot_be_adopted() -> None:
    world = World(platform=FakePlatform(live("alpha"), live("alpha", id="id-twin"), profile=Profile.SDK_ONLY))
    with pytest.raises(Refused, match="2 live deployments are called alpha"):
        adopting(world, "alpha")
    assert world.ledger.of() == []


def test_a_deployment_that_is_not_there_cannot_be_adopted() -> None:
    with pytest.raises(Refused, match="no deployment of the name 'alpha'"):
        adopting(silent("bravo"), "alpha")


def test_a_deployment_that_cannot_be_read_is_left_for_later() -> None:
    class HalfBlind(FakePlatform):
        async def observe(self, scope: Scope) -> Snapshot:
            seen = await super().observe(scope)
            return replace(seen, deployments=(), unreadable=(Unreadable("id-alpha", "alpha", "502"),))

    world = World(platform=HalfBlind(live("alpha")))
    with pytest.raises(PlatformUnavailable, match="alpha could not be read: 502"):
        adopting(world, "alpha")
    assert world.ledger.of() == []


def test_a_memory_of_another_deployment_of_that_name_is_dropped_first() -> None:
    world = World(platform=FakePlatform(profile=Profile.SDK_ONLY))
    world.apply(catalog(manifest("alpha", threshold=0.4, sample_rate=0.5)))
    (first,) = world.platform.deployments.values()
    world.platform.deployments = {"id-second": replace(first, id="id-second", threshold=0.7)}
    adopting(world, "alpha")
    assert any(isinstance(entry, Forgotten) for entry in world.ledger.of())
    memory = world.ledger.memory()["alpha"]
    assert memory.values.id == "id-second"
    assert memory.certain("threshold")
    assert "sampleRate" not in memory.records


def test_forgetting_drops_the_record_and_leaves_the_deployment() -> None:
    world = World()
    world.apply(ONE)
    world.restart()
    (forgotten,) = run(forget(world.tools, ONE, PlanRequest(command="forget"), ["alpha", "alpha"]))
    assert (forgotten.address, forgotten.declared) == ("alpha", True)
    assert (world.platform.writes, world.platform.reads) == ([], 0)
    assert world.ledger.memory() == {}
    assert len(world.platform.deployments) == 1


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("alfa", "nothing is known of it", "Did you mean alpha?"),
        ("zulu", "nothing is known of it", "The ledger knows alpha."),
        ("bravo", "it is declared and was never applied", "The ledger knows alpha."),
    ],
)
def test_what_the_ledger_does_not_know_cannot_be_forgotten(name: str, says: str, hint: str) -> None:
    world = World()
    world.apply(ONE)
    recorded = len(world.ledger.of())
    two = catalog(manifest("alpha"), manifest("bravo"))
    with pytest.raises(UsageError, match=says) as caught:
        run(forget(world.tools, two, PlanRequest(command="forget"), ["alpha", name]))
    assert caught.value.hint == hint
    assert len(world.ledger.of()) == recorded
