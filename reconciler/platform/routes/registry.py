"""Models of the registry (wire protocol 2.2)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import ByNameOrId, Name, Paging, shaped
from reconciler.platform.shapes.models import ModelDetail, ModelShape, NamedUpdate, NewModel
from reconciler.platform.store import models
from reconciler.platform.store.names import seek
from reconciler.platform.store.tables.models import Model

router = LateRouter(tags=["models"])


@router.post("/organization/{organization_id}/models", status_code=status.HTTP_201_CREATED)
def create_model(call: Writing, organization_id: UUID, body: NewModel) -> ModelShape:
    """Create a model."""
    with call.write() as unit:
        row = models.create(unit, organization_id, body.name, description=body.description)
        return ModelShape.model_validate(row)


@router.get("/organization/{organization_id}/models/find")
def find_model(call: Reading, organization_id: UUID, sought: ByNameOrId) -> ModelShape:
    """Find a model by id or name."""
    with call.read() as unit:
        return ModelShape.model_validate(seek(unit, Model, organization_id, sought))


@router.get("/organization/{organization_id}/models")
def list_models(call: Reading, organization_id: UUID, page: Paging) -> Items[ModelShape]:
    """List an organisation's models."""
    with call.read() as unit:
        return shaped(models.list_page(unit, organization_id, page), ModelShape)


@router.get("/models/find")
def find_public_model(call: Reading, name: Name) -> ModelShape:
    """Find a model that its owner made public."""
    with call.read() as unit:
        return ModelShape.model_validate(models.find_public(unit, name))


@router.get("/models")
def list_public_models(call: Reading, page: Paging) -> Items[ModelShape]:
    """List the models that their owners made public."""
    with call.read() as unit:
        return shaped(models.list_public(unit, page), ModelShape)


@router.get("/model/{model_id}")
def read_model(call: Reading, model_id: UUID) -> ModelDetail:
    """Read a model."""
    with call.read() as unit:
        return ModelDetail.model_validate(models.readable(unit, model_id))


@router.patch("/model/{model_id}")
def update_model(call: Writing, model_id: UUID, body: NamedUpdate) -> ModelDetail:
    """Rename or describe a model."""
    with call.write() as unit:
        row = unit.find(Model, model_id)
        models.update(unit, row, name=body.name, description=body.description)
        return ModelDetail.model_validate(row)


@router.delete("/model/{model_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_model(call: Writing, model_id: UUID) -> None:
    """Delete a model with its versions; 409 while one is deployed."""
    with call.write() as unit:
        models.delete(unit, unit.find(Model, model_id))
