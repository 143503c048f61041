"""Each kept image has the outlier score of the reference set now, whichever of the two came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from reconciler.platform.intake.viewing import BLOCKS
from reconciler.platform.monitoring import answering
from reconciler.platform.pipeline import scoring as work
from reconciler.platform.seed import stream
from reconciler.platform.shapes.statistics_queries import PredictionService
from reconciler.platform.store import assets, data, datalakes, datasets, gallery, objects, scores, training_data
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.sifting import Filters
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.facets import OutlierScore
from reconciler.platform.store.tables.monitoring import MeasuredImage
from reconciler.platform.store.words import InferenceType
from tests.platform.reads.world import BEGIN, Shot, World, build

if TYPE_CHECKING:
    from reconciler.platform.app import Platform

SHOTS = 5


def set_reference(world: World, name: str, images: list[bytes]) -> None:
    platform = world.platform
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        lake = datalakes.default(unit, home)
        version = datasets.create_version(
            unit, datasets.create(unit, home, name), "v1", type=InferenceType.OBJECT_DETECTION
        )
        for number, png in enumerate(images):
            stored = objects.put(unit, lake.connector_id, f"{name}/{number}.png", png, content_type="image/png")
            datum = data.register(unit, lake, data.NewData("a.png", stored.object_name, "image/png"))
            assets.add(unit, version, [datum.id])
        training_data.set_reference(unit, unit.find(Deployment, world.deployment_id), version)
    platform.settle()


def told(world: World) -> dict[object, tuple[float, bool]]:
    """Return what statistics say of each image now."""
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        answer = answering.tell(unit, deployment, PredictionService.OUTLIERS, Scope())
    items: list[dict[str, object]] = answer.data["items"]  # type: ignore[index, assignment]
    return {each["predicted_asset_id"]: (each["score"], each["is_outlier"]) for each in items}  # type: ignore[misc]


def check(world: World) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        tiles = gallery.list_page(unit, deployment, Filters()).tiles
        outliers = gallery.list_page(unit, deployment, Filters(outliers=True)).tiles
    expected = told(world)
    assert len(tiles) == len(expected)
    for tile in tiles:
        score, is_outlier = expected[str(tile.id)]
        assert (tile.score, tile.is_outlier) == (pytest.approx(score), is_outlier)
    assert [tile.id for tile in outliers] == [tile.id for tile in tiles if tile.is_outlier]


def test_images_are_scored_before_and_after_a_reference_and_anew_with_the_next(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_BATCH", 2)
    pngs = [png for _, png, _ in stream.of_digits()[:60]]
    world = build(platform, "judged")
    for number in range(SHOTS):
        world.record(Shot(BEGIN + number))
    set_reference(world, "first", pngs[:30])
    world.record(Shot(BEGIN + SHOTS))
    check(world)
    before = told(world)
    set_reference(world, "second", pngs[30:])
    world.record(Shot(BEGIN + SHOTS + 1))
    check(world)
    assert {each: before[each] for each in before} != {each: told(world)[each] for each in before}


def test_scores_of_a_reference_that_is_gone_are_not_shown(platform: Platform) -> None:
    world = build(platform, "unjudged")
    set_reference(world, "third", [png for _, png, _ in stream.of_digits()[:30]])
    kept = world.record(Shot(BEGIN))
    with platform.store.write(platform.owner) as unit:
        training_data.drop(unit, unit.find(Deployment, world.deployment_id))
    with platform.store.read(platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        assert unit.session.get(OutlierScore, kept) is not None
        assert gallery.tile(unit, deployment, kept).score is None
        assert gallery.list_page(unit, deployment, Filters(outliers=True)).tiles == []


def test_images_kept_before_views_had_a_fourth_block_have_no_score_by_a_later_reference(platform: Platform) -> None:
    world = build(platform, "earlier")
    early, late = world.record(Shot(BEGIN)), world.record(Shot(BEGIN + 1))
    with platform.store.write(platform.owner) as unit:
        kept = unit.session.get_one(MeasuredImage, early)
        assert kept.view is not None
        kept.view = kept.view[: sum(BLOCKS[:3])]
    set_reference(world, "later", [png for _, png, _ in stream.of_digits()[:30]])
    found = told(world)
    assert found[str(early)] == (None, None)
    assert found[str(late)][0] is not None
    check(world)


def test_scoring_again_changes_nothing(platform: Platform) -> None:
    world = build(platform, "again")
    set_reference(world, "fourth", [png for _, png, _ in stream.of_digits()[:30]])
    world.record(Shot(BEGIN))
    with platform.store.write(platform.owner) as unit:
        judge = scores.judge_of(unit, world.deployment_id)
        assert judge is not None
        assert scores.candidates(unit, world.deployment_id, judge, after=None, most=9) == []
        before = unit.session.scalars(select(OutlierScore.score)).all()
        scores.ask(unit, unit.find(Deployment, world.deployment_id))
    platform.settle()
    with platform.store.read(platform.owner) as unit:
        assert unit.session.scalars(select(OutlierScore.score)).all() == before
