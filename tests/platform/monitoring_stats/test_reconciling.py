"""Counts and latencies reconcile exactly with what was sent: at once, filtered, after deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import select

from reconciler.platform.store import predictions, readings, rollups, tally
from reconciler.platform.store.tables.monitoring import HourlyRollup, MeasuredImage, MeasuredPrediction
from tests.platform.monitoring_stats.sending import BEGIN, Sent, check, labels, plan, send, single_stats, stats
from tests.platform.services import Service, monitoring

if TYPE_CHECKING:
    from tests.platform.api import Api, Reply

pytestmark = pytest.mark.anyio

COUNT = 48
HOUR = 3600


@dataclass(frozen=True)
class World:
    """A deployment with what was sent to it, and what was answered."""

    service: Service
    sent: list[Sent]
    recorded: list[Reply]
    champion: str
    shadow: str

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.recorded]


@pytest.fixture(scope="module")
async def world(api: Api) -> World:
    """Predictions sent from eight clients at once."""
    return await sent_to(api, plan(COUNT))


async def sent_to(api: Api, sent: list[Sent]) -> World:
    shadow = await api.model_version("OBJECT_DETECTION")
    made = await api.deployment("OBJECT_DETECTION", disable_serving=True, shadow_model_version_id=shadow["id"])
    service = await monitoring(api, made["id"])
    recorded: dict[int, Reply] = {}
    limit = anyio.CapacityLimiter(8)

    async def one(index: int) -> None:
        async with limit:
            recorded[index] = await send(service, sent[index])

    async with anyio.create_task_group() as group:
        for index in range(len(sent)):
            group.start_soon(one, index)
    champion = (await api.settings(made))["model_version_id"]
    return World(service, sent, [recorded[index] for index in range(len(sent))], champion, shadow["id"])


async def told(world: World, **query: object) -> Reply:
    answer = await stats(world.service, "metrics", **query)
    assert "infos" not in answer
    return dict(answer["deployment"]["data"])


async def test_everything_sent_at_once_from_eight_clients_is_counted_once(world: World) -> None:
    check(await told(world), world.sent)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (BEGIN, BEGIN + 5 * HOUR),
        (BEGIN + 0.5 * HOUR, BEGIN + 3.25 * HOUR),
        (BEGIN + HOUR, BEGIN + 2 * HOUR),
        (BEGIN + 1.2 * HOUR, BEGIN + 1.8 * HOUR),
        (BEGIN + 0.9 * HOUR, BEGIN + 1.1 * HOUR),
        (BEGIN + 2 * HOUR, BEGIN + HOUR),
        (BEGIN + 9 * HOUR, BEGIN + 10 * HOUR),
    ],
)
async def test_a_span_of_time_counts_what_lies_within_it(world: World, begin: float, end: float) -> None:
    expected = [each for each in world.sent if begin <= each.timestamp <= end]
    check(await told(world, from_timestamp=begin, to_timestamp=end), expected)


async def test_both_ends_of_a_span_belong_to_it_and_either_may_be_left_open(world: World) -> None:
    one = world.sent[5].timestamp
    assert (await told(world, from_timestamp=one, to_timestamp=one))["count"] == 1
    check(await told(world, from_timestamp=one), [each for each in world.sent if each.timestamp >= one])
    check(await told(world, to_timestamp=one), [each for each in world.sent if each.timestamp <= one])
    assert (await told(world, since=60))["count"] == 0
    check(await told(world, since=10**9), world.sent)


async def test_tags_and_chosen_predictions_narrow_exactly(world: World) -> None:
    check(await told(world, tags="night"), [each for each in world.sent if each.tag == "night"])
    check(await told(world, tags=["night", "day"]), world.sent)
    check(await told(world, tags="dusk"), [])
    check(await told(world, includes=world.ids[:7]), world.sent[:7])
    check(await told(world, excludes=world.ids[:7]), world.sent[7:])
    assets = [each["predicted_asset_id"] for each in world.recorded[3:6]]
    both = await told(world, includes=assets, excludes=world.ids[4], tags=["day", "night"], from_timestamp=BEGIN)
    check(both, [world.sent[3], world.sent[5]])


async def test_a_model_version_is_told_alone_in_its_own_role(world: World) -> None:
    champion, shadow = await told(world, model_id=world.champion), await told(world, model_id=world.shadow)
    shadowed = [each for each in world.sent if each.shadow_latency is not None]
    assert (champion["count"], champion["shadow"]) == (COUNT, None)
    assert (shadow["count"], shadow["champion"]) == (len(shadowed), None)
    assert [each["model_version_id"] for each in shadow["models"]] == [world.shadow]
    assert shadow["shadow"]["latency"]["most"] == max(each.shadow_latency or 0.0 for each in shadowed)


async def test_what_takes_too_many_single_predictions_is_summed_by_a_job(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await told(world, tags="night")
    monkeypatch.setattr(readings, "MOST_AT_ONCE", 3)
    first = await stats(world.service, "metrics", tags="night")
    assert first["deployment"]["data"] is None
    assert "never computed" in first["infos"]["info"]
    await anyio.to_thread.run_sync(api.platform.settle)
    assert await told(world, tags="night") == expected
    check(await told(world), world.sent)


async def test_labels_are_counted_by_name_and_by_number_where_they_have_none(world: World) -> None:
    answer = (await stats(world.service, "label_distribution"))["deployment"]["data"]
    assert {each["label"]: each["count"] for each in answer["labels"]} == labels(world.sent)
    assert (answer["predictions"], answer["objects"]) == (COUNT, sum(len(each.classes) for each in world.sent))
    night = (await stats(world.service, "label_distribution", tags="night"))["deployment"]["data"]
    expected = labels([each for each in world.sent if each.tag == "night"])
    assert {each["label"]: each["count"] for each in night["labels"]} == expected


async def test_single_predictions_are_told_as_they_were_sent_newest_first(world: World) -> None:
    data = await single_stats(world.service, "metrics")
    assert data["count"] == COUNT
    newest = sorted(zip(world.sent, world.ids, strict=True), key=lambda pair: -pair[0].timestamp)
    assert [item["id"] for item in data["items"]] == [identifier for _, identifier in newest]
    for item, (sent, _) in zip(data["items"], newest, strict=True):
        latencies = [each["latency"] for each in item["predictions"]]
        assert latencies == [each for each in (sent.latency, sent.shadow_latency) if each is not None]
        assert item["timestamp"] == pytest.approx(sent.timestamp, abs=1e-5)
        assert {each["objects"] for each in item["predictions"]} == {len(sent.classes)}


async def test_a_shadow_that_answers_later_is_counted_in_the_hour_of_its_image(api: Api) -> None:
    world = await sent_to(api, [each for each in plan(9) if each.shadow_latency is None])
    before = await told(world)
    raw = {"detection_classes": [0], "detection_scores": [0.5], "detection_boxes": [[0, 0, 8, 8]]}
    path = f"/api/prediction/{world.ids[0]}/shadow"
    await world.service.ask("POST", path, 201, json={"shadow_raw_predictions": raw, "shadow_latency": 0.125})
    after = await told(world)
    assert (before["shadow"], after["shadow"]["predictions"], after["shadow"]["latency"]["mean"]) == (None, 1, 0.125)
    assert after["champion"] == before["champion"]
    (point,) = [each for each in after["series"] if each["role"] == "SHADOW"]
    assert point["timestamp"] == world.sent[0].timestamp // HOUR * HOUR


async def test_what_is_deleted_was_never_counted(api: Api) -> None:
    world = await sent_to(api, plan(18, seed=8))
    slowest = max(range(18), key=lambda index: world.sent[index].latency)
    gone = {slowest, 0, 1, 2}
    assets = [UUID(world.recorded[index]["predicted_asset_id"]) for index in gone]
    with api.platform.store.write(api.platform.owner) as unit:
        predictions.delete(unit, assets)
    check(await told(world), [each for index, each in enumerate(world.sent) if index not in gone])
    with api.platform.store.write(api.platform.owner) as unit:
        predictions.clear(unit, UUID(world.service.deployment_id))
    check(await told(world), [])
    with api.platform.store.read(api.platform.owner) as unit:
        for table in (HourlyRollup, MeasuredPrediction, MeasuredImage):
            named = table.deployment_id == UUID(world.service.deployment_id)
            assert unit.session.scalars(select(table).where(named)).all() == []


async def test_rollups_are_the_sums_of_the_predictions_they_stand_for(api: Api, world: World) -> None:
    with api.platform.store.read(api.platform.owner) as unit:
        rows = unit.session.scalars(select(MeasuredPrediction)).all()
        sums = unit.session.scalars(select(HourlyRollup)).all()
    assert sum(each.predictions for each in sums) == len(rows)
    for each in sums:
        own = [row for row in rows if keyed(row) == (each.deployment_id, each.model_version_id, each.role, each.hour)]
        assert each.predictions == len(own)
        assert each.latency_sum == sum(tally.nanoseconds(row.latency) for row in own)
        counters = tally.empty()
        for row in own:
            counters = tally.add(counters, row.slots)
        assert each.counters == counters


def keyed(row: MeasuredPrediction) -> object:
    return row.deployment_id, row.model_version_id, row.role, rollups.hour_of(row.timestamp)
