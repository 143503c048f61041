"""Names become ids, each looked up once; a name that leads nowhere says why and what looks like it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from reconciler.core import references as refs
from reconciler.core.actions import CreateTag
from reconciler.core.manifest.spec import DatasetVersionReference, ModelVersionReference
from reconciler.core.references import Missing, Ref, Reference, Resolved
from reconciler.errors import PlatformUnavailable, UnexpectedReply
from reconciler.ports import Scope
from tests.adapters.picsellia.mocks import ORGANIZATION, Service, answer, connected
from tests.fakes.clock import run

if TYPE_CHECKING:
    from reconciler.core.live import Snapshot
    from tests.adapters.picsellia.world import World


def model(version: int | str, name: str = "surface") -> Reference:
    return refs.model_version(ModelVersionReference(model=name, version=version))


def parameters(version: int | str) -> Reference:
    return refs.source_parameters(ModelVersionReference(model="surface", version=version))


def dataset(version: str, name: str = "surface") -> Reference:
    return refs.dataset_version(DatasetVersionReference(dataset=name, version=version))


def scope(*references: Reference, trained_on: frozenset[Reference] = frozenset()) -> Scope:
    return Scope((), frozenset(references), whole=False, trained_on=trained_on)


def observed(here: World, scope: Scope) -> Snapshot:
    async def main() -> Snapshot:
        async with here.connected() as connection:
            return await connection.observer.observe(scope)

    return asyncio.run(main())


def resolved(here: World, reference: Reference, *, trained_on: bool = False) -> Resolved | Missing:
    wanted = scope(reference, trained_on=frozenset({reference}) if trained_on else frozenset())
    return observed(here, wanted).references[reference]


@pytest.mark.parametrize("version", ["v7", 1])
def test_a_model_version_resolves_by_name_or_by_number_with_its_type_and_labels(
    any_world: World, version: int | str
) -> None:
    expected = any_world.versions["surface@v7"]
    found = resolved(any_world, model(version))
    assert found == Resolved(expected, inference_type="CLASSIFICATION", labels=("scratch", "dent", "none"))
    assert isinstance(found, Resolved)
    assert found.ref.label == "surface@v7"


def test_training_datasets_are_read_only_where_asked_for(any_world: World) -> None:
    found = resolved(any_world, model("v7"), trained_on=True)
    assert isinstance(found, Resolved)
    assert found.trained_on == {any_world.datasets["surface@2026-06"].id}


def test_every_kind_resolves_to_what_the_platform_calls_it(any_world: World) -> None:
    here = any_world
    wanted = {
        dataset("production"): Resolved(here.datasets["surface@production"], inference_type="CLASSIFICATION"),
        refs.datalake("cold"): Resolved(here.lakes["cold"]),
        refs.project("second"): Resolved(here.projects["second"]),
        parameters("v7"): Resolved(here.versions["surface@v7"], parameters='{"epochs":5,"rate":1}'),
    }
    found = observed(here, scope(*wanted)).references
    assert found == wanted
    assert [str(item.ref) for item in found.values() if isinstance(item, Resolved)] == [
        str(wanted[key].ref) for key in found
    ]


def test_the_default_datalake_goes_by_the_name_default_where_none_bears_it() -> None:
    lake = {"id": str(UUID(int=5)), "name": "main-storage"}
    service = Service()
    service.on(
        f"/api/organization/{ORGANIZATION}/datalake",
        lambda request: answer(404) if "name" in request.url.params else lake,
    )
    assert answered(service, refs.datalake("default")) == Resolved(Ref(str(UUID(int=5))))
    assert isinstance(answered(service, refs.datalake("cold")), Missing)


def test_a_service_that_ignores_the_name_of_a_datalake_does_not_fool_us() -> None:
    service = Service()
    service.on(f"/api/organization/{ORGANIZATION}/datalake", lambda _: {"id": str(UUID(int=5)), "name": "main"})
    service.on(f"/api/organization/{ORGANIZATION}/datalakes", lambda _: {"items": []})
    assert isinstance(answered(service, refs.datalake("cold")), Missing)


def answered(service: Service, reference: Reference) -> Resolved | Missing:
    async def main() -> Resolved | Missing:
        async with connected(service) as connection:
            return (await connection.observer.observe(scope(reference))).references[reference]

    return run(main())


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (model("v9"), Missing('model "surface" has no version "v9"', ("v8", "v7", "v6"))),
        (model(99), Missing('model "surface" has no version number 99', ())),
        (model("v7", "surfaces"), Missing('there is no model "surfaces"', ("surface",))),
        (parameters("v9"), Missing('model "surface" has no version "v9"', ("v8", "v7", "v6"))),
        (dataset("produktion"), Missing('dataset "surface" has no version "produktion"', ("production",))),
        (dataset("x", "zzz"), Missing('there is no dataset "zzz"')),
        (refs.datalake("colt"), Missing('there is no datalake "colt"', ("cold",))),
        (refs.project("surfaced"), Missing('there is no project "surfaced"', ("surface",))),
        (refs.tag("nowhere"), Missing('there is no deployment tag "nowhere"')),
    ],
    ids=lambda value: value.label if isinstance(value, Reference) else "",
)
def test_a_missing_name_says_why_and_what_looks_like_it(
    any_world: World, reference: Reference, expected: Missing
) -> None:
    assert resolved(any_world, reference) == expected


def test_each_distinct_name_costs_one_request_and_tags_cost_one_together(full_world: World) -> None:
    async def main() -> Snapshot:
        async with full_world.connected() as connection:
            for name in ("red", "green"):
                await connection.actuator.perform(CreateTag(name), None)
            tags = [refs.tag(name) for name in ("red", "green", "blue")]
            versions = [model("v6"), model("v7"), parameters("v7"), model("v8")]
            return await connection.observer.observe(scope(*tags, *versions, dataset("holdout"), dataset("production")))

    snapshot = asyncio.run(main())
    assert snapshot.requests == {
        "GET /api/organization/{organization}/tags": 1,
        "GET /api/organization/{organization}/models/find": 1,
        "GET /api/model/{model}/versions/find": 3,
        "GET /api/model/version/{id}/context": 1,
        "GET /api/organization/{organization}/datasets/find": 1,
        "GET /api/dataset/{dataset}/versions/find": 2,
    }
    kinds = {
        reference.version: type(found) for reference, found in snapshot.references.items() if not reference.container
    }
    assert kinds == {"red": Resolved, "green": Resolved, "blue": Missing}


# From here on a mock answers.

MODEL = {"id": str(UUID(int=1)), "name": "surface", "private": True}


def version(**more: Any) -> dict[str, Any]:
    same = {"id": str(UUID(int=2)), "name": "v7", "version": 7, "type": "CLASSIFICATION", "origin": MODEL}
    return {**same, **more}


def registry(**more: Any) -> Service:
    service = Service()
    service.on(f"/api/organization/{ORGANIZATION}/models/find", lambda _: MODEL)
    service.on(f"/api/model/{UUID(int=1)}/versions/find", lambda _: version(**more))
    return service


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ({"10": "k", "9": "j", "0": "a"}, ("a", "j", "k")),
        ({}, None),
        (None, None),
        ({"a": "b"}, None),
        ({"0": 5}, None),
        ({"0": "a", "x": "b"}, None),
    ],
    ids=str,
)
def test_labels_come_in_index_order_or_not_at_all(labels: Any, names: tuple[str, ...] | None) -> None:
    found = answered(registry(labels=labels), model("v7"))
    assert isinstance(found, Resolved)
    assert found.labels == names


def test_latest_is_asked_for_as_a_name() -> None:
    service = registry()
    answered(service, model("latest"))
    assert [dict(asked.url.params) for asked in service.asked][-1] == {"name": "latest"}


def test_a_context_that_is_private_is_looked_for_in_public() -> None:
    service = registry()
    service.on(f"/api/model/version/{UUID(int=2)}/context", lambda _: answer(403))
    service.on(
        f"/api/model/version/{UUID(int=2)}/public/context",
        lambda _: {"datas": [{"version_id": str(UUID(int=9))}], "parameters": {"b": 1.0, "a": 2}},
    )
    assert answered(service, parameters("v7")) == Resolved(Ref(str(UUID(int=2))), parameters='{"a":2,"b":1}')


@pytest.mark.parametrize("context", [answer(404), {"parameters": {}, "datas": []}, {}], ids=["none", "empty", "bare"])
def test_parameters_nobody_recorded_are_missing(context: Any) -> None:
    service = registry()
    service.on(f"/api/model/version/{UUID(int=2)}/context", lambda _: context)
    expected = Missing('no experiment is known to have produced model version "surface@v7"')
    assert answered(service, parameters("v7")) == expected


def test_parameters_that_cannot_be_compared_are_not_guessed() -> None:
    service = registry()
    service.on(f"/api/model/version/{UUID(int=2)}/context", lambda _: {"parameters": {"seed": 2**60}})
    with pytest.raises(UnexpectedReply, match="parameters"):
        answered(service, parameters("v7"))


@pytest.mark.parametrize("status", [403, 404, 500])
def test_training_datasets_that_cannot_be_read_cost_only_a_risk_line(status: int) -> None:
    service = registry()
    service.on(f"/api/model/version/{UUID(int=2)}/context", lambda _: answer(status))

    async def main() -> Resolved | Missing:
        async with connected(service) as connection:
            wanted = scope(model("v7"), trained_on=frozenset({model("v7")}))
            return (await connection.observer.observe(wanted)).references[model("v7")]

    found = run(main())
    assert isinstance(found, Resolved)
    assert found.trained_on is None


def test_a_reference_that_cannot_be_looked_up_fails_the_observation() -> None:
    service = registry()
    service.on(f"/api/model/{UUID(int=1)}/versions/find", lambda _: answer(500))
    with pytest.raises(PlatformUnavailable):
        answered(service, model("v7"))


def test_look_alikes_that_cannot_be_listed_cost_only_the_suggestion() -> None:
    assert answered(Service(), model("v7")) == Missing('there is no model "surface"')
