"""Model versions, their files and contexts (wire protocol 2.2)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import LARGEST_NUMBER, Id, Name, OptionalName, Paging, listed, shaped
from reconciler.platform.shapes.models import (
    ModelContextShape,
    ModelFileShape,
    ModelVersionBody,
    ModelVersionDetail,
    ModelVersionShape,
    NewModelFile,
)
from reconciler.platform.store import models
from reconciler.platform.store.faults import Forbidden, Invalid, NotFound
from reconciler.platform.store.tables.models import Model, ModelFile, ModelVersion

router = LateRouter(tags=["models"])


@router.post("/model/{model_id}/versions", status_code=status.HTTP_201_CREATED)
def create_model_version(call: Writing, model_id: UUID, body: ModelVersionBody) -> ModelVersionShape:
    """Release a version under the next number."""
    with call.write() as unit:
        row = models.create_version(unit, unit.find(Model, model_id), body.release())
        return ModelVersionShape.model_validate(row)


@router.get("/model/{model_id}/versions/find")
def find_model_version(
    call: Reading,
    model_id: UUID,
    name: OptionalName = None,
    version: Annotated[int | None, Query(ge=0, le=LARGEST_NUMBER)] = None,
) -> ModelVersionShape:
    """Find a version by name or number; `latest` is the newest unless one is called so."""
    with call.read() as unit:
        model = models.readable(unit, model_id)
        if name is None and version is None:
            raise Invalid("Give a name or a version number to find by.")
        return ModelVersionShape.model_validate(models.find_version(unit, model, name=name, number=version))


@router.get("/model/{model_id}/versions")
def list_model_versions(call: Reading, model_id: UUID, page: Paging) -> Items[ModelVersionShape]:
    """List a model's versions."""
    with call.read() as unit:
        model = models.readable(unit, model_id)
        return shaped(models.list_versions(unit, model, page), ModelVersionShape)


@router.get("/organization/{organization_id}/modelversions/find")
def find_organization_model_version(call: Reading, organization_id: UUID, version_id: Id) -> ModelVersionShape:
    """Find a version of any of an organisation's models by id."""
    with call.read() as unit:
        return ModelVersionShape.model_validate(unit.find(ModelVersion, version_id, within=organization_id))


@router.get("/model/version/{version_id}")
def read_model_version(call: Reading, version_id: UUID) -> ModelVersionDetail:
    """Read a version."""
    with call.read() as unit:
        return ModelVersionDetail.model_validate(models.readable_version(unit, version_id))


@router.patch("/model/version/{version_id}")
def update_model_version(call: Writing, version_id: UUID, body: ModelVersionBody) -> ModelVersionDetail:
    """Change what is given of a version."""
    with call.write() as unit:
        row = unit.find(ModelVersion, version_id)
        models.update_version(unit, row, body.given())
        return ModelVersionDetail.model_validate(row)


@router.delete("/model/version/{version_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_model_version(call: Writing, version_id: UUID) -> None:
    """Delete a version; 409 while it is deployed."""
    with call.write() as unit:
        models.delete_version(unit, unit.find(ModelVersion, version_id))


@router.get("/model/version/{version_id}/context")
def read_context(call: Reading, version_id: UUID) -> ModelContextShape:
    """Read what a version was made from; 403 for a public one of others, which has a route of its own."""
    with call.read() as unit:
        version = models.readable_version(unit, version_id)
        if version.organization_id not in call.actor.reach:
            raise Forbidden("Ask for the public context of a model of another organization.")
        return ModelContextShape.model_validate(models.context(unit, version))


@router.get("/model/version/{version_id}/public/context")
def read_public_context(call: Reading, version_id: UUID) -> ModelContextShape:
    """Read what a version of a public model was made from."""
    with call.read() as unit:
        version = models.readable_version(unit, version_id)
        if version.model.private:
            raise NotFound(f"There is no public model version {version_id}.")
        return ModelContextShape.model_validate(models.context(unit, version))


@router.post("/model/version/{version_id}/modelfiles", status_code=status.HTTP_201_CREATED)
def create_model_file(call: Writing, version_id: UUID, body: NewModelFile) -> ModelFileShape:
    """Let a stored object be a version's file."""
    with call.write() as unit:
        row = models.add_file(unit, unit.find(ModelVersion, version_id), body.file())
        return ModelFileShape.model_validate(row)


@router.get("/model/version/{version_id}/modelfiles")
def list_model_files(call: Reading, version_id: UUID) -> Items[ModelFileShape]:
    """List a version's files."""
    with call.read() as unit:
        return listed(models.files(unit, models.readable_version(unit, version_id)), ModelFileShape)


@router.get("/model/version/{version_id}/modelfiles/find")
def find_model_file(call: Reading, version_id: UUID, name: Name) -> ModelFileShape:
    """Find a version's file by name."""
    with call.read() as unit:
        version = models.readable_version(unit, version_id)
        return ModelFileShape.model_validate(models.find_file(unit, version, name))


@router.get("/model/file/{file_id}")
def read_model_file(call: Reading, file_id: UUID) -> ModelFileShape:
    """Read a file's record."""
    with call.read() as unit:
        return ModelFileShape.model_validate(unit.find(ModelFile, file_id))


@router.delete("/model/file/{file_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_model_file(call: Writing, file_id: UUID) -> None:
    """Take a file off its version, and its bytes out of storage."""
    with call.write() as unit:
        models.delete_file(unit, unit.find(ModelFile, file_id))
