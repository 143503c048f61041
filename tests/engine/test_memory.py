"""What is remembered of a run beyond its outcomes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core import actions as a
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.diff import Decision, DriftClass, FieldChange
from reconciler.core.live import Alias
from reconciler.core.outcome import AlreadySatisfied, Done, Failed
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.unreported import UNREPORTED
from reconciler.engine.memory import Stamp, completed, settled
from tests.engine.plans import W1, W2, create, live, plan_of, step

if TYPE_CHECKING:
    from reconciler.core.journal import FieldsRemembered
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Chain, Plan

STAMP = Stamp("run-2", "2026-11-21T20:36:00.000Z")
SURE = Record("2026-11-20T00:00:00.000Z", "run-1")
DOUBTED = replace(SURE, in_doubt=True)
DATASETS = "continuousTraining.datasets"
CHANGE = FieldChange(
    path=DATASETS,
    field=DATASETS,
    before=None,
    after={"train": {"id": W1.id, "label": W1.label}, "test": {"id": W2.id, "label": W2.label}},
    drift=DriftClass.PENDING,
    decision=Decision.WRITE,
    known=False,
)


def attaching(*changes: FieldChange) -> Plan:
    """Return a plan that attaches two datasets to alpha, for these changes."""
    because = [change.field for change in changes]
    plan = plan_of(
        step(1, "alpha", a.AttachTrainingDataset("train", W1), because=because),
        step(2, "alpha", a.AttachTrainingDataset("test", W2), because=because),
        existing=(live("alpha"),),
    )
    return replace(plan, chains=(replace(plan.chains[0], changes=changes),))


def doubting(record: Record = DOUBTED, **values: object) -> dict[str, AppliedDeployment]:
    """Return a memory of alpha with its training datasets in doubt."""
    known = replace(live("alpha"), **values)
    return {"alpha": AppliedDeployment("alpha", known, {DATASETS: record})}


def after(plan: Plan, *outcomes: Outcome, memory: dict[str, AppliedDeployment] | None = None) -> list[FieldsRemembered]:
    """Return what is completed once the steps ended so."""
    return completed(plan, dict(enumerate(outcomes, start=1)), doubting() if memory is None else memory, STAMP)


def test_a_set_in_doubt_is_certain_again_once_every_member_was_written() -> None:
    (entry,) = after(attaching(CHANGE), Done(), AlreadySatisfied("the alias test is taken"))
    assert (entry.address, entry.paths, entry.run, entry.at) == ("alpha", (DATASETS,), "run-2", STAMP.at)
    assert entry.live.training_datasets == frozenset({Alias("train", W1), Alias("test", W2)})
    assert entry.live.id == "id-alpha"


def test_a_set_of_which_one_member_failed_stays_in_doubt() -> None:
    assert after(attaching(CHANGE), Done(), Failed("no")) == []


def test_a_set_that_was_never_in_doubt_needs_no_entry() -> None:
    assert after(attaching(CHANGE), Done(), Done(), memory=doubting(SURE)) == []


def test_a_set_that_was_never_recorded_is_remembered_as_it_was_written() -> None:
    unknown = {"alpha": AppliedDeployment("alpha", live("alpha", training_datasets=UNREPORTED))}
    (entry,) = after(attaching(CHANGE), Done(), Done(), memory=unknown)
    assert entry.live.training_datasets == frozenset({Alias("train", W1), Alias("test", W2)})


def test_a_field_that_is_only_reported_is_not_completed() -> None:
    assert after(attaching(replace(CHANGE, decision=Decision.REPORT)), Done(), Done()) == []


def test_a_change_inside_a_field_is_left_to_the_step_that_writes_the_whole() -> None:
    assert after(attaching(replace(CHANGE, path=f"{DATASETS}.train")), Done(), Done()) == []


def test_a_field_that_no_step_wrote_is_not_completed() -> None:
    plan = attaching(CHANGE)
    idle = replace(plan, steps=tuple(replace(each, because=()) for each in plan.steps))
    assert after(idle, Done(), Done()) == []


def test_nothing_is_completed_on_a_deployment_that_was_found_instead_of_created() -> None:
    plan = plan_of(
        step(1, "alpha", create()), step(2, "alpha", a.AttachTrainingDataset("train", W1), because=[DATASETS])
    )
    plan = replace(plan, chains=(replace(plan.chains[0], changes=(CHANGE,)),))
    assert after(plan, AlreadySatisfied("it exists"), Done()) == []


def test_completing_a_field_leaves_the_recorded_lifecycle_alone() -> None:
    memory = {"alpha": replace(doubting()["alpha"], on_removal="Delete", prevent_destroy=False)}
    (entry,) = after(attaching(CHANGE), Done(), Done(), memory=memory)
    assert (entry.on_removal, entry.prevent_destroy) == ("Delete", False)


def seen(**changes: object) -> Plan:
    """Return a plan without steps in which alpha was found as desired."""
    plan = plan_of(step(1, "alpha", create()), existing=(live("alpha"),))
    chain: Chain = replace(plan.chains[0], steps=(), **changes)
    return replace(plan, chains=(chain,), steps=())


def test_what_is_live_as_desired_and_not_recorded_is_remembered_as_it_was_seen() -> None:
    (entry,) = settled(seen(settled=("threshold", "tags")), {}, STAMP)
    assert (entry.paths, entry.live) == (("threshold", "tags"), live("alpha"))


def test_what_is_recorded_already_is_not_recorded_again() -> None:
    assert settled(seen(), doubting(SURE), STAMP) == []


def test_a_lifecycle_in_force_is_recorded_even_where_no_field_is_new() -> None:
    (entry,) = settled(seen(on_removal="Delete", prevent_destroy=False), doubting(SURE), STAMP)
    assert (entry.paths, entry.on_removal, entry.prevent_destroy) == ((), "Delete", False)


def test_a_deployment_we_have_no_memory_of_gets_none_for_its_lifecycle_alone() -> None:
    assert settled(seen(on_removal="Delete"), {}, STAMP) == []


def test_a_refused_deployment_keeps_the_lifecycle_that_was_applied() -> None:
    refusal = Refusal("immutable-field", Scope.DEPLOYMENT, "alpha", "no", "Mend it.")
    plan = seen(on_removal="Delete", refusals=(refusal,), settled=("tags",))
    (entry,) = settled(plan, doubting(SURE), STAMP)
    assert entry.on_removal == "Orphan"


def test_a_deployment_that_is_gone_is_not_remembered() -> None:
    assert settled(seen(live=None, settled=("tags",)), {}, STAMP) == []
