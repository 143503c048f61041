"""The model registry: models, versions, files, contexts, public models."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from reconciler.platform.store import datasets, models
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.models import ModelVersion
from tests.platform.api import Api, Reply, fresh, stranger

pytestmark = pytest.mark.anyio


async def test_versions_are_numbered_from_zero_and_numbers_are_never_used_twice(api: Api) -> None:
    model = await api.model()
    path = f"/model/{model['id']}/versions"
    first, second = await api.ask("POST", path, {}), await api.ask("POST", path, {"name": "v7"})
    assert [(made["version"], made["name"]) for made in (first, second)] == [(0, "version-0"), (1, "v7")]
    await api.ask("DELETE", f"/model/version/{second['id']}")
    assert (await api.ask("POST", path, {"name": "v7"}))["version"] == 2


async def test_a_version_keeps_everything_it_was_given(api: Api) -> None:
    given = {
        "name": "v7",
        "type": "OBJECT_DETECTION",
        "framework": "PYTORCH",
        "description": "first",
        "labels": {"0": "car"},
        "parameters": {"epochs": 5, "nested": {"a": [1, None]}},
        "docker_image": "trainer",
        "docker_tag": "1",
        "docker_flags": ["--gpus all"],
        "docker_env_variables": {"A": "1"},
        "thumbnail_object_name": "thumb.png",
        "notebook_link": "https://example.org/n",
    }
    made = await api.model_version(**given)
    assert made == made | given
    detail = await api.ask("GET", f"/model/version/{made['id']}")
    assert detail == {**made, "tags": []}
    changed = await api.ask("PATCH", f"/model/version/{made['id']}", {"description": "second", "labels": None})
    assert changed == {**detail, "description": "second"}


async def test_models_tell_type_and_framework_of_their_newest_version(api: Api) -> None:
    model = await api.model()
    assert (model["type"], model["framework"]) == ("NOT_CONFIGURED", "NOT_CONFIGURED")
    made = await api.ask("POST", f"/model/{model['id']}/versions", {"type": "MASK", "framework": "ONNX"})
    assert (made["origin"]["type"], made["origin"]["framework"]) == ("MASK", "ONNX")


async def test_names_are_unique_where_they_are_looked_up(api: Api) -> None:
    model = await api.model()
    assert await api.status("POST", api.home("models"), {"name": model["name"]}) == 409
    path = f"/model/{model['id']}/versions"
    await api.ask("POST", path, {"name": "v7"})
    other = await api.ask("POST", path, {"name": "v8"})
    assert await api.status("POST", path, {"name": "v7"}) == 409
    assert await api.status("PATCH", f"/model/version/{other['id']}", {"name": "v7"}) == 409
    another = await api.model()
    assert await api.status("PATCH", f"/model/{another['id']}", {"name": model["name"]}) == 409


async def test_versions_are_found_by_name_and_number(api: Api) -> None:
    model = await api.model()
    path = f"/model/{model['id']}/versions"
    assert await api.status("GET", f"{path}/find", name="latest") == 404
    first, second = await api.ask("POST", path, {"name": "1"}), await api.ask("POST", path, {"name": "v8"})
    assert await api.ask("GET", f"{path}/find", name="1") == first
    assert await api.ask("GET", f"{path}/find", version=1) == second
    assert await api.ask("GET", f"{path}/find", name="latest") == second
    named = await api.ask("POST", path, {"name": "latest"})
    await api.ask("POST", path, {"name": "v9"})
    assert await api.ask("GET", f"{path}/find", name="latest") == named
    assert await api.ask("GET", api.home("modelversions/find"), id=first["id"]) == first
    for query in ({"name": "v99"}, {"version": 99}):
        assert await api.status("GET", f"{path}/find", **query) == 404
    assert await api.status("GET", f"{path}/find") == 400
    assert await api.status("GET", api.home("modelversions/find"), id=str(uuid4())) == 404


async def test_a_deployed_version_keeps_its_type(api: Api) -> None:
    made = await api.deployment()
    path = f"/model/version/{made['settings']['model_version_id']}"
    assert await api.status("PATCH", path, {"type": "MASK"}) == 409
    assert await api.status("PATCH", path, {"type": "CLASSIFICATION", "description": "x"}) == 200


async def test_deleting_a_model_takes_its_versions_and_files(api: Api) -> None:
    made = await api.model_version()
    file = {"name": "f", "filename": "f.onnx", "object_name": fresh("f"), "large": False}
    stored = await api.ask("POST", f"/model/version/{made['id']}/modelfiles", file)
    assert await api.status("POST", f"/model/version/{made['id']}/modelfiles", file) == 409
    assert await api.status("DELETE", f"/model/{made['origin']['id']}") == 204
    for path in (f"/model/{made['origin']['id']}", f"/model/version/{made['id']}", f"/model/file/{stored['id']}"):
        assert await api.status("GET", path) == 404


async def recorded(api: Api, made: Reply, version: Reply) -> None:
    with api.platform.store.write(api.platform.owner) as unit:
        models.record_context(
            unit,
            unit.find(ModelVersion, UUID(made["id"])),
            versions={"train": unit.find(DatasetVersion, UUID(version["id"]))},
            parameters={"epochs": 5},
            repartitions={"train": {"cat": 3}},
        )


async def test_a_context_tells_what_a_version_was_made_from_even_when_that_is_gone(api: Api) -> None:
    made, version = await api.model_version(), await api.dataset_version()
    assert await api.status("GET", f"/model/version/{made['id']}/context") == 404
    await recorded(api, made, version)
    used = {"id": version["origin_id"], "name": "train", "version_id": version["id"], "repartition": {"cat": 3}}
    for _ in range(2):
        context = await api.ask("GET", f"/model/version/{made['id']}/context")
        assert (context["experiment_id"], context["datas"], context["parameters"]) == (None, [used], {"epochs": 5})
        await api.send("DELETE", f"/dataset/{version['origin_id']}")


async def test_public_models_are_read_by_everybody_and_changed_by_their_owner(api: Api) -> None:
    other, name = stranger(api.platform), fresh("public")
    with api.platform.store.write(api.platform.owner) as unit:
        model = models.create(unit, api.platform.owner.organization_id, name, private=False)
        version = models.create_version(unit, model, models.Release(name="v1"))
        dataset = datasets.create(unit, api.platform.owner.organization_id, fresh("dataset"))
        models.record_context(
            unit, version, versions={"train": datasets.create_version(unit, dataset, "v")}, parameters={}
        )
        path, release = f"/model/{model.id}", f"/model/version/{version.id}"
    assert (await other.ask("GET", "/models/find", name=name))["private"] is False
    assert [item["name"] for item in (await other.ask("GET", "/models"))["items"]] == [name]
    for readable in (path, f"{path}/versions", release, f"{release}/modelfiles", f"{release}/public/context"):
        assert await other.status("GET", readable) == 200, readable
    assert await other.status("GET", f"{path}/versions/find", name="v1") == 200
    assert await other.status("GET", f"{release}/context") == 403
    for method, body in (("PATCH", {"description": "mine"}), ("DELETE", None)):
        assert await other.status(method, path, body) == 404
        assert await other.status(method, release, body) == 404
    assert await other.status("POST", other.home("deployments"), {"model_version_id": release[-36:]}) == 404
    private = await api.model_version()
    assert await api.status("GET", f"/model/version/{private['id']}/public/context") == 404
