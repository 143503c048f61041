"""Nothing is deleted unless everything says so: the conditions of design section 8, each of which prevents it alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.actions import DeleteDeployment
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.live import FIELDS, Snapshot, Unreadable
from reconciler.core.plan import Intent, Kept
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.references import Ref
from reconciler.core.selection import Selection
from reconciler.core.unreported import UNREPORTED
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live
from tests.strategies.actions import RESOLVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.plan import Plan

ADDRESSES = ("alpha", "bravo", "charlie", "delta")
PRUNE = PlanPolicy(prune=True)


def remembered(address: str, *, known: LiveDeployment | None = None, doubt: bool = False) -> AppliedDeployment:
    """What the ledger holds of a deployment that may be deleted."""
    values = known or live(address)
    record = Record("2026-11-01T00:00:00Z", "earlier", in_doubt=doubt)
    records = {item.path: record for item in FIELDS if item.of(values) is not UNREPORTED}
    return AppliedDeployment(address, values, records, on_removal="Delete", prevent_destroy=False)


def seen(*deployments: LiveDeployment, complete: bool = True, unreadable: tuple[Unreadable, ...] = ()) -> Snapshot:
    return Snapshot(
        deployments, RESOLVED, frozenset(), Ref("org", "acme"), "http://platform.test", complete, unreadable
    )


class Case:
    """A world in which `bravo` is deleted, for changing one thing about it."""

    def __init__(self) -> None:
        self.catalog: Catalog = catalog(manifest("alpha"))
        self.snapshot = seen(live("alpha"), live("bravo"))
        self.applied = {"alpha": remembered("alpha"), "bravo": remembered("bravo")}
        self.policy = PRUNE

    def planned(self) -> Plan:
        return plan(self.catalog, self.snapshot, self.applied, self.policy)

    def remember(self, address: str, known: AppliedDeployment) -> None:
        self.applied[address] = known


def deletions(made: Plan) -> list[str]:
    return [step.address for step in made.steps if isinstance(step.action, DeleteDeployment)]


def test_what_is_gone_from_the_manifests_and_was_to_go_is_deleted() -> None:
    made = Case().planned()
    assert deletions(made) == ["bravo"]
    assert made.chain("bravo").intent is Intent.DELETE
    assert made.summary.delete == 1
    assert made.orphans == ()


OBSTACLES: dict[str, Callable[[Case], object]] = {
    "nobody asked": lambda case: setattr(case, "policy", PlanPolicy()),
    "a part of the manifests": lambda case: setattr(case, "policy", PlanPolicy(prune=True, whole=False)),
    "a target": lambda case: setattr(case, "policy", PlanPolicy(Selection(targets=frozenset({"alpha"})), prune=True)),
    "an exclusion": lambda case: setattr(case, "policy", PlanPolicy(Selection(excludes=frozenset({"x"})), prune=True)),
    "labels": lambda case: setattr(case, "policy", PlanPolicy(Selection(narrowed=True), prune=True)),
    "a list that is not whole": lambda case: setattr(case, "snapshot", replace(case.snapshot, complete=False)),
    "onRemoval: Orphan": lambda case: case.remember("bravo", replace(case.applied["bravo"], on_removal="Orphan")),
    "preventDestroy": lambda case: case.remember("bravo", replace(case.applied["bravo"], prevent_destroy=True)),
    "a doubt": lambda case: case.remember("bravo", remembered("bravo", doubt=True)),
    "no id": lambda case: case.remember("bravo", remembered("bravo", known=live("bravo", id=None))),
    "a second record": lambda case: case.remember("copy", remembered("copy", known=live("bravo"))),
    "a namesake": lambda case: setattr(case, "snapshot", seen(live("bravo"), live("bravo", id="id-other"))),
    "a declared name": lambda case: setattr(case, "catalog", catalog(manifest("alpha", renamed_from="bravo"))),
    "another address": lambda case: setattr(case, "catalog", catalog(manifest("alpha"), manifest("b", name="bravo"))),
    "gone already": lambda case: setattr(case, "snapshot", seen(live("alpha"))),
    "something unreadable": lambda case: setattr(
        case, "snapshot", replace(case.snapshot, unreadable=(Unreadable("id-alpha", "alpha", "503"),))
    ),
    "it is unreadable": lambda case: setattr(
        case, "snapshot", replace(case.snapshot, unreadable=(Unreadable("id-bravo", "bravo", "503"),))
    ),
    "a manifest": lambda case: setattr(case, "catalog", catalog(manifest("alpha"), manifest("bravo"))),
    "the ledger": lambda case: case.applied.pop("bravo"),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_each_condition_alone_prevents_it(obstacle: str) -> None:
    case = Case()
    OBSTACLES[obstacle](case)
    assert deletions(case.planned()) == []


def test_a_stranger_that_cannot_be_read_prevents_nothing() -> None:
    case = Case()
    case.snapshot = replace(case.snapshot, unreadable=(Unreadable("id-x", "x", "words of a newer version"),))
    assert deletions(case.planned()) == ["bravo"]


@pytest.mark.parametrize(
    ("obstacle", "kept"),
    [
        ("nobody asked", Kept.NOT_ASKED),
        ("onRemoval: Orphan", Kept.ORPHAN),
        ("preventDestroy", Kept.PROTECTED),
        ("a doubt", Kept.IN_DOUBT),
        ("no id", Kept.IN_DOUBT),
        ("a second record", Kept.SHARED),
        ("a namesake", Kept.DUPLICATE),
        ("something unreadable", Kept.UNREADABLE),
    ],
)
def test_what_stays_is_told_with_the_reason(obstacle: str, kept: Kept) -> None:
    case = Case()
    OBSTACLES[obstacle](case)
    assert {item.address: item.kept for item in case.planned().orphans}["bravo"] is kept


@pytest.mark.parametrize("obstacle", ["gone already", "another address"])
def test_where_nothing_is_left_to_delete_the_ledger_forgets(obstacle: str) -> None:
    case = Case()
    OBSTACLES[obstacle](case)
    made = case.planned()
    assert made.chain("bravo").intent is Intent.FORGET
    case.policy = PlanPolicy()
    assert [item.address for item in case.planned().orphans] == ["bravo"]


@pytest.mark.parametrize("obstacle", ["a part of the manifests", "a target", "an exclusion", "labels"])
def test_pruning_a_part_stops_the_whole_plan(obstacle: str) -> None:
    case = Case()
    OBSTACLES[obstacle](case)
    made = case.planned()
    assert [refusal.code for refusal in made.refusals] == ["prune-part"]
    assert not made.applyable


def test_from_a_part_of_the_manifests_nobody_says_what_is_gone() -> None:
    case = Case()
    case.policy = PlanPolicy(whole=False)
    assert case.planned().orphans == ()


def test_force_delete_is_what_the_last_applied_manifest_said() -> None:
    case = Case()
    case.remember("bravo", replace(case.applied["bravo"], force_delete=True))
    made = case.planned()
    assert [step.action for step in made.steps] == [DeleteDeployment(force=True)]
    assert [risk.code for risk in made.risks] == ["deletes-data"]


def test_that_somebody_renamed_it_is_told_before_it_is_deleted() -> None:
    case = Case()
    case.snapshot = seen(live("alpha"), live("precious", id="id-bravo"))
    made = case.planned()
    assert made.chain("bravo").name == "precious"
    assert [risk.code for risk in made.risks] == ["deletes-renamed"]
    assert "from bravo to precious" in made.risks[0].message


def test_dependants_go_first_and_creations_come_before_every_deletion() -> None:
    case = Case()
    case.catalog = catalog(manifest("alpha"), manifest("zulu"))
    case.snapshot = seen(live("alpha"), live("bravo"), live("charlie"))
    case.remember("charlie", replace(remembered("charlie"), depends_on=("bravo",)))
    made = case.planned()
    numbers = {step.address: step.number for step in made.steps}
    waits = {step.address: step.waits_for for step in made.steps}
    assert numbers["zulu"] < numbers["charlie"] < numbers["bravo"]
    assert waits["charlie"] == (numbers["zulu"],)
    assert waits["bravo"] == (numbers["zulu"], numbers["charlie"])


RARELY = st.integers(0, 11).map(lambda drawn: drawn == 0)
NAMES = st.sampled_from(ADDRESSES)


@st.composite
def others(draw: st.DrawFn, usual: str) -> str:
    """Draw the usual name, now and then another one."""
    return draw(NAMES) if draw(RARELY) else usual


@st.composite
def memories(draw: st.DrawFn, address: str) -> AppliedDeployment:
    """Draw a memory of what may mostly be deleted."""
    known = live(draw(others(address)), id=None if draw(RARELY) else f"id-{draw(others(address))}")
    return replace(
        remembered(address, known=known, doubt=draw(RARELY)),
        on_removal="Orphan" if draw(RARELY) else "Delete",
        prevent_destroy=draw(RARELY),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a mixture of what may be declared, live, remembered, readable and asked for; little of it is in the way."""
    case = Case()
    declared = sorted(draw(st.sets(NAMES, max_size=2)))
    case.catalog = catalog(*(manifest(each, name=draw(others(each))) for each in declared))
    names = sorted(draw(st.sets(NAMES, min_size=1)))
    case.snapshot = seen(
        *(live(draw(others(each)), id=f"id-{each}") for each in names),
        complete=not draw(RARELY),
        unreadable=tuple(Unreadable(f"id-{each}", each, "503") for each in names if draw(RARELY)),
    )
    case.applied = {each: draw(memories(each)) for each in sorted(draw(st.sets(NAMES, min_size=1)))}
    selection = Selection(excludes=frozenset(declared[:1]), narrowed=True) if draw(RARELY) else Selection()
    case.policy = PlanPolicy(selection, prune=not draw(RARELY), whole=not draw(RARELY))
    return case


@given(cases())
def test_whatever_the_world_a_deletion_has_every_condition_for_it(case: Case) -> None:
    made = case.planned()
    addresses = {each.address for each in case.catalog}
    names = {each.platform_name for each in case.catalog}
    matched = {chain.live.id for chain in made.chains if chain.live is not None and chain.address in addresses}
    for address in deletions(made):
        known, found = case.applied[address], made.chain(address).live
        assert case.policy.prune
        assert case.policy.whole
        assert case.policy.selection.whole
        assert case.snapshot.complete
        assert address not in addresses
        assert known.on_removal == "Delete"
        assert not known.prevent_destroy
        assert known.owned
        assert found is not None
        assert found.id == known.values.id
        assert found in case.snapshot.deployments
        assert found.id not in matched
        assert found.name not in names
        assert [each.address for each in case.applied.values() if each.values.id == found.id] == [address]
        assert case.snapshot.named(str(found.name)) == (found,)
        assert {item.id for item in case.snapshot.unreadable}.isdisjoint(
            each.values.id for each in case.applied.values()
        )


@given(cases())
def test_whatever_the_world_everything_remembered_and_gone_is_told_once(case: Case) -> None:
    made = case.planned()
    gone = case.applied.keys() - {each.address for each in case.catalog}
    told = [chain.address for chain in made.chains if chain.address in gone] + [each.address for each in made.orphans]
    whole = case.policy.whole and case.snapshot.complete
    assert sorted(told) == (sorted(gone) if whole else [])
