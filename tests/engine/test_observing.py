"""What is asked of the platform, and what is made of its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.live import Snapshot, Unreadable
from reconciler.core.manifest.spec import ABSENT, Ownership
from reconciler.core.planner import PlanPolicy
from reconciler.core.references import Ref
from reconciler.core.selection import Selection
from reconciler.engine.observing import updated
from reconciler.engine.request import PlanRequest
from tests.engine.declared import W1, catalog, manifest
from tests.engine.plans import V2, live
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.ports import Scope


class Watched(FakePlatform):
    """A platform that remembers what it was asked."""

    def __init__(self, *existing: LiveDeployment) -> None:
        super().__init__(*existing)
        self.scopes: list[Scope] = []

    async def observe(self, scope: Scope) -> Snapshot:
        self.scopes.append(scope)
        return await super().observe(scope)


def snapshot(*deployments: LiveDeployment, unreadable: tuple[Unreadable, ...] = (), at: str = "then") -> Snapshot:
    """Return a snapshot of these deployments."""
    org = Ref("id-org", "acme")
    return Snapshot(
        deployments, {}, frozenset({"settings"}), org, "https://x.example", unreadable=unreadable, observed_at=at
    )


ALPHA, BRAVO = live("alpha"), live("bravo")
MOVED = replace(ALPHA, champion=V2)


def test_what_was_looked_for_is_as_the_second_look_found_it() -> None:
    merged = updated(snapshot(ALPHA, BRAVO), snapshot(MOVED, at="now"), {"id-alpha"})
    assert merged.deployments == (BRAVO, MOVED)
    assert (merged.observed_at, merged.capabilities) == ("now", frozenset({"settings"}))


def test_what_was_looked_for_in_vain_is_gone() -> None:
    assert updated(snapshot(ALPHA, BRAVO), snapshot(), {"id-alpha"}).deployments == (BRAVO,)


def test_what_nobody_looked_for_stays_as_it_was_known() -> None:
    vague = replace(BRAVO, champion=V2)
    assert updated(snapshot(ALPHA, BRAVO), snapshot(MOVED, vague), {"id-alpha"}).deployments == (BRAVO, MOVED)


def test_what_was_created_meanwhile_is_added() -> None:
    assert updated(snapshot(ALPHA), snapshot(BRAVO), {None}).deployments == (ALPHA, BRAVO)


def test_what_could_not_be_read_is_told_for_those_looked_for_and_kept_for_others() -> None:
    old = (Unreadable("id-alpha", "alpha", "502"), Unreadable("id-charlie", "charlie", "502"))
    new = (Unreadable("id-alpha", "alpha", "503"), Unreadable("id-bravo", "bravo", "503"))
    merged = updated(snapshot(ALPHA, BRAVO, unreadable=old), snapshot(unreadable=new), {"id-alpha"})
    assert merged.unreadable == (old[1], new[0])


def test_a_plan_asks_by_known_id_by_both_names_and_for_what_is_declared() -> None:
    world = World(Watched(live("alpha")))
    declared = catalog(manifest("alpha", threshold=0.4))
    world.apply(declared)
    world.restart()
    world.plan(catalog(manifest("alpha", name="alpha-2", renamed_from="alpha", threshold=0.4)))
    subject = world.platform.scopes[-1].subjects[0]
    assert (subject.address, subject.names, subject.id) == ("alpha", ("alpha-2", "alpha"), "id-alpha")
    assert subject.paths == {"name", "models.champion", "threshold"}


@pytest.mark.parametrize(
    ("request_", "whole", "addresses"),
    [
        (PlanRequest(), True, ["alpha", "bravo"]),
        (PlanRequest(whole=False), False, ["alpha", "bravo"]),
        (PlanRequest(PlanPolicy(selection=Selection(targets=frozenset({"bravo"})))), False, ["bravo"]),
        (PlanRequest(PlanPolicy(selection=Selection(excludes=frozenset({"bravo"})))), True, ["alpha"]),
    ],
)
def test_targets_are_found_by_name_and_everything_else_by_a_listing(
    request_: PlanRequest, whole: bool, addresses: list[str]
) -> None:
    world = World(Watched())
    world.plan(catalog(manifest("alpha"), manifest("bravo")), request_)
    (scope,) = world.platform.scopes
    assert (scope.whole, [subject.address for subject in scope.subjects]) == (whole, addresses)


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        (PlanPolicy(prune=True), {"alpha": "id-alpha", "bravo": "id-bravo"}),
        (PlanPolicy(), {"alpha": "id-alpha"}),
        (PlanPolicy(prune=True, whole=False), {"alpha": "id-alpha"}),
        (PlanPolicy(Selection(targets=frozenset({"alpha"})), prune=True), {"alpha": "id-alpha"}),
    ],
)
def test_what_is_gone_from_the_manifests_is_asked_for_by_id_where_it_may_be_deleted(
    policy: PlanPolicy, asked: dict[str, str]
) -> None:
    world = World(Watched(ALPHA, BRAVO))
    world.apply(catalog(manifest("alpha", threshold=0.4), manifest("bravo", threshold=0.4)))
    world.restart()
    world.plan(catalog(manifest("alpha", threshold=0.4)), PlanRequest(policy))
    subjects = world.platform.scopes[-1].subjects
    assert {subject.address: subject.id for subject in subjects} == asked


def test_the_training_of_a_champion_is_only_asked_for_where_training_data_is_declared() -> None:
    world = World(Watched())
    ignored = {"trainingData": Ownership.IGNORED}
    world.plan(
        catalog(
            manifest("alpha", champion="v1"),
            manifest("bravo", champion="v2", training_data=W1),
            manifest("charlie", champion="v3", training_data=ABSENT),
            manifest("delta", champion="v3", training_data=W1, ownership=ignored),
        )
    )
    (scope,) = world.platform.scopes
    assert {reference.label for reference in scope.trained_on} == {"m1@v2"}


def test_the_second_look_asks_only_about_what_has_steps_and_resolves_nothing_again() -> None:
    world = World(Watched(live("bravo")))
    world.apply(catalog(manifest("alpha"), manifest("bravo")))
    assert [[subject.address for subject in scope.subjects] for scope in world.platform.scopes] == [
        ["alpha", "bravo"],
        ["alpha"],
        ["alpha"],
    ]
    assert [bool(scope.references) for scope in world.platform.scopes] == [True, False, False]
    assert [scope.whole for scope in world.platform.scopes] == [True, False, False]


def test_drift_asks_for_explanations_and_a_plan_does_not() -> None:
    world = World(Watched())
    declared = catalog(manifest("alpha"))
    world.plan(declared)
    world.drift(declared)
    assert [scope.explain for scope in world.platform.scopes] == [False, True]
