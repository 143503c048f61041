"""What a platform is told of who manages a deployment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.actions import RecordManagement
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.live import Management
from reconciler.core.management import claim_of, recorded_owner
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import ContinuousTraining, FeedbackLoop, Ownership, Trigger, TriggerEvent
from reconciler.core.planner import PlanPolicy
from reconciler.core.unreported import UNREPORTED
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.strategies.worlds import World, worlds

PARIS = Management("paris", None, "a.yaml", 1, ())
OURS = Management("demo", "0123456", "a.yaml", 1, ())
"""Of the catalog that the generated manifests and `catalog` are of."""


@pytest.mark.parametrize(
    ("revision", "dirty", "told"),
    [("1a2b3c4", False, "1a2b3c4"), ("1a2b3c4", True, "1a2b3c4-dirty"), (None, False, None), (None, True, None)],
)
def test_the_commit_is_told_where_there_is_one_and_marked_where_the_files_differ_from_it(
    revision: str | None, dirty: bool, told: str | None
) -> None:
    alpha = manifest()
    made = catalog(alpha)
    claim = claim_of(alpha, replace(made, source=replace(made.source, revision=revision, dirty=dirty)))
    assert (claim.catalog, claim.revision, claim.file, claim.line) == ("demo", told, "manifests/alpha.yaml", 1)


def test_fields_are_spelled_as_in_the_manifest_and_only_owned_ones_are_told() -> None:
    training = ContinuousTraining(project="p1", trigger=Trigger(event=TriggerEvent.NONE), scan_config={"metric": "x"})
    alpha = manifest(
        threshold=0.4,
        tags=("t1",),
        feedback_loop=FeedbackLoop(),
        continuous_training=training,
        ownership={"tags": Ownership.OBSERVED, "threshold": Ownership.ON_CHANGE},
    )
    assert claim_of(alpha, catalog(alpha)).fields == (
        "continuousTraining.active",
        "continuousTraining.project",
        "continuousTraining.scanConfig",
        "continuousTraining.trigger",
        "feedbackLoop.active",
        "models.champion",
        "name",
        "threshold",
    )


@given(worlds(max_size=1))
def test_only_another_owner_makes_a_plan_of_its_own(world: World) -> None:
    """Another commit, file, line or set of fields never does: after an apply nothing is planned, whatever they are."""
    after = world.run(world.plan())
    moved = {
        key: replace(
            each, management=replace(each.management, revision="another", file="moved.yaml", line=77, fields=("name",))
        )
        if isinstance(each.management, Management)
        else each
        for key, each in after.truth.items()
    }
    assert replace(after, truth=moved).plan().steps == ()


@given(worlds(max_size=2))
def test_telling_comes_last_and_only_where_the_platform_asks_for_it(world: World) -> None:
    planned = world.plan()
    told = [step for step in planned.steps if isinstance(step.action, RecordManagement)]
    assert all(step.number == planned.chain(step.address).steps[-1] for step in told)
    assert not any(set(step.waits_for) & {each.number for each in told} for step in planned.steps)
    deaf = replace(world, capabilities=world.capabilities - {"management"}).plan(PlanPolicy())
    assert not any(isinstance(step.action, RecordManagement) for step in deaf.steps)


@given(worlds(max_size=1))
def test_what_is_told_is_what_is_owned(world: World) -> None:
    manifests = {each.address: each for each in world.catalog}
    for step in world.plan().steps:
        if isinstance(step.action, RecordManagement):
            owner = [ownership_of(manifests[step.address], path) for path in step.action.management.fields]
            assert set(owner) <= {Ownership.MANAGED, Ownership.ON_CHANGE}


@pytest.mark.parametrize(
    ("seen", "known", "recorded"),
    [
        (UNREPORTED, None, ()),
        (OURS, None, ()),
        (None, None, ("management",)),
        (PARIS, None, ("management",)),
        (PARIS, PARIS, ()),
        (PARIS, OURS, ("management",)),
        (None, OURS, ("management",)),
    ],
)
def test_adopting_records_whoever_managed_it_once(
    seen: object, known: Management | None, recorded: tuple[str, ...]
) -> None:
    memory = AppliedDeployment(
        "alpha", live("alpha", management=known), {"management": Record("then", "a run")} if known else {}
    )
    assert recorded_owner(live("alpha", management=seen), memory, "demo") == recorded


@given(worlds(max_size=1), st.booleans())
def test_a_telling_that_was_cut_off_is_made_up_for(world: World, lost: bool) -> None:
    planned = world.plan()
    if planned.steps and isinstance(planned.steps[-1].action, RecordManagement):
        crashed = world.run(planned, landed=len(planned.steps) - 1, lost=lost)
        again = crashed.run(crashed.plan())
        claim = planned.steps[-1].action.management
        told = [each.management for each in again.truth.values()]
        assert [each.catalog for each in told] == [claim.catalog]
        # Where the owner was another one, all of the claim arrives; other fields alone wait for the next write.
        before = [each.management for each in world.truth.values()]
        if not any(isinstance(each, Management) and each.catalog == claim.catalog for each in before):
            assert [each.fields for each in told] == [claim.fields]
