"""A list of deployments finds, sorts and pages them, and tells of each what its predictions say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.store import deployments, overviews, tags
from reconciler.platform.store.overviews import Search, Sort
from reconciler.platform.store.rollups import HOUR
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import ModelCause, TagTarget
from tests.platform.reads.world import BEGIN, Shot, build

if TYPE_CHECKING:
    from reconciler.platform.app import Platform
    from reconciler.platform.store.overviews import Overview
    from tests.platform.reads.world import World

MOMENT = BEGIN + 10 * HOUR


@pytest.fixture(scope="module")
def others(platform: Platform, world: World) -> list[str]:
    """Deployments beside the watched one: one that saw two images, one that saw none and carries a tag."""
    busy, idle = build(platform, "50%_busy"), build(platform, "idle")
    for minutes in (700, 701):
        busy.record(Shot(BEGIN + minutes * 60, latency=0.25))
    with platform.store.write(platform.owner) as unit:
        tag = tags.ensure(unit, tags.Scope.organization(platform.owner.organization_id, TagTarget.DEPLOYMENT), "Lyon")
        tags.attach(unit, tag, [idle.deployment_id])
    return ["50%_busy", "idle", "watched"]


def listed(platform: Platform, **search: object) -> list[Overview]:
    with platform.store.read(platform.owner) as unit:
        page = overviews.list_page(
            unit,
            platform.owner.organization_id,
            Search(**search),
            moment=MOMENT,  # type: ignore[arg-type]
        )
    return list(page.items)


def names(platform: Platform, **search: object) -> list[str]:
    return [each.name for each in listed(platform, **search)]


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        (Sort.NAME, ["50%_busy", "idle", "watched"]),
        (Sort.CREATED, ["watched", "50%_busy", "idle"]),
        (Sort.PREDICTIONS, ["50%_busy", "watched", "idle"]),
        (Sort.LAST_PREDICTION, ["watched", "50%_busy", "idle"]),
    ],
)
def test_a_list_is_sorted_either_way_and_what_never_predicted_comes_last(
    platform: Platform, others: list[str], sort: Sort, ascending: list[str]
) -> None:
    assert names(platform, sort=sort, descending=False) == ascending
    known = [name for name in ascending if name != "idle" or sort in {Sort.NAME, Sort.CREATED}]
    expected = [*known[::-1], *(name for name in ascending if name not in known)]
    assert names(platform, sort=sort, descending=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WATCH", ["watched"]),
        ("idle-model", ["idle"]),
        ("lyon", ["idle"]),
        ("%", ["50%_busy"]),
        ("_", ["50%_busy"]),
        (" ", ["50%_busy", "idle", "watched"]),
        ("'; drop table deployments; --", []),
    ],
)
def test_text_is_searched_in_names_models_and_tags_in_any_case_and_is_no_pattern(
    platform: Platform, others: list[str], text: str, expected: list[str]
) -> None:
    assert names(platform, text=text, sort=Sort.NAME, descending=False) == expected


def test_pages_follow_each_other_and_count_all(platform: Platform, others: list[str]) -> None:
    pages = [names(platform, sort=Sort.NAME, descending=False, offset=at, limit=2) for at in (0, 2, 4)]
    assert pages == [["50%_busy", "idle"], ["watched"], []]
    with platform.store.read(platform.owner) as unit:
        page = overviews.list_page(unit, platform.owner.organization_id, Search(limit=1), moment=MOMENT)
    assert (len(page.items), page.count) == (1, 3)


def test_a_deployment_is_told_with_what_was_recorded_of_it(platform: Platform, world: World, others: list[str]) -> None:
    [told] = listed(platform, text="watched")
    shots = list(world.recorded.values())
    assert told.predictions == len(shots)
    assert told.latency == pytest.approx(sum(shot.latency for shot in shots) / len(shots))
    assert told.last_prediction is not None
    assert told.last_prediction.timestamp() == max(shot.timestamp for shot in shots)
    assert (told.champion.model, told.champion.number) == ("watched-model", 0)
    assert told.shadow is not None
    assert told.shadow.number == 1
    assert told.creator == platform.owner.username
    assert (told.feedback_loop, told.continuous_training, told.continuous_deployment) == (False, False, False)


def test_a_trend_is_a_week_in_points_of_six_hours(platform: Platform, world: World, others: list[str]) -> None:
    [told] = listed(platform, text="watched")
    assert len(told.trend) == overviews.TREND_POINTS
    for point in told.trend:
        within = [
            shot.latency
            for shot in world.recorded.values()
            if point.timestamp <= shot.timestamp < point.timestamp + overviews.TREND_HOURS * HOUR
        ]
        assert point.predictions == len(within)
        assert point.latency == (pytest.approx(sum(within) / len(within)) if within else None)
    assert sum(point.predictions for point in told.trend) == len(world.recorded)


def test_other_organisations_deployments_do_not_exist(platform: Platform, others: list[str]) -> None:
    from dataclasses import replace
    from uuid import uuid4

    from reconciler.platform.store.faults import NotFound

    stranger = replace(platform.owner, reach=frozenset({uuid4()}))
    with platform.store.read(stranger) as unit, pytest.raises(NotFound):
        overviews.list_page(unit, platform.owner.organization_id, Search(), moment=MOMENT)


def test_cards_say_since_when_and_why_a_model_is_in_its_slot(platform: Platform) -> None:
    made = build(platform, "promoted")
    with platform.store.write(platform.owner) as unit:
        deployments.promote(unit, unit.find(Deployment, made.deployment_id))
    with platform.store.read(platform.owner) as unit:
        cards = overviews.cards(unit, unit.find(Deployment, made.deployment_id))
    with platform.store.write(platform.owner) as unit:
        deployments.delete(unit, unit.find(Deployment, made.deployment_id), force=True)
    assert cards.champion.version.number == 1
    assert (cards.champion.cause, cards.champion.actor) == (ModelCause.PROMOTION, platform.owner.username)
    assert cards.champion.since is not None
    assert (cards.shadow, cards.last_prediction) == (None, None)


def test_the_versions_that_predicted_are_told_by_name(platform: Platform, world: World) -> None:
    with platform.store.read(platform.owner) as unit:
        found = overviews.versions_of(unit, unit.find(Deployment, world.deployment_id))
    assert [str(each) for each in found] == [f"{each.model} / {each.name}" for each in found]
    assert [each.number for each in found] == [1, 0]
