"""The unmodified official SDK drives a served platform: the flow of wire protocol 5.2, as far as control goes."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.platform.harness import Ready, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from picsellia import Client
    from picsellia.sdk.dataset_version import DatasetVersion
    from picsellia.sdk.deployment import Deployment
    from picsellia.sdk.model import Model
    from picsellia.sdk.model_version import ModelVersion

# The SDK is a witness as it is: its own use of deprecated things is not ours to judge.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

# Bytes; the SDK sends a larger file in parts.
LARGE = 25 * 1024 * 1024


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    with running_server(tmp_path_factory.mktemp("sdk") / "platform") as ready:
        yield ready


@pytest.fixture(scope="module")
def client(ready: Ready) -> Client:
    from picsellia import Client

    logging.getLogger("picsellia").setLevel(logging.ERROR)
    return Client(api_token=ready["token"], host=ready["url"])


@pytest.fixture
def version(client: Client) -> DatasetVersion:
    from picsellia.types.enums import InferenceType

    return client.create_dataset(fresh("dataset")).create_version("2026-06", type=InferenceType.CLASSIFICATION)


@pytest.fixture
def model_version(client: Client) -> ModelVersion:
    return release(client.create_model(fresh("model")), "v7")


@pytest.fixture
def deployment(client: Client, model_version: ModelVersion) -> Deployment:
    return model_version.deploy(name=fresh("deployment"), min_threshold=0.4)


def fresh(noun: str) -> str:
    return f"{noun}-{uuid.uuid4()}"


def release(model: Model, name: str) -> ModelVersion:
    from picsellia.types.enums import Framework, InferenceType

    return model.create_version(
        name=name, type=InferenceType.CLASSIFICATION, framework=Framework.ONNX, labels={"0": "cat", "1": "dog"}
    )


def picture(folder: Path, name: str, *, size: tuple[int, int] = (12, 8)) -> Path:
    path = folder / name
    Image.new("RGB", size).save(path)
    return path


def large_picture(folder: Path) -> Path:
    """An image whose file is larger than one part: noise does not compress."""
    noise = np.random.default_rng(7).integers(0, 256, size=(3200, 3200, 3), dtype=np.uint8)
    path = folder / "large.png"
    Image.fromarray(noise).save(path, compress_level=0)
    assert path.stat().st_size > LARGE
    return path


def test_the_default_datalake_is_found_by_every_route(client: Client) -> None:
    lake = client.get_datalake()
    assert client.get_datalake(name=lake.name).id == client.get_datalake(id=lake.id).id == lake.id
    assert [listed.id for listed in client.list_datalakes()] == [lake.id]
    assert [user.username for user in client.list_users()] == ["owner"]


def test_uploads_whole_and_in_parts_are_downloaded_again_byte_for_byte(client: Client, tmp_path: Path) -> None:
    lake = client.get_datalake()
    tag, source = lake.get_or_create_data_tag(fresh("tag")), client.get_or_create_datasource(fresh("camera"))
    paths = [picture(tmp_path, "small.png"), large_picture(tmp_path)]
    for path in paths:
        data = lake.upload_data(path, tags=[tag], source=source, custom_metadata={"line": 3})
        with Image.open(path) as image:
            assert (data.width, data.height) == image.size
        assert [found.name for found in data.get_tags()] == [tag.name]
        assert data.get_datasource().id == source.id
        target = tmp_path / "down"
        data.download(target)
        assert (target / path.name).read_bytes() == path.read_bytes()
    assert len(lake.list_data(tags=[tag])) == 2
    assert len(lake.list_data(filenames=["large.png"], custom_metadata={"line": 3}, tags=tag)) == 1


def test_data_becomes_assets_that_are_listed_found_and_removed(
    client: Client, version: DatasetVersion, tmp_path: Path
) -> None:
    lake = client.get_datalake()
    names = [f"{place}-{uuid.uuid4()}.png" for place in range(3)]
    data = lake.upload_data([picture(tmp_path, name) for name in names])
    version.add_data(data, tags=["fold"], wait=True)
    assert len(version.list_assets()) == 3
    assert len(version.list_assets(tags=["fold"], filenames=names[:2])) == 2
    asset = version.find_asset(filename=names[0])
    assert [tag.name for tag in asset.get_tags()] == ["fold"]
    asset.delete()
    version.list_assets(ids=[version.find_asset(filename=names[1]).id]).delete()
    assert [left.filename for left in version.list_assets()] == names[2:]


def test_versions_have_labels_tags_locks_and_forks(client: Client, version: DatasetVersion) -> None:
    from picsellia.exceptions import ResourceLockedError, ResourceNotFoundError

    version.get_or_create_label("cat")
    version.get_or_create_label("cat")
    assert [label.name for label in version.list_labels()] == ["cat"]
    version.lock()
    with pytest.raises(ResourceLockedError):
        version.create_label("dog")
    version.unlock()
    dataset = client.get_dataset_by_id(version.origin_id)
    fork, _ = version.fork("copy", with_labels=True)
    assert [label.name for label in dataset.get_version("copy").list_labels()] == ["cat"]
    assert {listed.version for listed in dataset.list_versions()} == {"2026-06", "copy"}
    fork.delete()
    with pytest.raises(ResourceNotFoundError):
        dataset.get_version("copy")
    with pytest.raises(ResourceNotFoundError):
        dataset.get_version("latest")


def test_model_versions_are_numbered_named_and_hold_files(client: Client, tmp_path: Path) -> None:
    model = client.create_model(fresh("model"))
    first, second = release(model, "v7"), release(model, "v8")
    assert (first.version, second.version) == (0, 1)
    assert model.get_version("v7").id == model.get_version(0).id == first.id
    assert model.get_version("latest").id == second.id
    assert [listed.name for listed in model.list_versions()] == ["v7", "v8"]
    weights = tmp_path / "model.onnx"
    weights.write_bytes(b"weights" * 1000)
    first.store("model-latest", weights)
    first.store("model-latest", weights, replace=True)
    first.get_file("model-latest").download(tmp_path / "down")
    assert (tmp_path / "down" / "model.onnx").read_bytes() == weights.read_bytes()
    assert len(first.list_files()) == 1


def test_a_deployment_is_made_read_changed_and_deleted(client: Client, deployment: Deployment) -> None:
    from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError

    deployment.update(min_threshold=0.6, sample_rate=0.5, target_datalake=client.get_datalake(), name=fresh("renamed"))
    assert client.get_deployment(deployment.name).id == client.get_deployment_by_id(deployment.id).id
    assert deployment.id in {listed.id for listed in client.list_deployments()}
    assert [label.name for label in deployment.list_labels()] == ["cat", "dog"]
    assert [user.username for user in deployment.list_users()] == ["owner"]
    with pytest.raises(BadRequestError):
        deployment.update(min_threshold=20.0)
    with pytest.raises(ResourceConflictError):
        client.create_deployment(deployment.get_model_version(), name=deployment.name)
    deployment.delete()
    with pytest.raises(ResourceNotFoundError):
        client.get_deployment(deployment.name)


def test_own_serving_has_no_serving_host(client: Client, model_version: ModelVersion, ready: Ready) -> None:
    own = client.create_deployment(model_version, name=fresh("own"), disable_serving=True)
    managed = client.create_deployment(model_version, name=fresh("managed"))
    raw = {deployment.id: deployment.sync() for deployment in (own, managed)}
    assert [raw[deployment.id]["serving_host"] for deployment in (own, managed)] == [None, ready["serving_url"]]
    assert raw[own.id]["oracle_host"] == ready["monitoring_url"]


def test_monitoring_knows_the_deployment(deployment: Deployment) -> None:
    assert deployment.retrieve_information()["deployment"]["name"] == deployment.name


def test_champion_and_shadow_are_set_and_read_back(client: Client, deployment: Deployment) -> None:
    from picsellia.exceptions import NoShadowModel

    model = client.get_model_by_id(deployment.get_model_version().origin_id)
    with pytest.raises(NoShadowModel):
        deployment.get_shadow_model()
    shadow = release(model, "v8")
    deployment.set_shadow_model(shadow)
    deployment.set_model(deployment.get_shadow_model())
    assert deployment.get_model_version().id == deployment.get_shadow_model().id == shadow.id


def test_deployments_are_tagged_and_untagged(client: Client, deployment: Deployment) -> None:
    tag = client.create_deployment_tag(fresh("production"))
    deployment.add_tags(tag)
    assert [found.name for found in deployment.get_tags()] == [tag.name]
    deployment.remove_tags(tag)
    assert deployment.get_tags() == []
    assert client.find_deployment_tag(tag.name).id == tag.id


def test_the_feedback_loop_is_set_up_filled_and_switched(deployment: Deployment, version: DatasetVersion) -> None:
    from picsellia.exceptions import ResourceNotFoundError

    with pytest.raises(ResourceNotFoundError):
        deployment.toggle_feedback_loop(active=True)
    deployment.setup_feedback_loop()
    deployment.attach_dataset_version_to_feedback_loop(version)
    assert [found.id for found in deployment.list_feedback_loop_datasets()] == [version.id]
    deployment.toggle_feedback_loop(active=True)
    deployment.detach_dataset_version_from_feedback_loop(version)
    assert deployment.list_feedback_loop_datasets() == []
    assert settings(deployment)["feedback_loop"] == {"configured": True, "active": True, "dataset_version_ids": []}


def test_training_data_are_set_checked_and_disabled(deployment: Deployment, version: DatasetVersion) -> None:
    deployment.set_training_data(version)
    assert settings(deployment)["training_data"]["dataset_version_id"] == str(version.id)
    deployment.check_training_data_metrics_status()
    deployment.disable_training_data_reference()
    assert settings(deployment)["training_data"] is None


def test_continuous_training_is_set_up_filled_and_switched(
    client: Client, deployment: Deployment, version: DatasetVersion
) -> None:
    from picsellia.types.enums import ContinuousTrainingTrigger

    project = client.create_project(fresh("project"))
    project.attach_dataset(version)
    deployment.setup_continuous_training(
        project,
        trigger=ContinuousTrainingTrigger.FEEDBACK_LOOP,
        threshold=150,
        experiment_parameters={"epochs": 50},
    )
    deployment.attach_dataset_version_to_continuous_training("train", version)
    training = settings(deployment)["continuous_training"]
    assert (training["active"], training["trigger"], training["threshold"]) == (True, "FEEDBACK_LOOP", 150)
    assert training["datasets"] == [{"name": "train", "dataset_version_id": str(version.id)}]
    deployment.toggle_continuous_training(active=False)
    deployment.detach_dataset_version_from_continuous_training(version)
    training = settings(deployment)["continuous_training"]
    assert (training["active"], training["datasets"]) == (False, [])


def test_continuous_deployment_is_set_up_and_switched(deployment: Deployment) -> None:
    from picsellia.types.enums import ContinuousDeploymentPolicy

    deployment.setup_continuous_deployment(ContinuousDeploymentPolicy.DEPLOY_SHADOW)
    assert settings(deployment)["continuous_deployment"] == {"active": False, "policy": "DEPLOY_SHADOW"}
    deployment.toggle_continuous_deployment(active=True)
    assert settings(deployment)["continuous_deployment"] == {"active": True, "policy": "DEPLOY_SHADOW"}


def test_projects_hold_dataset_versions(client: Client, version: DatasetVersion) -> None:
    project = client.create_project(fresh("project"))
    project.attach_dataset(version)
    assert [found.id for found in project.list_dataset_versions()] == [version.id]
    project.detach_dataset(version)
    assert client.get_project(project.name).list_dataset_versions() == []
    project.delete()


def settings(deployment: Deployment) -> dict[str, Any]:
    return dict(deployment.sync()["settings"])
