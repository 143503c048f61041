"""Artifacts of experiments (wire protocol 2.7)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Name, Paging, shaped
from reconciler.platform.shapes.base import IdsOrAll, chosen
from reconciler.platform.shapes.experiments import ArtifactUpdate
from reconciler.platform.shapes.models import ModelFileShape, NewModelFile
from reconciler.platform.store import artifacts
from reconciler.platform.store.tables.experiments import Artifact, Experiment

router = LateRouter(tags=["experiments"])


@router.post("/experiment/{experiment_id}/artifacts", status_code=status.HTTP_201_CREATED)
def create_artifact(call: Writing, experiment_id: UUID, body: NewModelFile) -> ModelFileShape:
    """Let a stored object be an experiment's artifact."""
    with call.write() as unit:
        row = artifacts.create(unit, unit.find(Experiment, experiment_id), body.file())
        return ModelFileShape.model_validate(row)


@router.get("/experiment/{experiment_id}/artifacts")
def list_artifacts(call: Reading, experiment_id: UUID, page: Paging) -> Items[ModelFileShape]:
    """List an experiment's artifacts."""
    with call.read() as unit:
        return shaped(artifacts.list_page(unit, unit.find(Experiment, experiment_id), page), ModelFileShape)


@router.get("/experiment/{experiment_id}/artifacts/find")
def find_artifact(call: Reading, experiment_id: UUID, name: Name) -> ModelFileShape:
    """Find an experiment's artifact by name."""
    with call.read() as unit:
        return ModelFileShape.model_validate(artifacts.find(unit, unit.find(Experiment, experiment_id), name))


@router.get("/experiment/{experiment_id}/artifacts/ids")
def list_artifact_ids(call: Reading, experiment_id: UUID) -> list[UUID]:
    """List the ids of all of an experiment's artifacts."""
    with call.read() as unit:
        return [row.id for row in artifacts.of_experiment(unit, unit.find(Experiment, experiment_id))]


@router.delete("/experiment/{experiment_id}/artifacts", status_code=status.HTTP_204_NO_CONTENT)
def delete_artifacts(call: Writing, experiment_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Delete artifacts, and bytes that nothing else names; unknown ids are left alone."""
    with call.write() as unit:
        artifacts.delete(unit, unit.find(Experiment, experiment_id), chosen(body))


@router.get("/artifact/{artifact_id}")
def read_artifact(call: Reading, artifact_id: UUID) -> ModelFileShape:
    """Read an artifact's record."""
    with call.read() as unit:
        return ModelFileShape.model_validate(unit.find(Artifact, artifact_id))


@router.patch("/artifact/{artifact_id}")
def update_artifact(call: Writing, artifact_id: UUID, body: ArtifactUpdate) -> ModelFileShape:
    """Change what is given of an artifact."""
    with call.write() as unit:
        row = unit.find(Artifact, artifact_id)
        artifacts.update(unit, row, body.model_dump(exclude_none=True))
        return ModelFileShape.model_validate(row)


@router.delete("/artifact/{artifact_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_artifact(call: Writing, artifact_id: UUID) -> None:
    """Delete an artifact, and its bytes if nothing else names them."""
    with call.write() as unit:
        row = unit.find(Artifact, artifact_id)
        artifacts.delete(unit, row.experiment, [row.id])
