"""Reading platforms that fail, page, or speak in tongues: complete or an error, and one trouble stays one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest

from reconciler.adapters.picsellia.connect import Tuning
from reconciler.core.live import Alias
from reconciler.core.references import Ref
from reconciler.core.unreported import UNREPORTED
from reconciler.errors import (
    NotAuthenticated,
    PlatformUnavailable,
    ReconcilerError,
    Throttled,
    UnexpectedReply,
)
from reconciler.ports import Scope, Subject
from tests.adapters.picsellia.deeds import ALL_PATHS
from tests.adapters.picsellia.mocks import ORGANIZATION, Service, answer, connected
from tests.fakes.clock import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from reconciler.core.live import LiveDeployment, Snapshot

LIST = "GET /api/organization/{organization}/deployments"


def listed(number: int, **more: Any) -> dict[str, Any]:
    """Return a deployment as a full platform lists it."""
    same = {name: str(UUID(int=1000 + place)) for place, name in enumerate(("lake", "champion"))}
    settings = {
        "min_threshold": 0.4,
        "sample_rate": 1.0,
        "target_datalake_id": same["lake"],
        "serving": "MANAGED",
        "model_version_id": same["champion"],
        "shadow_model_version_id": None,
        "tags": [],
        "training_data": None,
        "feedback_loop": {"configured": False, "active": False, "dataset_version_ids": []},
        "continuous_training": None,
        "continuous_deployment": None,
        "updated_at": "2026-11-21T20:36:00Z",
    }
    return {
        "id": str(UUID(int=number + 1)),
        "name": f"d-{number}",
        "type": "CLASSIFICATION",
        "settings": settings | more,
    }


def bare(number: int) -> dict[str, Any]:
    """Return a deployment as the SDK's platform lists it."""
    return {key: value for key, value in listed(number).items() if key != "settings"}


def detail(number: int) -> dict[str, Any]:
    return {**bare(number), "model_version_id": str(UUID(int=1001)), "tags": []}


def listing(items: list[dict[str, Any]], *, page_size: int = 1000, capabilities: Iterable[str] = ()) -> Service:
    def page(request: httpx.Request) -> dict[str, Any]:
        offset = int(request.url.params["offset"])
        return {"items": items[offset : offset + page_size], "count": len(items)}

    service = Service()
    service.on("/api/home/ping", lambda _: {"default_organization": ORGANIZATION, "capabilities": list(capabilities)})
    service.on(f"/api/organization/{ORGANIZATION}/deployments", page)
    return service


def mocked(service: Service, scope: Scope) -> Snapshot:
    async def main() -> Snapshot:
        async with connected(service, Tuning(forbid_writes=True, attempts=2)) as connection:
            return await connection.observer.observe(scope)

    return run(main())


def everything(count: int) -> tuple[Subject, ...]:
    return tuple(Subject(f"d-{number}", (f"d-{number}",), paths=ALL_PATHS) for number in range(count))


@pytest.mark.parametrize("status", [403, 404, 422, 500, 503])
def test_a_failed_detail_read_makes_that_deployment_unreadable_and_the_others_go_on(status: int) -> None:
    service = listing([bare(number) for number in range(3)])
    for number in range(3):
        service.on(f"/api/deployment/{UUID(int=number + 1)}", lambda _, number=number: detail(number))
        service.on(f"/api/deployment/{UUID(int=number + 1)}/fl/datasets", lambda _: {"items": [], "count": 0})
    service.on(f"/api/deployment/{UUID(int=2)}", lambda _: answer(status, {"message": "broken here"}))
    snapshot = mocked(service, Scope(everything(3), frozenset()))
    (unreadable,) = snapshot.unreadable
    assert (unreadable.id, unreadable.name) == (str(UUID(int=2)), "d-1")
    assert "broken here" in unreadable.reason
    assert seen(snapshot, "d-1").champion is UNREPORTED
    assert [seen(snapshot, name).champion for name in ("d-0", "d-2")] == [Ref(str(UUID(int=1001)))] * 2


def test_a_token_that_ends_while_details_are_read_ends_the_observation() -> None:
    service = listing([bare(0)])
    service.on(f"/api/deployment/{UUID(int=1)}", lambda _: answer(401))
    with pytest.raises(NotAuthenticated):
        mocked(service, Scope(everything(1), frozenset()))


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (lambda _: answer(500), PlatformUnavailable),
        (lambda _: answer(429), Throttled),
        (lambda _: answer(401), NotAuthenticated),
        (lambda _: {"items": "none"}, UnexpectedReply),
        (lambda _: {"items": [{"id": "5"}], "count": 1}, UnexpectedReply),
        (lambda _: [], UnexpectedReply),
        (lambda _: None, UnexpectedReply),
    ],
)
def test_a_failed_list_is_an_error_and_never_an_empty_set(
    trouble: Callable[[httpx.Request], Any], expected: type[ReconcilerError]
) -> None:
    service = listing([])
    service.on(f"/api/organization/{ORGANIZATION}/deployments", trouble)
    with pytest.raises(expected):
        mocked(service, Scope((), frozenset()))


@pytest.mark.parametrize(
    "strange",
    [
        {"serving": "QUANTUM"},
        {"min_threshold": "0.4"},
        {"min_threshold": 7},
        {"continuous_deployment": {"active": True, "policy": "DEPLOY_EVERYWHERE"}},
        {"feedback_loop": None},
        {"shadow_model_version_id": "not an id"},
        {
            "continuous_training": {
                "active": True,
                "project_id": str(UUID(int=3)),
                "training_type": "EXPERIMENT",
                "experiment_parameters": {"too big": 2**60},
            }
        },
    ],
    ids=str,
)
def test_settings_in_unknown_words_make_that_deployment_unreadable_and_the_others_go_on(
    strange: dict[str, Any],
) -> None:
    service = listing([listed(0), listed(1, **strange)], capabilities=["settings"])
    snapshot = mocked(service, Scope(everything(2), frozenset()))
    assert [item.name for item in snapshot.unreadable] == ["d-1"]
    assert seen(snapshot, "d-1").threshold is UNREPORTED
    assert seen(snapshot, "d-0").threshold == 0.4


def test_settings_that_were_not_announced_are_somebody_elses_and_not_read() -> None:
    service = listing([{**bare(0), "settings": {"theme": "dark"}}])
    snapshot = mocked(service, Scope((), frozenset()))
    assert seen(snapshot, "d-0").threshold is UNREPORTED
    assert snapshot.unreadable == ()


def test_the_newest_change_of_a_slot_explains_it_and_a_missing_history_costs_only_the_explanation() -> None:
    service = listing([], capabilities=["model-history"])
    changes = [
        {"role": "SHADOW", "cause": "CONTINUOUS_DEPLOYMENT", "actor": "owner"},
        {"role": "SHADOW", "cause": "USER", "actor": "not the newest"},
        {"role": "CHAMPION", "cause": "PROMOTION", "actor": "ana"},
        {"role": "CHAMPION", "cause": "USER", "actor": "bob"},
    ]
    tomorrow = [{"role": "CHAMPION", "cause": "NIGHTLY_ROTATION"}, {"role": "SHADOW", "cause": "PROMOTION"}]
    service.on(f"/api/deployment/{UUID(int=1)}/models/history", lambda _: {"items": changes})
    service.on(f"/api/deployment/{UUID(int=2)}/models/history", lambda _: {"items": tomorrow})

    async def main() -> list[str | None]:
        async with connected(service) as connection:
            ask = connection.observer.who_moved
            ids = [str(UUID(int=number)) for number in (1, 2, 3)]
            return [await ask(known, path) for known in ids for path in ("models.champion", "models.shadow")]

    first, second = ["a promotion by ana", "continuous deployment"], ["nightly rotation", "a promotion"]
    assert run(main()) == [*first, *second, None, None]


def seen(snapshot: Snapshot, name: str) -> LiveDeployment:
    (live,) = snapshot.named(name)
    return live


@pytest.mark.parametrize(("count", "page_size"), [(1, 1000), (40, 7), (20, 10), (21, 10)])
def test_n_deployments_cost_exactly_n_over_page_requests_whatever_each_declares(count: int, page_size: int) -> None:
    service = listing([listed(number) for number in range(count)], page_size=page_size, capabilities=["settings"])
    subjects = tuple(Subject(f"d-{number}", (f"d-{number}",), paths=ALL_PATHS) for number in range(count))
    snapshot = mocked(service, Scope(subjects, frozenset()))
    assert len(snapshot.deployments) == count
    assert snapshot.requests == {
        "GET /api/home/ping": 1,
        "GET /api/organization/{id}": 1,
        LIST: -(-count // page_size),
        # Names of the two ids that every one of these deployments holds and no reference explains.
        "GET /api/datalake/{id}": 1,
        "GET /api/model/version/{id}": 1,
    }


def test_a_platform_that_lists_training_datasets_and_no_settings_is_asked_for_them() -> None:
    version = {"id": str(UUID(int=9)), "origin_name": "surface", "version": "holdout", "type": "CLASSIFICATION"}
    service = listing([bare(0)], capabilities=["ct-datasets"])
    service.on(
        f"/api/deployment/{UUID(int=1)}/ct/datasets",
        lambda _: {"items": [{"name": "test", "dataset_version": version}], "count": 1},
    )
    subjects = (Subject("d-0", ("d-0",), paths=frozenset({"continuousTraining.datasets"})),)
    snapshot = mocked(service, Scope(subjects, frozenset()))
    datasets = seen(snapshot, "d-0").training_datasets
    assert datasets == frozenset({Alias("test", Ref(str(UUID(int=9))))})
    assert [str(item.dataset) for item in cast("frozenset[Alias]", datasets)] == ["surface@holdout"]
    assert snapshot.requests["GET /api/deployment/{id}/ct/datasets"] == 1


def test_settings_announced_but_left_out_of_the_list_are_read_from_the_detail() -> None:
    service = listing([bare(0)], capabilities=["settings"])
    service.on(f"/api/deployment/{UUID(int=1)}", lambda _: {**detail(0), "settings": listed(0)["settings"]})
    subjects = (Subject("d-0", ("d-0",), paths=frozenset({"models.champion", "threshold"})),)
    assert seen(mocked(service, Scope(subjects, frozenset())), "d-0").threshold == 0.4


def test_looking_up_what_is_not_understood_is_an_error_and_not_an_absence() -> None:
    service = listing([], capabilities=["settings"])
    service.on(f"/api/deployment/{UUID(int=2)}", lambda _: {**detail(1), "settings": {"serving": "QUANTUM"}})

    async def main() -> None:
        async with connected(service) as connection:
            with pytest.raises(UnexpectedReply, match="d-1"):
                await connection.observer.look_up(Subject("d-1", (), str(UUID(int=2)), ALL_PATHS))

    run(main())


def test_a_look_up_that_fails_is_an_error_and_not_an_absence() -> None:
    service = listing([])
    service.on(f"/api/organization/{ORGANIZATION}/deployments/find", lambda _: answer(500))

    async def main() -> None:
        async with connected(service) as connection:
            with pytest.raises(PlatformUnavailable):
                await connection.observer.look_up(Subject("d-1", ("d-1",)))
            service.on(f"/api/organization/{ORGANIZATION}/deployments/find", lambda _: answer(404))
            assert await connection.observer.look_up(Subject("d-1", ("d-1",))) is None

    run(main())
