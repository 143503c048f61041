"""Exactly the plan that was reviewed runs, or nothing does; the difference is told by address and field."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from reconciler.core.plan import Plan, Target
from reconciler.core.plan_difference import differences
from reconciler.core.plan_json import body_of, digest_of, plan_to_json
from reconciler.core.saved_plan import SavedPlan, is_plan_document, read_saved_plan
from reconciler.engine.request import ApplyOptions
from reconciler.engine.staleness import check_reviewed
from reconciler.errors import InputError, Refused, StalePlan, UsageError
from tests.engine.declared import catalog, manifest
from tests.engine.worlds import World as Platform
from tests.strategies.worlds import World, worlds

if TYPE_CHECKING:
    from reconciler.core.live import Json

AT = "2026-11-21T20:36:00.000Z"
ALPHA = catalog(manifest("alpha", threshold=0.4, tags=("t1",)))


def text_of(plan: Plan) -> str:
    """Return the document of a plan as it is saved, described steps included."""
    described: dict[str, Json] = {"method": "POST", "path": "/api", "payload": {"a": 1}}
    document = plan_to_json(plan, tool="reconciler 0", created_at=AT, describe=lambda *_: described)
    return json.dumps(document, indent=2)


def saved(plan: Plan) -> SavedPlan:
    """Return a plan as it comes back from its file."""
    return read_saved_plan(text_of(plan), "reviewed.plan")


@given(worlds(max_size=2))
def test_a_saved_plan_is_read_back_and_is_the_plan_of_the_same_world(world: World) -> None:
    plan = world.plan()
    assert is_plan_document(text_of(plan))
    reviewed = saved(plan)
    assert (reviewed.digest, reviewed.options, reviewed.target) == (digest_of(plan), plan.options, plan.target)
    check_reviewed(reviewed, world.plan())


@given(worlds(max_size=2))
def test_two_plans_differ_in_words_exactly_where_they_differ_in_digest(world: World) -> None:
    before = world.plan()
    after = world.run(before).plan()
    told = differences(saved(before).body, saved(after).body)
    assert (told == ()) == (digest_of(before) == digest_of(after))


def test_what_moved_on_the_platform_is_named_with_both_values() -> None:
    world = Platform()
    world.apply(ALPHA)
    wanted = catalog(manifest("alpha", threshold=0.5, tags=("t1",)))
    reviewed = saved(world.plan(wanted))
    world.platform.edit(next(iter(world.platform.deployments)), "threshold", 0.9)
    world.platform.edit(next(iter(world.platform.deployments)), "tags", frozenset({"t2"}))
    with pytest.raises(StalePlan) as caught:
        check_reviewed(reviewed, world.plan(wanted))
    assert "alpha tags was as desired and is [t2]" in caught.value.message
    assert "alpha threshold was 0.4 and is 0.9" in caught.value.message
    assert AT in caught.value.message


def test_nothing_is_announced_asked_written_or_recorded_for_a_stale_plan() -> None:
    world = Platform()
    reviewed = saved(world.plan(ALPHA))
    other = catalog(manifest("alpha", threshold=0.6))
    told = len(world.heard.events)
    with pytest.raises(StalePlan):
        world.apply(other, options=ApplyOptions(check=lambda plan: check_reviewed(reviewed, plan)))
    assert (world.platform.writes, world.asked, world.ledger.of()) == ([], [], [])
    assert len(world.heard.events) == told + 2
    world.apply(ALPHA, options=ApplyOptions(check=lambda plan: check_reviewed(reviewed, plan)))
    assert world.platform.writes != []


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (Target("", "https://other.test", "id-org", "acme"), "the platform https://one.test, and this is"),
        (Target("", "https://one.test", "id-2", "acme"), "acme (id-org), and this is the organisation acme (id-2)"),
        (Target("staging", "https://one.test", "id-org", "acme"), "the environment none, and this is the environment"),
    ],
)
def test_another_place_is_refused_with_both_named(target: Target, says: str) -> None:
    made = replace(Platform().plan(ALPHA), target=Target("", "https://one.test", "id-org", "acme"))
    with pytest.raises(Refused) as caught:
        check_reviewed(saved(made), replace(made, target=target))
    assert says in caught.value.message


def test_an_organisation_that_was_only_renamed_makes_a_plan_stale_not_refused() -> None:
    made = replace(Platform().plan(ALPHA), target=Target("", "https://one.test", "id-org", "acme"))
    renamed = replace(made, target=Target("", "https://one.test", "id-org", "acme two"))
    with pytest.raises(StalePlan, match="there is a difference in its target"):
        check_reviewed(saved(made), renamed)


def test_many_differences_are_counted_after_the_first_ones() -> None:
    made = Platform().plan(ALPHA)
    many = Platform().plan(catalog(*(manifest(f"d{number}") for number in range(9))))
    with pytest.raises(StalePlan, match=r"d3 was not in the plan and is now; 5 more$"):
        check_reviewed(saved(made), many)


def test_the_commit_and_its_cleanness_are_part_of_what_was_reviewed() -> None:
    made = Platform().plan(ALPHA)
    later = replace(made, source=replace(made.source, revision="5d6e7f8", dirty=True, manifest_digest="sha256:1"))
    told = differences(body_of(made, None), body_of(later, None))
    assert told == (
        "the manifests declare something else",
        "commit was 1a2b3c4 and is 5d6e7f8",
        "the manifests were as committed and are changed since their commit",
    )


def field(path: str, **values: Json) -> dict[str, Json]:
    """Return a field as a document tells it."""
    told: dict[str, Json] = {"before": 0.4, "after": 0.5, "known": True, "class": "pending", "decision": "write"}
    return {"path": path, **told, **values}


def body(*fields: dict[str, Json], **values: Json) -> dict[str, Json]:
    """Return a body that holds one deployment."""
    return {"changes": [{"address": "alpha", "fields": [*fields], **values}]}


@pytest.mark.parametrize(
    ("reviewed", "now", "says"),
    [
        (body(field("threshold")), body(), "alpha threshold differed and needs nothing now"),
        (
            body(field("threshold")),
            body(field("threshold", known=False)),
            "alpha threshold was 0.4 and is not reported",
        ),
        (body(field("tags", **{"class": "drifted"})), body(field("tags")), "alpha tags was drifted and is pending"),
        (body(remote_id="1"), body(remote_id=None), "alpha: remote_id was 1 and is none"),
        (
            body(field("models.champion", before={"id": "1", "label": "m@v1"})),
            body(field("models.champion", before="x" * 99)),
            f"alpha models.champion was m@v1 and is {'x' * 59}…",
        ),
        ({"applyable": True}, {"applyable": False}, "there is a difference in its applyable"),
    ],
)
def test_every_kind_of_difference_has_its_sentence(reviewed: dict[str, Json], now: dict[str, Json], says: str) -> None:
    assert differences(reviewed, now) == (says,)


def test_a_plan_of_another_version_that_differs_in_nothing_readable_says_so() -> None:
    made = Platform().plan(ALPHA)
    with pytest.raises(StalePlan, match="the version of reconciler that made it reads it otherwise"):
        check_reviewed(replace(saved(made), digest="sha256:0"), made)


@pytest.mark.parametrize("change", [{"digest": "sha256:0"}, {"catalog": "other"}])
def test_a_document_that_was_changed_is_not_read(change: dict[str, Json]) -> None:
    document = json.loads(text_of(Platform().plan(ALPHA)))
    with pytest.raises(InputError, match="was changed since it was written"):
        read_saved_plan(json.dumps(document | change), "x")


def test_an_unknown_major_version_is_refused_by_name() -> None:
    document = json.loads(text_of(Platform().plan(ALPHA)))
    with pytest.raises(UsageError, match="format version 2"):
        read_saved_plan(json.dumps(document | {"format_version": "2.0"}), "x")


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": ' * 100_000, "", "nothing"])
def test_what_is_no_json_object_is_damaged(text: str) -> None:
    with pytest.raises(InputError):
        read_saved_plan(text, "x")


@pytest.mark.parametrize("text", ["apiVersion: reconciler.dev/v1\n", '{"apiVersion": "reconciler.dev/v1"}', ""])
def test_a_manifest_is_no_plan_document(text: str) -> None:
    assert not is_plan_document(text)
