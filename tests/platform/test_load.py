"""Many at once, and many in one list: nothing is lost, nothing is asked twice."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from sqlalchemy import event

from reconciler.platform.store import deployments, models, tags
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import TagTarget
from tests.platform.api import Api, fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """Collect the SQL that a platform runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(api.platform.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(api.platform.store.engine, "before_cursor_execute", note)


def twin(deployment: Deployment, name: str) -> Deployment:
    """Return a new deployment like another."""
    columns = [column.key for column in Deployment.__table__.columns if column.key not in {"id", "name"}]
    return Deployment(name=name, **{column: getattr(deployment, column) for column in columns})


async def gathered(statuses: list[int], api: Api, method: str, path: str, body: object) -> None:
    statuses.append(await api.status(method, path, body))


async def test_of_many_creations_of_one_name_one_succeeds(api: Api) -> None:
    version, name = await api.model_version(), fresh("d")
    statuses: list[int] = []
    async with anyio.create_task_group() as group:
        for _ in range(30):
            body = {"name": name, "model_version_id": version["id"]}
            group.start_soon(gathered, statuses, api, "POST", api.home("deployments"), body)
    assert Counter(statuses) == {201: 1, 409: 29}


async def test_many_deployments_that_name_none_are_created_at_once_under_names_of_their_own(api: Api) -> None:
    version, names = await api.model_version(), []

    async def create() -> None:
        body = {"model_version_id": version["id"]}
        names.append((await api.ask("POST", api.home("deployments"), body))["name"])

    async with anyio.create_task_group() as group:
        for _ in range(30):
            group.start_soon(create)
    assert len(set(names)) == 30


async def test_concurrent_writes_and_reads_all_take_effect(api: Api) -> None:
    made = await api.deployment()
    statuses: list[int] = []
    async with anyio.create_task_group() as group:
        for _ in range(40):
            version = await api.dataset_version()
            body = {"dataset_version_id": version["id"], "name": fresh("alias")}
            if not statuses:
                project = await api.project()
                setup = {"project_id": project["id"], "experiment_parameters": {"epochs": 1}}
                statuses.append(await api.status("POST", f"/deployment/{made['id']}/pipeline/ct", setup))
            group.start_soon(gathered, statuses, api, "POST", f"/deployment/{made['id']}/ct/datasets", body)
            group.start_soon(gathered, statuses, api, "GET", f"/deployment/{made['id']}", None)
    assert Counter(statuses) == {204: 41, 200: 40}
    assert len((await api.settings(made))["continuous_training"]["datasets"]) == 40


async def test_a_list_of_a_thousand_whole_deployments_takes_a_handful_of_queries(api: Api) -> None:
    owner, home = api.platform.owner, api.platform.owner.organization_id
    with api.platform.store.write(owner) as unit:
        model = models.create(unit, home, fresh("model"))
        version = models.create_version(unit, model, models.Release())
        tag = tags.create(unit, tags.Scope.organization(home, TagTarget.DEPLOYMENT), fresh("tag"))
        first = deployments.create(unit, home, deployments.NewDeployment(version.id))
        made = [twin(first, fresh("d")) for _ in range(999)]
        unit.session.add_all(made)
        unit.session.flush()
        tags.attach(unit, tag, [deployment.id for deployment in [first, *made]])
    await api.ask("GET", "/home/ping")
    with statements(api) as seen:
        page = await api.ask("GET", api.home("deployments"), limit=1_000)
    assert len(page["items"]) == 1_000
    assert page["count"] >= 1_000
    assert len(seen) <= 8, seen


async def test_a_deployment_is_read_in_three_queries(api: Api) -> None:
    made = await api.deployment()
    with statements(api) as seen:
        await api.detail(made)
    assert len(seen) <= 3, seen
