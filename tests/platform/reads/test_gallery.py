"""A gallery shows exactly the kept images that match its filters, newest first, however they are paged or stepped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from reconciler.platform.store import gallery, reviews, sifting, tags
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.rollups import HOUR
from reconciler.platform.store.sifting import Count, Cursor, Filters
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.words import ModelRole, ReviewState, TagTarget
from tests.platform.reads.world import BEGIN, PICTURE, Shot, World, build, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from reconciler.platform.app import Platform
    from reconciler.platform.store.gallery import GalleryPage, Tile

SHADOW = ModelRole.SHADOW


def best(scored: tuple[tuple[int, float], ...] | None, label: int | None = None) -> float:
    return max((score for each, score in scored or () if label in {None, each}), default=-1.0)


def predicted(label: int | None = None, *, least: float = 0.0, most: float = 1.0) -> Callable[[Shot], bool]:
    return lambda shot: least <= best(shot.scored, label) <= most


def shadowed(label: int | None = None, *, least: float = 0.0) -> Callable[[Shot], bool]:
    return lambda shot: best(shot.shadow, label) >= least


def together(*wanted: Callable[[Shot], bool]) -> Callable[[Shot], bool]:
    return lambda shot: all(each(shot) for each in wanted)


LATE, EARLY = BEGIN + 7 * HOUR, BEGIN + 2 * HOUR
WAITING = frozenset({ReviewState.TO_REVIEW})
JUDGED = frozenset({ReviewState.REVIEWED, ReviewState.SUBMITTED})

# What each filter means, said of what was recorded.
MEANINGS: list[tuple[Filters, Callable[[Shot], bool]]] = [
    (Filters(), lambda _: True),
    (Filters(role=SHADOW), lambda shot: shot.shadow is not None),
    (Filters(label=1), predicted(1)),
    (Filters(role=SHADOW, label=2), shadowed(2)),
    (Filters(least=0.5), predicted(least=0.5)),
    (Filters(most=0.5), predicted(most=0.5)),
    (Filters(label=0, least=0.2, most=0.7), predicted(0, least=0.2, most=0.7)),
    (Filters(role=SHADOW, least=0.3), shadowed(least=0.3)),
    (Filters(tag="night"), lambda shot: "night" in shot.tags),
    (Filters(tag="rare", label=1), together(predicted(1), lambda shot: "rare" in shot.tags)),
    (Filters(tag="never"), lambda _: False),
    (Filters(source="line-1"), lambda shot: shot.source == "line-1"),
    (Filters(source="line-1", tag="day"), lambda shot: shot.source == "line-1" and "day" in shot.tags),
    (Filters(from_timestamp=LATE), lambda shot: shot.timestamp >= LATE),
    (Filters(to_timestamp=EARLY, label=1), together(predicted(1), lambda shot: shot.timestamp <= EARLY)),
    (Filters(states=WAITING, source="line-2"), lambda shot: shot.source == "line-2"),
    (Filters(states=JUDGED), lambda _: False),
]
IDS = [
    " ".join(f"{name}={sorted(held) if name == 'states' else held}" for name, held in vars(each).items() if held)
    for each, _ in MEANINGS
]


@pytest.fixture(params=["in one walk", "in walks of seven"])
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every law holds however short the walks are."""
    if request.param == "in walks of seven":
        monkeypatch.setattr(sifting, "REACH", 7)
        monkeypatch.setattr(sifting, "_SHORT", 3)


def page(world: World, filters: Filters, **place: object) -> GalleryPage:
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        return gallery.list_page(unit, deployment, filters, **place)  # type: ignore[arg-type]


def older(world: World, filters: Filters, limit: int) -> Iterator[GalleryPage]:
    found = page(world, filters, limit=limit)
    yield found
    while found.older is not None:
        found = page(world, filters, before=found.older, limit=limit)
        yield found


def ids(pages: list[GalleryPage]) -> list[UUID]:
    return [tile.id for each in pages for tile in each.tiles]


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize(("filters", "wanted"), MEANINGS, ids=IDS)
def test_paging_to_the_end_and_back_shows_each_match_once_newest_first(
    world: World, filters: Filters, wanted: Callable[[Shot], bool]
) -> None:
    pages = list(older(world, filters, 4))
    assert ids(pages) == world.newest(wanted)
    assert pages[0].newer is None
    back, last = [pages[-1]], pages[-1]
    while last.newer is not None:
        last = page(world, filters, after=last.newer, limit=4)
        back.insert(0, last)
    assert ids(back) == world.newest(wanted)


@pytest.mark.parametrize(("filters", "wanted"), MEANINGS, ids=IDS)
def test_one_page_of_few_images_was_searched_to_the_end(
    world: World, filters: Filters, wanted: Callable[[Shot], bool]
) -> None:
    found = page(world, filters, limit=1000)
    assert (found.newer, found.older, found.searched_to) == (None, None, None)
    assert [tile.id for tile in found.tiles] == world.newest(wanted)


@pytest.mark.parametrize(("filters", "wanted"), MEANINGS, ids=IDS)
def test_a_count_of_few_images_is_exact(world: World, filters: Filters, wanted: Callable[[Shot], bool]) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        told = gallery.count(unit, unit.find(Deployment, world.deployment_id), filters)
    assert told == Count(len(world.newest(wanted)), is_exact=True)


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize(("filters", "wanted"), MEANINGS, ids=IDS)
def test_a_count_is_never_more_than_there_is_and_says_when_there_may_be_more(
    world: World, filters: Filters, wanted: Callable[[Shot], bool]
) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        told = gallery.count(unit, unit.find(Deployment, world.deployment_id), filters)
    number = len(world.newest(wanted))
    assert told.number == number if told.is_exact else told.number <= number


@pytest.mark.parametrize(("filters", "wanted"), [MEANINGS[index] for index in (0, 2, 9)], ids=["all", "label", "tag"])
def test_stepping_from_image_to_image_is_the_order_of_the_gallery(
    world: World, filters: Filters, wanted: Callable[[Shot], bool]
) -> None:
    expected = world.newest(wanted)
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        found = [gallery.neighbours(unit, deployment, filters, each) for each in expected]
    assert [each.older for each in found] == [*expected[1:], None]
    assert [each.newer for each in found] == [None, *expected[:-1]]


def told(world: World, asset_id: UUID) -> Tile:
    with world.platform.store.read(world.platform.owner) as unit:
        return gallery.tile(unit, unit.find(Deployment, world.deployment_id), asset_id)


def test_an_image_is_told_with_everything_that_is_drawn_of_it(world: World) -> None:
    asset_id = world.newest(lambda shot: shot.shadow is not None and bool(shot.scored) and shot.source is not None)[0]
    shot, tile = world.recorded[asset_id], told(world, asset_id)
    assert tile.champion is not None
    assert tile.shadow is not None
    assert tile.champion.shapes["detection_classes"] == [label for label, _ in shot.scored]
    assert tile.champion.shapes["detection_scores"] == [score for _, score in shot.scored]
    assert (tile.champion.latency, tile.shadow.latency) == (shot.latency, shot.latency * 2)
    assert (tile.width, tile.height, tile.filename) == (16, 8, "a.png")
    assert tile.timestamp.timestamp() == shot.timestamp
    assert (tile.source, list(tile.tags)) == (shot.source, sorted(shot.tags))
    assert (tile.state, tile.review, tile.score, tile.is_outlier) == (ReviewState.TO_REVIEW, None, None, None)


def test_the_picture_of_an_image_is_the_one_that_was_sent(world: World) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        found = gallery.picture(unit, deployment, world.newest()[0])
        assert unit.blobs.path(found.blob).read_bytes() == PICTURE
    assert found.size == len(PICTURE)


@pytest.mark.parametrize("read", [gallery.tile, gallery.picture])
def test_images_that_were_not_kept_and_those_of_others_are_not_found(
    platform: Platform, world: World, read: Callable[..., object]
) -> None:
    lost = next(each for each, shot in world.recorded.items() if not shot.keeps)
    other = build(platform, f"other-{read.__name__}")
    strange = other.record(Shot(BEGIN))
    with platform.store.read(platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        for each in (lost, strange, uuid4()):
            with pytest.raises(NotFound):
                read(unit, deployment, each)


def test_the_choices_of_the_filters_are_what_was_sent(world: World) -> None:
    with world.platform.store.read(world.platform.owner) as unit:
        deployment = unit.find(Deployment, world.deployment_id)
        assert gallery.sources(unit, deployment) == ["line-1", "line-2"]
        assert {"day", "night", "rare"} <= set(gallery.tags(unit, deployment))


@pytest.fixture(scope="module")
def handled(platform: Platform) -> World:
    """A deployment whose images people work on."""
    made = build(platform, "handled")
    made.record_all([replace(shot, keeps=True) for shot in plan(12, seed=5)])
    return made


def test_a_review_moves_an_image_to_another_state_and_stepping_goes_on_from_where_it_was(handled: World) -> None:
    order, platform = handled.newest(), handled.platform
    waiting = Filters(states=frozenset({ReviewState.TO_REVIEW}))
    with platform.store.write(platform.owner) as unit:
        reviews.add(unit, unit.find(PredictedAsset, order[3]), [])
    assert [tile.id for tile in page(handled, waiting).tiles] == [*order[:3], *order[4:]]
    reviewed = page(handled, Filters(states=frozenset({ReviewState.REVIEWED})))
    assert [tile.id for tile in reviewed.tiles] == [order[3]]
    assert reviewed.tiles[0].review is not None
    assert reviewed.tiles[0].review.reviewer == platform.owner.username
    with platform.store.read(platform.owner) as unit:
        found = gallery.neighbours(unit, unit.find(Deployment, handled.deployment_id), waiting, order[3])
    assert (found.newer, found.older) == (order[2], order[4])


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("kind", [TagTarget.PREDICTED_ASSET, TagTarget.DATA])
def test_a_tag_put_on_later_is_found_like_one_that_was_sent(handled: World, kind: TagTarget) -> None:
    platform, name = handled.platform, f"put-on-{kind}".lower()
    chosen = handled.newest()[1:9:2]
    with platform.store.write(platform.owner) as unit:
        deployment = unit.find(Deployment, handled.deployment_id)
        assets = [unit.find(PredictedAsset, each) for each in chosen]
        if kind is TagTarget.DATA:
            assert assets[0].data is not None
            scope, targets = tags.Scope.datalake(assets[0].data.datalake), [each.data_id for each in assets]
        else:
            scope, targets = tags.Scope.organization(deployment.organization_id, kind), chosen
        tags.attach(unit, tags.ensure(unit, scope, name), [each for each in targets if each is not None])
    assert ids(list(older(handled, Filters(tag=name), 60))) == chosen
    assert name in told(handled, chosen[0]).tags


def test_a_removed_image_leaves_every_filter(handled: World) -> None:
    from reconciler.platform.store import predictions

    platform, gone = handled.platform, handled.record(Shot(BEGIN, scored=((2, 0.9),), tags=("gone",)))
    assert page(handled, Filters(tag="gone")).tiles[0].id == gone
    with platform.store.write(platform.owner) as unit:
        predictions.delete(unit, [gone])
    del handled.recorded[gone]
    for filters in (Filters(tag="gone"), Filters(label=2, least=0.9, most=0.9)):
        assert all(tile.id != gone for tile in page(handled, filters).tiles)


@pytest.mark.parametrize("text", ["", "x", "1-2", "-", "1-" + "0" * 31, "9" * 30 + "-" + "0" * 32, "1.5-" + "0" * 32])
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Cursor.parse(text)


def test_a_cursor_is_read_back_from_its_text(world: World) -> None:
    cursor = page(world, Filters(), limit=1).tiles[0].cursor
    assert Cursor.parse(str(cursor)) == cursor
