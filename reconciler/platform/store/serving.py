"""What serving needs to know of a deployment: its models' files, its labels, its threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.data import StoredObject
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import ModelFile, ModelVersion
from reconciler.platform.store.tables.organizations import Organization
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType, Serving

# The name under which clients look for a model's weights.
WEIGHTS = "model-latest"
_ENDING = ".onnx"


@dataclass(frozen=True)
class Servable:
    """One model version with a file to run: the blob that holds it, and what its version says of it."""

    version_id: UUID
    named: str
    blob: str
    parameters: Json
    labels: Json


@dataclass(frozen=True)
class Served:
    """A deployment as serving sees it at one moment; `positions` maps label names to class indices."""

    deployment_id: UUID
    name: str
    type: InferenceType
    threshold: float
    sample_rate: float
    positions: Mapping[str, int]
    champion: ModelVersion
    shadow: ModelVersion | None


def served(unit: Unit, deployment_id: UUID) -> Served:
    """Return a deployment that the platform serves.

    Raises:
        Invalid: when its owner infers.
    """
    row = unit.find(Deployment, deployment_id)
    if row.serving is not Serving.MANAGED:
        raise Invalid(f"The deployment '{row.name}' is not served by the platform: its owner infers and monitors.")
    return Served(
        deployment_id=row.id,
        name=row.name,
        type=row.type,
        threshold=row.min_threshold,
        sample_rate=row.sample_rate,
        positions={label.name: label.position for label in row.labels},
        champion=row.champion,
        shadow=row.shadow,
    )


def servable(unit: Unit, version: ModelVersion) -> Servable:
    """Return the file to run for a version: the ONNX file called `model-latest`, or else its newest ONNX file.

    Raises:
        Invalid: when it has none, or its bytes never came.
    """
    named = f"the version '{version.name}' of '{version.model.name}'"
    rows = (
        select(StoredObject.blob)
        .join(Organization, Organization.default_connector_id == StoredObject.connector_id)
        .join(ModelFile, ModelFile.object_name == StoredObject.object_name)
        .where(
            Organization.id == version.organization_id,
            ModelFile.model_version_id == version.id,
            ModelFile.filename.endswith(_ENDING, autoescape=True),
        )
        .order_by((ModelFile.name == WEIGHTS).desc(), ModelFile.id.desc())
        .limit(1)
    )
    blob = unit.session.scalar(rows)
    if blob is None:
        raise Invalid(f"{named[0].upper()}{named[1:]} cannot be served: it has no ONNX file.")
    return Servable(version.id, named, blob, version.parameters or {}, version.labels or {})
