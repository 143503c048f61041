"""Charts over time tell what `get_stats` tells of the same scope, whatever the span, the model or the tag."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.monitoring import answering
from reconciler.platform.shapes.statistics_queries import AggregateService
from reconciler.platform.store import timelines
from reconciler.platform.store.rollups import HOUR
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import ModelRole
from tests.platform.reads.world import BEGIN, LABELS

if TYPE_CHECKING:
    from typing import Any

    from reconciler.platform.store.timelines import Line, Timeline
    from tests.platform.reads.world import World

SCOPES = [
    Scope(),
    Scope(from_timestamp=BEGIN + 1.5 * HOUR, to_timestamp=BEGIN + 7.25 * HOUR),
    Scope(from_timestamp=BEGIN + 2 * HOUR),
    Scope(to_timestamp=BEGIN + 2 * HOUR),
    Scope(from_timestamp=BEGIN + 1.1 * HOUR, to_timestamp=BEGIN + 1.9 * HOUR),
    Scope(from_timestamp=BEGIN + 99 * HOUR),
    Scope(tags=("night",)),
    Scope(tags=("rare",), from_timestamp=BEGIN + 1.5 * HOUR),
    Scope(tags=("unknown",)),
]


def told(world: World, service: AggregateService, scope: Scope) -> dict[str, Any]:
    with world.platform.store.read(world.platform.owner) as unit:
        answer = answering.tell_together(unit, unit.find(Deployment, world.deployment_id), service, scope)
    assert answer.info is None
    assert answer.data is not None
    return answer.data


def drawn(world: World, scope: Scope, *, by_model: bool = False) -> Timeline:
    with world.platform.store.read(world.platform.owner) as unit:
        found = timelines.timeline(unit, world.deployment_id, scope, by_model=by_model, labels=True)
    assert found is not None
    return found


def latencies(lines: list[Line]) -> tuple[int, int, float, float]:
    buckets = [bucket for line in lines for bucket in line.buckets]
    return (
        sum(bucket.predictions for bucket in buckets),
        sum(bucket.objects for bucket in buckets),
        min(bucket.least for bucket in buckets),
        max(bucket.most for bucket in buckets),
    )


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_buckets_of_a_role_sum_up_to_its_statistics(world: World, scope: Scope) -> None:
    metrics, timeline = told(world, AggregateService.METRICS, scope), drawn(world, scope)
    for role in ModelRole:
        lines = [line for line in timeline.lines if line.role is role]
        expected = metrics[role.lower()]
        assert bool(lines) == (expected is not None)
        if expected is not None:
            latency = expected["latency"]
            assert latencies(lines) == (
                *(expected["predictions"], expected["objects"]),
                *(latency["least"], latency["most"]),
            )


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_buckets_are_the_points_of_the_statistics_series(world: World, scope: Scope) -> None:
    metrics, timeline = told(world, AggregateService.METRICS, scope), drawn(world, scope)
    assert timeline.width == metrics["stretch"] == HOUR
    points = {
        (line.role.value, bucket.begin): (bucket.predictions, bucket.latency)
        for line in timeline.lines
        for bucket in line.buckets
    }
    assert points == {
        (point["role"], point["timestamp"]): (point["predictions"], point["latency"]) for point in metrics["series"]
    }


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_labels_of_all_buckets_are_the_label_distribution(world: World, scope: Scope) -> None:
    counted: Counter[str] = Counter()
    for line in drawn(world, scope).lines:
        if line.role is ModelRole.CHAMPION:
            for bucket in line.buckets:
                counted.update({LABELS[str(label)]: number for label, number in bucket.labels.items()})
    labels = told(world, AggregateService.LABELS, scope)["labels"]
    assert counted == {each["label"]: each["count"] for each in labels}


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_figures_are_those_of_the_statistics(world: World, scope: Scope) -> None:
    metrics = told(world, AggregateService.METRICS, scope)
    with world.platform.store.read(world.platform.owner) as unit:
        figures = timelines.figures(unit, world.deployment_id, scope)
    assert figures is not None
    assert drawn(world, scope).figures == figures
    for role in ModelRole:
        expected, found = metrics[role.lower()], figures.get(role)
        assert (found is None) == (expected is None)
        if found is not None:
            assert (found.predictions, found.latency) == (expected["predictions"], expected["latency"]["mean"])


def test_lines_by_model_name_the_versions_that_predicted(world: World) -> None:
    metrics, timeline = told(world, AggregateService.METRICS, Scope()), drawn(world, Scope(), by_model=True)
    found = {
        (line.role.value, str(line.model_version_id)): sum(bucket.predictions for bucket in line.buckets)
        for line in timeline.lines
    }
    assert found == {(each["role"], each["model_version_id"]): each["predictions"] for each in metrics["models"]}


def test_one_model_is_drawn_alone(world: World) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        shadow = unit.find(Deployment, world.deployment_id).shadow_model_version_id
    timeline = drawn(world, Scope(model_id=shadow))
    assert [line.role for line in timeline.lines] == [ModelRole.SHADOW]


def test_dots_are_the_newest_predictions(world: World) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        found = timelines.dots(unit, world.deployment_id, Scope(), most=20)
    assert len(found) == 20
    assert [dot.timestamp for dot in found] == sorted((dot.timestamp for dot in found), reverse=True)
    times = sorted((shot.timestamp for shot in world.recorded.values()), reverse=True)
    assert found[0].timestamp == times[0]
    for dot in found:
        shot = world.recorded[dot.predicted_asset_id]
        assert dot.latency == shot.latency * (2 if dot.role is ModelRole.SHADOW else 1)


@pytest.mark.parametrize("hours", [1, 5, 199, 200, 201, 1_000, 2_161, 9_000, 100_000])
def test_no_span_has_more_buckets_than_a_chart_shows(hours: int) -> None:
    first = BEGIN // HOUR
    width = timelines._width((first, first + hours - 1))
    assert (first + hours - 1) // width - first // width + 1 <= timelines.MOST_BUCKETS
