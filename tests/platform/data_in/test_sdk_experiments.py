"""The unmodified official SDK runs experiments: logs of every type, artifacts, bases, evaluations, publishing."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from picsellia import Client
    from picsellia.sdk.dataset_version import DatasetVersion
    from picsellia.sdk.experiment import Experiment
    from picsellia.sdk.project import Project

# The SDK is a witness as it is: its own use of deprecated things is not ours to judge.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

# Bytes; the SDK sends a larger file in parts.
LARGE = 25 * 1024 * 1024


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    return client.create_project(fresh("project"))


@pytest.fixture
def experiment(project: Project) -> Experiment:
    return project.create_experiment(fresh("experiment"), parameters={"epochs": 3})


@pytest.fixture(scope="module")
def version(client: Client, tmp_path_factory: pytest.TempPathFactory) -> DatasetVersion:
    """Two annotated images."""
    from picsellia.types.enums import InferenceType

    path = tmp_path_factory.mktemp("images") / "a.png"
    Image.new("RGB", (100, 80)).save(path)
    version = client.create_dataset(fresh("dataset")).create_version("v", type=InferenceType.OBJECT_DETECTION)
    version.add_data([client.get_datalake().upload_data(path) for _ in range(2)], wait=False)
    label = version.create_label("cat")
    for asset in version.list_assets():
        asset.create_annotation().create_rectangle(10, 20, 30, 40, label)
    return version


def fresh(noun: str) -> str:
    return f"{noun}-{uuid.uuid4()}"


def test_experiments_are_created_found_updated_and_deleted(client: Client, project: Project) -> None:
    from picsellia.exceptions import ResourceNotFoundError
    from picsellia.types.enums import ExperimentStatus

    made = project.create_experiment(fresh("experiment"), description="why")
    assert project.get_experiment(made.name).id == made.id
    assert project.get_experiment_by_id(made.id).id == client.get_experiment_by_id(made.id).id == made.id
    made.update(name=fresh("renamed"), status=ExperimentStatus.RUNNING)
    assert [item.name for item in project.list_experiments() if item.id == made.id] == [made.name]
    assert made.sync()["status"] == "RUNNING"
    made.delete()
    with pytest.raises(ResourceNotFoundError):
        project.get_experiment(made.name)


def test_all_experiments_of_a_project_are_deleted(client: Client) -> None:
    project = client.create_project(fresh("project"))
    for _ in range(3):
        project.create_experiment(fresh("experiment"))
    project.delete_all_experiments()
    assert project.list_experiments() == []
    project.delete()


LOGS: dict[str, Any] = {
    "VALUE": 0.5,
    "LINE": [3.0, 2.0],
    "TABLE": {"lr": 0.1},
    "BAR": {"x": ["cat"], "y": [2]},
    "HEATMAP": {"categories": ["cat"], "values": [[2]]},
    "LABELMAP": {"0": "cat"},
    "EVALUATION": {"map": 0.5},
}


@pytest.mark.parametrize("kind", list(LOGS))
def test_logs_of_each_type_are_recorded_read_and_updated(experiment: Experiment, kind: str) -> None:
    made = experiment.log("x", LOGS[kind], kind)
    found = experiment.get_log("x")
    assert (found.id, found.type.value, found.data) == (made.id, kind, LOGS[kind])
    found.update(name="y", data=LOGS[kind])
    found.sync()
    assert {log.name for log in experiment.list_logs()} == {"parameters", "y"}
    found.delete()
    experiment.delete_all_logs()
    assert experiment.list_logs() == []


def test_lines_go_on_and_conflicts_are_told(experiment: Experiment) -> None:
    from picsellia.exceptions import ResourceConflictError
    from picsellia.types.enums import LogType

    line = experiment.log("loss", 3.0, LogType.LINE)
    experiment.log("loss", 2.0, LogType.LINE)
    line.append([1.0, 0.5])
    assert experiment.get_log("loss").data == [3.0, 2.0, 1.0, 0.5]
    experiment.log("best", 1, LogType.VALUE)
    with pytest.raises(ResourceConflictError):
        experiment.log("best", 2, LogType.VALUE, replace=False)
    experiment.log_parameters({"epochs": 9})
    assert experiment.get_log("parameters").data == {"epochs": 9}


def test_images_are_logged_and_replaced(experiment: Experiment, tmp_path: Path) -> None:
    from picsellia.types.enums import LogType

    for colour in ("red", "blue"):
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (4, 4), colour).save(path)
        log = experiment.log("sample", str(path), LogType.IMAGE)
    assert log.data["filename"] == "blue.png"


@pytest.mark.parametrize("size", [7, LARGE + 1], ids=["whole", "in parts"])
def test_artifacts_are_stored_replaced_downloaded_and_deleted(
    experiment: Experiment, tmp_path: Path, size: int
) -> None:
    from picsellia.exceptions import ResourceNotFoundError

    path, content = tmp_path / "model.onnx", os.urandom(size)
    for written in (b"first", content):
        path.write_bytes(written)
        artifact = experiment.store("model-latest", path)
    assert artifact.large is (size > LARGE)
    assert [item.id for item in experiment.list_artifacts()] == [artifact.id]
    experiment.get_artifact("model-latest").download(tmp_path / "down")
    assert (tmp_path / "down" / "model.onnx").read_bytes() == content
    artifact.update(name="renamed")
    artifact.sync()
    experiment.create_artifact("other", "o.txt", artifact.object_name)
    artifact.delete()
    with pytest.raises(ResourceNotFoundError):
        experiment.get_artifact("renamed")
    experiment.delete_all_artifacts()
    assert experiment.list_artifacts() == []


def test_what_is_printed_is_sent_and_stored(experiment: Experiment, tmp_path: Path) -> None:
    from picsellia.types.enums import JobStatus

    experiment.send_logging("epoch 1", "training")
    experiment.send_logging(["a", "b"], "training", final=True)
    path = tmp_path / "log.txt"
    path.write_text("epoch 1\n")
    experiment.store_logging_file(path)
    experiment.get_logging_file().download(tmp_path / "down")
    assert [found.read_text() for found in (tmp_path / "down").rglob("*log.txt")] == ["epoch 1\n"]
    experiment.update_job_status(JobStatus.SUCCESS)
    assert experiment.sync()["status"] == "SUCCESS"


def test_datasets_are_attached_and_detached(experiment: Experiment, version: DatasetVersion) -> None:
    from picsellia.exceptions import ResourceNotFoundError

    experiment.attach_dataset("train", version)
    assert experiment.get_dataset("train").id == version.id
    assert {alias: item.id for alias, item in experiment.get_attached_dataset_versions().items()} == {
        "train": version.id
    }
    assert [item.id for item in experiment.list_attached_dataset_versions()] == [version.id]
    assert experiment.get_log("labelmap").data == {"0": "cat"}
    experiment.detach_dataset(version)
    with pytest.raises(ResourceNotFoundError):
        experiment.get_dataset("train")


def test_a_published_experiment_tells_where_it_comes_from(
    client: Client, experiment: Experiment, version: DatasetVersion, tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"weights")
    experiment.store("model-latest", path)
    experiment.attach_dataset("train", version)
    released = experiment.export_as_model(fresh("model"))
    again = experiment.export_in_existing_model(client.get_model(released.origin_name))
    assert (released.version, again.version, again.labels) == (0, 1, {"0": "cat"})
    context = again.get_context()
    assert context.get_experiment().id == experiment.id
    assert context.parameters == {"epochs": 3}
    assert context.get_dataset_version("train").id == version.id
    assert context.datasets[0].repartition == {"cat": 2}
    again.get_file("model-latest").download(tmp_path / "down")
    assert (tmp_path / "down" / "model.onnx").read_bytes() == b"weights"


def test_experiments_start_from_models_and_experiments(
    client: Client, project: Project, experiment: Experiment, tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"weights")
    experiment.store("model-latest", path)
    released = experiment.export_as_model(fresh("model"))
    based = project.create_experiment(fresh("experiment"), base_model_version=released)
    assert based.get_base_model_version().id == released.id
    assert based.get_log("parameters").data == {"epochs": 3}
    assert [item.name for item in based.list_artifacts()] == ["model-latest"]
    other = project.create_experiment(fresh("experiment"), base_experiment=based)
    assert other.get_base_experiment().id == based.id
    assert [item.name for item in other.list_artifacts()] == ["model-latest"]
    bare = project.create_experiment(fresh("experiment"))
    bare.set_base_model_version(released, attach_parameters=False, attach_model_files=False)
    assert bare.list_logs() == bare.list_artifacts() == []
    bare.set_base_experiment(other)
    assert bare.get_log("parameters").data == {"epochs": 3}


def test_evaluations_are_added_listed_compared_and_deleted(experiment: Experiment, version: DatasetVersion) -> None:
    from picsellia.exceptions import NoDataError
    from picsellia.types.enums import InferenceType

    label = version.get_label("cat")
    for asset in version.list_assets():
        experiment.add_evaluation(asset, rectangles=[(10, 20, 30, 40, label, 0.9)])
    job = experiment.compute_evaluations_metrics(InferenceType.OBJECT_DETECTION)
    job.wait_for_done(blocking_time_increment=0.2, attempts=3000)
    result = experiment.get_log("evaluation-object_detection").data
    assert (result["assets"], result["ap_50_95"]) == (2, 1.0)
    evaluations = experiment.list_evaluations()
    assert {item.asset_id for item in evaluations} == {asset.id for asset in version.list_assets()}
    for item in evaluations:
        item.sync()
        item.delete()
    with pytest.raises(NoDataError):
        experiment.list_evaluations()


def test_a_launched_experiment_is_followed_through_its_job(client: Client, experiment: Experiment) -> None:
    from picsellia.types.enums import JobRunStatus

    job = experiment.launch()
    assert client.get_job_by_id(job.id).id == job.id
    job.send_logging("hello", "training")
    # Nothing is attached to train on: the platform says so.
    job.wait_for_status([JobRunStatus.FAILED, JobRunStatus.SUCCEEDED], blocking_time_increment=0.2, attempts=600)
    assert job.sync()["status"] == "FAILED"
