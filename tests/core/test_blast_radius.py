"""The caps count what they say they count, from the number they say, and a reason lifts them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.actions import DeleteDeployment
from reconciler.core.applied import AppliedDeployment
from reconciler.core.blast_radius import Caps, Extent, assess
from reconciler.core.diff import Decision, DriftClass, FieldChange
from reconciler.core.gap import Move
from reconciler.core.numbering import Draft
from reconciler.core.plan import Chain, Intent
from reconciler.core.references import Title

TITLES = {"v6": Title("m", "v6", 6), "v7": Title("m", "v7", 7), "w1": Title("w", "w1", 1), "x": Title("m", "x")}


def deletion(address: str) -> Draft:
    chain = Chain(address, address, Intent.DELETE, None, None)
    return Draft(chain, (Move(DeleteDeployment(), ()),))


def champion(address: str, before: str = "v7", after: str = "v6", decision: Decision = Decision.WRITE) -> Draft:
    values = [{"id": each, "label": f"m@{each}"} for each in (before, after)]
    change = FieldChange("models.champion", "models.champion", *values, DriftClass.PENDING, decision)
    return Draft(Chain(address, address, Intent.CHANGE, None, None, changes=(change,)), ())


def extent(owned: int, *, declared: bool = True) -> Extent:
    names = frozenset(f"d{number}" for number in range(owned))
    return Extent(names, frozenset(), names if declared else frozenset({"other"}), TITLES)


def codes(drafts: list[Draft], owned: int, caps: Caps | None = None) -> list[str]:
    return [refusal.code for refusal in assess(drafts, extent(owned), caps or Caps()).refusals]


@pytest.mark.parametrize(
    ("deleted", "owned", "refused"),
    [(3, 10, []), (4, 10, ["blast-radius"]), (9, 9, []), (29, 100, []), (30, 100, []), (31, 100, ["blast-radius"])],
)
def test_more_than_thirty_percent_of_ten_or_more(deleted: int, owned: int, refused: list[str]) -> None:
    assert codes([deletion(f"d{number}") for number in range(deleted)], owned) == refused


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_share_that_is_just_reached_is_never_exceeded(percent: int) -> None:
    drafts = [deletion(f"d{number}") for number in range(percent)]
    assert codes(drafts, 100, Caps(max_removals=percent / 100)) == []
    assert codes([*drafts, deletion("d99")], 100, Caps(max_removals=percent / 100)) == ["blast-radius"]


def test_deletions_and_roll_backs_count_together() -> None:
    drafts = [deletion("d0"), deletion("d1"), champion("d2"), champion("d3")]
    assert codes(drafts, 10) == ["blast-radius"]
    assert codes(drafts[1:], 10) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("v6", "v7"), ("v7", "w1"), ("v7", "x"), ("x", "v6"), ("v7", "unknown"), ("v7", "v7")],
)
def test_only_a_lower_number_of_the_same_model_is_older(before: str, after: str) -> None:
    drafts = [champion(f"d{number}", before, after) for number in range(9)]
    assert codes(drafts, 10) == []
    assert [risk.code for risk in assess(drafts, extent(10), Caps()).risks] == ["many-champions"]


def test_what_is_only_told_is_not_counted() -> None:
    assert codes([champion(f"d{number}", decision=Decision.REPORT) for number in range(9)], 10) == []


def test_new_champions_are_capped_only_where_that_is_asked_for() -> None:
    drafts = [champion(f"d{number}", "v6", "v7") for number in range(3)]
    assert codes(drafts, 10) == []
    assert codes(drafts, 10, Caps(max_rechampion=0.2)) == ["rechampion-cap"]
    assert codes(drafts, 10, Caps(max_rechampion=0.2, owned_from=11)) == []


def test_to_delete_where_nothing_owned_is_declared_needs_a_reason() -> None:
    drafts = [deletion("d0")]
    assert [each.code for each in assess(drafts, extent(2, declared=False), Caps()).refusals] == ["prune-everything"]
    assert assess(drafts, extent(1, declared=False), Caps()).refusals == ()
    empty = replace(extent(1), declared=frozenset())
    assert [each.code for each in assess(drafts, empty, Caps()).refusals] == ["prune-everything"]


def test_a_folder_of_somebody_elses_live_deployments_is_still_the_wrong_folder() -> None:
    wrong = replace(extent(2, declared=False), matched=frozenset({"other"}))
    assert [each.code for each in assess([deletion("d0")], wrong, Caps()).refusals] == ["prune-everything"]


def test_what_a_manifest_was_matched_to_is_owned_as_well() -> None:
    matched = replace(extent(5), matched=frozenset(f"m{number}" for number in range(5)))
    drafts = [champion(f"m{number}") for number in range(4)]
    assert [each.code for each in assess(drafts, matched, Caps()).refusals] == ["blast-radius"]


def test_a_reason_makes_a_risk_of_every_refusal_and_is_quoted_in_it() -> None:
    drafts = [deletion(f"d{number}") for number in range(4)]
    verdict = assess(drafts, extent(10), Caps(), force="line 2 is scrapped")
    assert verdict.refusals == ()
    assert [risk.code for risk in verdict.risks] == ["forced"]
    assert "forced because line 2 is scrapped" in verdict.risks[0].message


def test_an_id_without_a_certain_field_is_not_ownership() -> None:
    assert not AppliedDeployment("a").owned
