"""The training-data reference: its states, its summary, and what a restart does to both."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from uuid import UUID

import anyio.to_thread
import numpy as np
import pytest
from PIL import Image

from reconciler.platform.intake.measuring import FEATURES
from reconciler.platform.monitoring.references import from_bytes
from reconciler.platform.pipeline.performing import Performer
from reconciler.platform.pipeline.references import work
from reconciler.platform.pipeline.work import Bench
from reconciler.platform.store import assets, data, datalakes, jobs, objects, references, training_data
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.words import ReferenceStatus
from tests.platform.api import Api, Reply, fresh, own
from tests.platform.harness import embedded

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.platform.store.measurements import Measured

pytestmark = pytest.mark.anyio


def png(pixels: list[list[int]]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.array(pixels, dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def fill(api: Api, version: Reply, files: list[bytes]) -> None:
    """Put files into a dataset version."""
    owner = api.platform.owner
    with api.platform.store.write(owner) as unit:
        lake = datalakes.default(unit, owner.organization_id)
        made = []
        for content in files:
            name = fresh("o")
            objects.put(unit, lake.connector_id, name, content, content_type="image/png")
            made.append(data.register(unit, lake, data.NewData(name, name, "image/png", width=1, height=1)))
        assets.add(unit, unit.find(DatasetVersion, UUID(version["id"])), [datum.id for datum in made])


async def ended(api: Api, made: Reply) -> str:
    """Wait until a summary's computation has ended, and return its status."""
    await anyio.to_thread.run_sync(api.platform.settle)
    answer = await api.ask("GET", f"/deployment/{made['id']}/pipeline/td/check")
    assert answer["status"] == answer["training_data_status"]
    return str(answer["status"])


def reference(api: Api, made: Reply) -> TrainingData:
    with api.platform.store.read(api.platform.owner) as unit:
        return training_data.reference_of(unit.find(Deployment, UUID(made["id"])))


async def set_reference(api: Api, made: Reply, version: Reply) -> None:
    await api.ask("POST", f"/deployment/{made['id']}/pipeline/td/setup", {"dataset_version_id": version["id"]})


async def test_the_summary_is_computed_from_the_images(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    fill(api, version, [png([[0, 0, 0]]), png([[100, 200]]), b"no image"])
    await set_reference(api, made, version)
    assert (await api.settings(made))["training_data"]["dataset_version_id"] == version["id"]
    assert await ended(api, made) == "SUCCESS"
    assert (await api.settings(made))["training_data"]["status"] == "SUCCESS"
    summary = reference(api, made).summary
    assert summary is not None
    assert summary["images"] == 2
    assert summary["red_mean"] == {"mean": 75.0, "deviation": 75.0}
    assert summary["area"] == {"mean": 2.5, "deviation": 0.5}
    assert set(summary) == {"images", *FEATURES}


async def test_what_production_is_compared_with_is_kept_until_the_reference_is_replaced_or_dropped(api: Api) -> None:
    made, version, other = await api.deployment(), await api.dataset_version(), await api.dataset_version()
    fill(api, version, [png([[0, 0, 0]])])
    fill(api, other, [png([[0, 9]]), png([[1, 2]])])
    held = []
    for wanted, images in ((version, 1), (other, 2)):
        await set_reference(api, made, wanted)
        assert await ended(api, made) == "SUCCESS"
        with api.platform.store.read(api.platform.owner) as unit:
            row = references.ready(unit, UUID(made["id"]))
            assert row is not None
            held.append(api.platform.store.blobs.path(row.blob))
        assert len(from_bytes(held[-1].read_bytes()).features) == images
    assert not held[0].exists()
    await api.ask("PUT", f"/deployment/{made['id']}/pipeline/td/disable")
    assert not held[1].exists()


async def test_nothing_to_compare_with_is_an_error_that_may_be_tried_again(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    await set_reference(api, made, version)
    assert await ended(api, made) == "ERROR"
    assert reference(api, made).error == "It holds no image that can be read."
    fill(api, version, [png([[1]])])
    await set_reference(api, made, version)
    assert await ended(api, made) == "SUCCESS"


async def test_setting_what_is_set_changes_nothing_and_another_version_starts_anew(api: Api) -> None:
    made, version, other = await api.deployment(), await api.dataset_version(), await api.dataset_version()
    for filled in (version, other):
        fill(api, filled, [png([[1]])])
    await set_reference(api, made, version)
    await ended(api, made)
    before = await api.settings(made)
    await set_reference(api, made, version)
    assert await api.settings(made) == before
    await set_reference(api, made, other)
    assert (await api.settings(made))["updated_at"] > before["updated_at"]
    assert await ended(api, made) == "SUCCESS"
    assert reference(api, made).attempt == 2


async def test_without_a_reference_there_is_nothing_to_check_or_disable(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    path = f"/deployment/{made['id']}/pipeline/td"
    assert await api.status("GET", f"{path}/check") == 404
    assert await api.status("PUT", f"{path}/disable") == 404
    await set_reference(api, made, version)
    assert await api.status("DELETE", f"/dataset/version/{version['id']}") == 409
    assert await api.status("PUT", f"{path}/disable") == 204
    assert (await api.settings(made))["training_data"] is None
    assert await api.status("DELETE", f"/dataset/version/{version['id']}") == 204


async def test_what_a_stopped_process_left_undone_is_resumed(tmp_path: Path) -> None:
    async with embedded(data_dir=tmp_path) as (client, platform):
        api = own(client, platform)
        made, version = await api.deployment(), await api.dataset_version()
        fill(api, version, [png([[1]])])
        # Asked for by a process that never comes to it.
        platform.store.on_submitted = lambda: None
        await set_reference(api, made, version)
        with platform.store.write(platform.owner) as unit:
            assert training_data.begin(unit, UUID(made["id"])) is not None
        assert reference(api, made).status is ReferenceStatus.COMPUTING
    async with embedded(data_dir=tmp_path) as (client, platform):
        assert await ended(own(client, platform), made) == "SUCCESS"


def broken(path: Path) -> Measured | None:
    raise ZeroDivisionError(path.name)


async def test_a_computation_that_fails_says_so(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    fill(api, version, [png([[1]])])
    store = api.platform.store
    woken, store.on_submitted = store.on_submitted, lambda: None
    await set_reference(api, made, version)
    store.on_submitted = woken
    performer = Performer(
        Bench(store, api.platform.settings, api.platform.owner), lambda: {"training-data": work(broken)}
    )
    with store.read(api.platform.owner) as unit:
        (job_id,) = jobs.unfinished(unit)
    performer.perform(job_id, lambda _, act: act())
    assert await ended(api, made) == "ERROR"
    assert "ZeroDivisionError" in str(reference(api, made).error)


async def test_a_late_result_does_not_answer_for_a_newer_reference(api: Api) -> None:
    made, version = await api.deployment(), await api.dataset_version()
    store, owner, identifier = api.platform.store, api.platform.owner, UUID(made["id"])
    woken, store.on_submitted = store.on_submitted, lambda: None
    with store.write(owner) as unit:
        row = unit.find(Deployment, identifier)
        training_data.set_reference(unit, row, unit.find(DatasetVersion, UUID(version["id"])))
    with store.write(owner) as unit:
        training_data.finish(unit, identifier, 0, summary={"images": 7})
    assert reference(api, made).status is ReferenceStatus.PENDING
    store.on_submitted = woken
    with store.write(owner) as unit:
        training_data.drop(unit, unit.find(Deployment, identifier))
    with store.write(owner) as unit:
        training_data.finish(unit, identifier, 1, summary={"images": 7})
    assert await api.status("GET", f"/deployment/{made['id']}/pipeline/td/check") == 404
