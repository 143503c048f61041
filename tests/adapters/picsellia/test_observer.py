"""Observing: complete, declared details only, as few requests as possible, no write ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast
from uuid import UUID

import httpx

from reconciler.adapters.picsellia.connect import Connection, Tuning
from reconciler.core import actions as a
from reconciler.core import references as refs
from reconciler.core.manifest.spec import DatasetVersionReference, ModelVersionReference, TriggerEvent
from reconciler.core.references import Ref, Reference, ReferenceKind
from reconciler.core.unreported import UNREPORTED
from reconciler.ports import Historian, Observer, Scope, Subject
from tests.adapters.picsellia.deeds import ALL_PATHS, Witness, configuration, deeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.core.live import LiveDeployment, Snapshot, TrainingConfiguration
    from tests.adapters.picsellia.world import World

LIST = "GET /api/organization/{organization}/deployments"
FIND = "GET /api/organization/{organization}/deployments/find"
DETAIL = "GET /api/deployment/{id}"
LOOKING = Tuning(forbid_writes=True)


def observed(here: World, scope: Scope) -> Snapshot:
    async def main() -> Snapshot:
        async with here.connected(LOOKING) as connection:
            await connection.observer.observe(Scope((), frozenset(), whole=False))  # the greeting
            return await connection.observer.observe(scope)

    return asyncio.run(main())


def deployed(here: World, *names: str, action: Iterable[a.Action] = ()) -> list[str]:
    async def main() -> list[str]:
        async with here.connected() as connection:
            return [await _deploy(here, connection, name, action) for name in names]

    return asyncio.run(main())


async def _deploy(here: World, connection: Connection, name: str, actions: Iterable[a.Action]) -> str:
    create = a.CreateDeployment(name, here.versions["surface@v7"], threshold=0.4)
    receipt = await connection.actuator.perform(create, None)
    assert receipt.id is not None
    for action in actions:
        await connection.actuator.perform(action, receipt.id)
    return receipt.id


def subject(name: str, *paths: str, known: str | None = None) -> Subject:
    return Subject(name, (name,), known, frozenset(paths) or ALL_PATHS)


def model(version: int | str, name: str = "surface") -> Reference:
    return refs.model_version(ModelVersionReference(model=name, version=version))


def dataset(version: str) -> Reference:
    return refs.dataset_version(DatasetVersionReference(dataset="surface", version=version))


def test_the_adapter_is_an_observer_and_a_historian(full_world: World) -> None:
    async def main() -> None:
        async with full_world.connected() as connection:
            observer: Observer = connection.observer
            assert isinstance(observer, Historian)

    asyncio.run(main())


def test_in_sync_a_list_request_a_page_and_one_a_distinct_reference_is_all(
    full_world: World, fresh_name: Callable[[], str]
) -> None:
    names = [fresh_name() for _ in range(12)]
    deployed(full_world, *names)
    references = frozenset(
        {model("v7"), model("v8"), dataset("2026-06"), refs.datalake("default"), refs.project("surface")}
    )
    snapshot = observed(full_world, Scope(tuple(subject(name) for name in names), references))
    assert {live.name for live in snapshot.deployments} >= set(names)
    assert snapshot.requests == {
        LIST: 1,
        "GET /api/organization/{organization}/models/find": 1,
        "GET /api/model/{model}/versions/find": 2,
        "GET /api/organization/{organization}/datasets/find": 1,
        "GET /api/dataset/{dataset}/versions/find": 1,
        "GET /api/organization/{organization}/datalake": 1,
        "GET /api/organization/{organization}/projects/find": 1,
    }


def test_a_quiet_platform_is_asked_only_for_declared_details_of_deployments_in_scope(
    quiet_world: World, fresh_name: Callable[[], str]
) -> None:
    names = [fresh_name() for _ in range(5)]
    deployed(quiet_world, *names)
    subjects = (
        subject(names[0], "name", "threshold"),
        subject(names[1], "models.champion", "tags"),
        subject(names[2], "feedbackLoop.datasets", "continuousTraining.datasets"),
        subject(names[3], "models.shadow", "feedbackLoop.datasets"),
    )
    snapshot = observed(quiet_world, Scope(subjects, frozenset({model("v7")})))
    requests = {route: number for route, number in snapshot.requests.items() if "model" not in route}
    assert requests == {LIST: 1, DETAIL: 2, "GET /api/deployment/{id}/fl/datasets": 2}
    assert (seen(snapshot, names[0]).champion, seen(snapshot, names[4]).champion) == (UNREPORTED, UNREPORTED)
    assert seen(snapshot, names[1]).champion == quiet_world.versions["surface@v7"]
    assert seen(snapshot, names[2]).feedback_datasets == frozenset()


def seen(snapshot: Snapshot, name: str) -> LiveDeployment:
    (live,) = snapshot.named(name)
    return live


def test_a_targeted_observation_finds_by_id_or_name_and_lists_nothing(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    names = [fresh_name() for _ in range(3)]
    ids = deployed(any_world, *names)
    subjects = (
        subject(names[0], "threshold", known=ids[0]),
        subject(names[1], "threshold"),
        subject("nobody", "threshold"),
    )
    snapshot = observed(any_world, Scope(subjects, frozenset(), whole=False))
    assert {live.name for live in snapshot.deployments} == set(names[:2])
    assert not snapshot.complete
    assert snapshot.requests == {DETAIL: 1, FIND: 2}


def test_an_id_that_is_gone_falls_back_on_the_name_and_a_new_name_is_looked_for_too(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    names = [fresh_name() for _ in range(2)]
    ids = deployed(any_world, *names)
    gone = Subject("a", (names[0],), str(UUID(int=5)), ALL_PATHS)
    renamed = Subject("b", (names[0], "before"), ids[1], ALL_PATHS)
    for item, expected in ((gone, {names[0]}), (renamed, {names[0], names[1]})):
        snapshot = observed(any_world, Scope((item,), frozenset(), whole=False))
        assert {live.name for live in snapshot.deployments} == expected


def test_looking_up_reads_one_deployment_with_the_subjects_fields(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    name = fresh_name()
    (known,) = deployed(any_world, name)

    async def main() -> list[LiveDeployment | None]:
        async with any_world.connected(LOOKING) as connection:
            look = connection.observer.look_up
            return [
                await look(subject(name)),
                await look(Subject("x", ("other", name), None, ALL_PATHS)),
                await look(Subject("x", ("other",), known, ALL_PATHS)),
                await look(Subject("x", (name,), str(UUID(int=9)), ALL_PATHS)),
                await look(Subject("x", ("other",), str(UUID(int=9)), ALL_PATHS)),
            ]

    *found, absent = asyncio.run(main())
    assert absent is None
    assert found == [found[0]] * 4
    assert found[0] is not None
    assert (found[0].id, found[0].champion) == (known, any_world.versions["surface@v7"])


def test_live_objects_no_manifest_mentions_get_their_names_where_they_are_declared(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    name = fresh_name()
    deployed(any_world, name, action=[a.SetShadow(any_world.versions["surface@v8"])])
    snapshot = observed(
        any_world, Scope((subject(name, "models.champion", "models.shadow"),), frozenset({model("v6")}))
    )
    live = seen(snapshot, name)
    assert (str(live.champion), str(live.shadow)) == ("surface@v7", "surface@v8")
    assert snapshot.requests["GET /api/model/version/{id}"] == 2
    quiet = observed(any_world, Scope((subject(name, "name"),), frozenset()))
    assert "GET /api/model/version/{id}" not in quiet.requests


UNDOING = (a.RenameDeployment, a.DetachTag, a.DetachFeedbackDataset, a.DetachTrainingDataset, a.ClearShadow)


def test_every_field_of_a_configured_deployment_reads_back_with_names(
    full_world: World, fresh_name: Callable[[], str]
) -> None:
    name, here = fresh_name(), full_world
    armed = configuration(here, TriggerEvent.FEEDBACK_LOOP, 150)

    async def main() -> None:
        async with here.connected() as connection:
            witness = Witness(connection, await _deploy(here, connection, name, []))
            for action in (*deeds(here, name), a.ConfigureContinuousTraining(armed)):
                if not isinstance(action, UNDOING):
                    await witness.see(action)

    asyncio.run(main())
    # Through a connection that has learnt nothing yet.
    live = seen(observed(here, Scope((subject(name),), frozenset())), name)
    assert sorted(map(str, cast("frozenset[Ref]", live.feedback_datasets))) == ["surface@holdout", "surface@production"]
    assert live.training_configuration == armed
    assert str(cast("TrainingConfiguration", live.training_configuration).project) == "surface"
    assert str(live.datalake) == "default"


def test_who_moved_a_slot_is_told_where_the_platform_keeps_a_history(
    full_world: World, quiet_world: World, fresh_name: Callable[[], str]
) -> None:
    async def movers(here: World) -> list[str | None]:
        async with here.connected() as connection:
            known = await _deploy(here, connection, fresh_name(), [])
            asked = ("models.champion", "models.shadow", "threshold")
            return [await connection.observer.who_moved(known, path) for path in asked]

    assert asyncio.run(movers(full_world)) == ["owner", None, None]
    assert asyncio.run(movers(quiet_world)) == [None, None, None]


def test_observing_reads_only_even_where_something_is_missing(full_world: World) -> None:
    wanted = frozenset(
        {model("v99"), refs.tag("nowhere"), refs.datalake("nowhere"), Reference(ReferenceKind.PROJECT, "", "x")}
    )
    snapshot = observed(full_world, Scope((subject("nobody"),), wanted))
    assert all(route.startswith("GET ") for route in snapshot.requests)


class SmallPages(httpx.ASGITransport):
    """The platform, as if it served no more than three deployments at once."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/deployments"):
            request.url = request.url.copy_merge_params({"limit": "3"})
        return await super().handle_async_request(request)


def test_more_deployments_than_a_page_holds_cost_one_request_a_page(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    names = [fresh_name() for _ in range(7)]
    deployed(any_world, *names)
    subjects = tuple(subject(name, "name") for name in names)

    async def main() -> Snapshot:
        async with any_world.connected(LOOKING, transport=SmallPages(any_world.platform.control)) as connection:
            return await connection.observer.observe(Scope(subjects, frozenset({model("v7")})))

    snapshot = asyncio.run(main())
    assert {live.name for live in snapshot.deployments} >= set(names)
    assert snapshot.requests == {
        "GET /api/home/ping": 1,
        "GET /api/organization/{id}": 1,
        LIST: -(-len(snapshot.deployments) // 3),
        "GET /api/organization/{organization}/models/find": 1,
        "GET /api/model/{model}/versions/find": 1,
    }
