"""Names that deployments take from each other: chains are carried out in order, circles are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.actions import RenameDeployment
from reconciler.core.planner import plan
from tests.core.test_removal import PlanPolicy, remembered, seen
from tests.engine.declared import catalog, manifest
from tests.engine.plans import live

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.plan import Plan


def renaming(moves: Mapping[str, tuple[str, str]], depends_on: Mapping[str, Sequence[str]] | None = None) -> Plan:
    """Plan for deployments the ledger knows, each of which is to get another name: address → (live, desired)."""
    dependencies = depends_on or {}
    declared = [
        manifest(each, name=desired, depends_on=tuple(dependencies.get(each, ())))
        for each, (_, desired) in moves.items()
    ]
    lives = {each: live(name, id=f"id-{each}") for each, (name, _) in moves.items()}
    applied = {each: remembered(each, known=known) for each, known in lives.items()}
    return plan(catalog(*declared), seen(*lives.values()), applied, PlanPolicy())


def codes(made: Plan) -> dict[str, list[str]]:
    return {chain.address: [refusal.code for refusal in chain.refusals] for chain in made.chains}


def test_a_chain_of_names_runs_from_its_free_end() -> None:
    made = renaming({"a": ("one", "two"), "b": ("two", "three"), "c": ("three", "four")})
    assert [step.address for step in made.steps] == ["c", "b", "a"]
    assert [step.waits_for for step in made.steps] == [(), (1,), (2,)]


def test_two_names_that_are_swapped_are_refused_with_both_parties_and_the_way_out() -> None:
    made = renaming({"a": ("left", "right"), "b": ("right", "left")})
    assert codes(made) == {"a": ["rename-cycle"], "b": ["rename-cycle"]}
    (refusal,) = made.chain("b").refusals
    assert "a (left → right) and b (right → left)" in refusal.message
    assert "Give a a temporary `spec.name` first, such as right-next" in refusal.hint


def test_a_longer_circle_is_refused_as_a_whole_and_nothing_beside_it() -> None:
    made = renaming({"a": ("1", "2"), "b": ("2", "3"), "c": ("3", "1"), "d": ("4", "5"), "e": ("6", "7")})
    assert codes(made) == {each: ["rename-cycle"] for each in "abc"} | {"d": [], "e": []}
    assert "a (1 → 2), b (2 → 3) and c (3 → 1)" in made.chain("a").refusals[0].message


def test_two_circles_are_told_apart() -> None:
    made = renaming({"a": ("1", "2"), "b": ("2", "1"), "c": ("3", "4"), "d": ("4", "3")})
    assert all(found == ["rename-cycle"] for found in codes(made).values())
    assert "c (" not in made.chain("a").refusals[0].message
    assert "a (" not in made.chain("c").refusals[0].message


def test_what_depends_on_a_party_of_a_circle_is_refused_too_and_nothing_else() -> None:
    lives = [live("1", id="id-a"), live("2", id="id-b"), live("9", id="id-c")]
    applied = {each: remembered(each, known=known) for each, known in zip("abc", lives, strict=True)}
    declared = catalog(
        manifest("a", name="2"), manifest("b", name="1"), manifest("c", name="8"), manifest("d", depends_on=("a",))
    )
    made = plan(declared, seen(*lives), applied, PlanPolicy())
    assert codes(made) == {"a": ["rename-cycle"], "b": ["rename-cycle"], "c": [], "d": ["dependency-refused"]}


def test_a_rename_that_is_refused_frees_no_name_however_long_the_chain() -> None:
    lives = [live("1", id="id-a"), live("2", id="id-b"), live("3", id="id-c"), live("4", id="id-x")]
    applied = {each: remembered(each, known=known) for each, known in zip("abc", lives[:3], strict=True)}
    declared = catalog(manifest("a", name="2"), manifest("b", name="3"), manifest("c", name="4"))
    made = plan(declared, seen(*lives), applied, PlanPolicy())
    assert codes(made) == {each: ["name-taken"] for each in "abc"}


def test_a_circle_of_a_name_and_a_dependency_says_which_of_them_to_leave_out() -> None:
    made = renaming({"a": ("1", "9"), "b": ("2", "1")}, {"a": ["b"]})
    assert codes(made) == {"a": ["rename-cycle"], "b": ["rename-cycle"]}
    assert "dependsOn" in made.chain("a").refusals[0].message
    assert "Leave `dependsOn` out" in made.chain("a").refusals[0].hint


@given(st.permutations(range(5)), st.permutations(range(5)), st.sets(st.integers(0, 4)))
def test_carried_out_in_their_order_renames_never_meet_a_name_that_is_taken(
    now: list[int], desired: list[int], fresh: set[int]
) -> None:
    moves = {f"d{each}": (f"n{now[each]}", f"{'f' if each in fresh else 'n'}{desired[each]}") for each in range(5)}
    made = renaming(moves)
    names = {address: name for address, (name, _) in moves.items()}
    for step in made.steps:
        assert isinstance(step.action, RenameDeployment)
        assert step.action.name not in names.values()
        names[step.address] = step.action.name
    for chain in made.chains:
        assert names[chain.address] == moves[chain.address][1] or chain.refusals
