"""The model registry: models, versions, files, contexts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import or_, select

from reconciler.platform.store import sharing, tags
from reconciler.platform.store.faults import Conflict, NotFound
from reconciler.platform.store.names import claim, find_named, in_organization
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.models import Model, ModelContext, ModelFile, ModelVersion
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import Framework, InferenceType

NEWEST = "latest"


@dataclass(frozen=True)
class Release:
    """What is known of a new model version; None leaves the default."""

    name: str | None = None
    type: InferenceType = InferenceType.NOT_CONFIGURED
    framework: Framework = Framework.NOT_CONFIGURED
    description: str = ""
    labels: Json | None = None
    parameters: Json | None = None
    docker_image: str | None = None
    docker_tag: str | None = None
    docker_flags: list[str] | None = None
    docker_env_variables: Json | None = None
    thumbnail_object_name: str | None = None
    notebook_link: str | None = None


@dataclass(frozen=True)
class NewFile:
    """A stored object to be known as a model's file."""

    name: str
    filename: str
    object_name: str
    large: bool


def create(unit: Unit, organization_id: UUID, name: str, *, description: str = "", private: bool = True) -> Model:
    """Create a model; a name taken raises Conflict."""
    unit.admit(organization_id)
    claim(unit, Model, name, in_organization(Model, organization_id))
    return unit.add(Model(organization_id=organization_id, name=name, description=description, private=private))


def readable(unit: Unit, model_id: UUID) -> Model:
    """Return a model that may be read: one within reach, or a public one."""
    row = unit.session.get(Model, model_id)
    return row if row is not None and not row.private else unit.find(Model, model_id)


def readable_version(unit: Unit, version_id: UUID) -> ModelVersion:
    """Return a version of a model that may be read."""
    row = unit.session.get(ModelVersion, version_id)
    return row if row is not None and not row.model.private else unit.find(ModelVersion, version_id)


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> Model:
    """Return the model of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, Model, name, in_organization(Model, organization_id))


def list_page(unit: Unit, organization_id: UUID, request: PageRequest) -> Page[Model]:
    """Return a page of an organisation's models."""
    unit.admit(organization_id)
    return paged(unit, select(Model).where(in_organization(Model, organization_id)), Model, request)


def find_public(unit: Unit, name: str) -> Model:
    """Return the oldest public model of that name, whoever owns it, or raise NotFound."""
    rows = select(Model).where(Model.private.is_(False), Model.name == name).order_by(Model.id).limit(1)
    model = unit.session.scalar(rows)
    if model is None:
        raise NotFound(f"There is no public model named '{name}'.")
    return model


def list_public(unit: Unit, request: PageRequest) -> Page[Model]:
    """Return a page of the public models of all organisations."""
    return paged(unit, select(Model).where(Model.private.is_(False)), Model, request)


def update(unit: Unit, model: Model, *, name: str | None, description: str | None) -> None:
    """Change what is given; a name taken raises Conflict."""
    if name is not None:
        owned = in_organization(Model, model.organization_id)
        model.name = claim(unit, Model, name, owned, holder=model)
    if description is not None:
        model.description = description


def delete(unit: Unit, model: Model) -> None:
    """Remove a model with its versions; one that is deployed raises Conflict."""
    for version in unit.session.scalars(select(ModelVersion).where(ModelVersion.model_id == model.id)):
        delete_version(unit, version)
    tags.strip(unit, [model.id])
    unit.session.flush()
    unit.session.delete(model)


def create_version(unit: Unit, model: Model, release: Release) -> ModelVersion:
    """Release a version under the next number; a name taken within the model raises Conflict."""
    number, model.next_version = model.next_version, model.next_version + 1
    model.type, model.framework = release.type, release.framework
    facts = {key: value for key, value in vars(release).items() if key != "name"}
    name = claim(unit, ModelVersion, release.name or f"version-{number}", ModelVersion.model_id == model.id)
    return unit.add(
        ModelVersion(organization_id=model.organization_id, model_id=model.id, version=number, name=name, **facts)
    )


def find_version(unit: Unit, model: Model, *, name: str | None = None, number: int | None = None) -> ModelVersion:
    """Return the version of that name, or else of that number; `latest` is the newest where none is called so.

    Raises:
        NotFound: when there is none.
    """
    rows = select(ModelVersion).where(ModelVersion.model_id == model.id)
    wanted = rows.where(ModelVersion.name == name) if name else rows.where(ModelVersion.version == number)
    version = unit.session.scalar(wanted)
    if version is None and name == NEWEST:
        version = unit.session.scalar(rows.order_by(ModelVersion.version.desc()).limit(1))
    if version is None:
        raise NotFound(f"The model '{model.name}' has no version '{name or number}'.")
    return version


def list_versions(unit: Unit, model: Model, request: PageRequest) -> Page[ModelVersion]:
    """Return a page of a model's versions."""
    rows = select(ModelVersion).where(ModelVersion.model_id == model.id)
    return paged(unit, rows, ModelVersion, request)


def update_version(unit: Unit, version: ModelVersion, changes: Mapping[str, object]) -> None:
    """Change the given columns of a version.

    Raises:
        Conflict: when the name is taken within the model, or the type would no longer be that of a deployment.
    """
    if changes.get("type", version.type) is not version.type:
        _require_free(unit, version)
    name = changes.get("name")
    if isinstance(name, str):
        claim(unit, ModelVersion, name, ModelVersion.model_id == version.model_id, holder=version)
    for column, value in changes.items():
        setattr(version, column, value)


def delete_version(unit: Unit, version: ModelVersion) -> None:
    """Remove a version with its files.

    Raises:
        Conflict: while it is a deployment's champion or shadow.
    """
    _require_free(unit, version)
    for file in files(unit, version):
        delete_file(unit, file)
    unit.session.execute(sql_delete(ModelContext).where(ModelContext.model_version_id == version.id))
    tags.strip(unit, [version.id])
    unit.session.delete(version)


def add_file(unit: Unit, version: ModelVersion, new: NewFile) -> ModelFile:
    """Let a stored object be a version's file; a name taken within the version raises Conflict."""
    claim(unit, ModelFile, new.name, ModelFile.model_version_id == version.id)
    return unit.add(ModelFile(organization_id=version.organization_id, model_version_id=version.id, **vars(new)))


def files(unit: Unit, version: ModelVersion) -> Sequence[ModelFile]:
    """Return a version's files, oldest first."""
    rows = select(ModelFile).where(ModelFile.model_version_id == version.id).order_by(ModelFile.id)
    return unit.session.scalars(rows).all()


def delete_file(unit: Unit, file: ModelFile) -> None:
    """Take a file off its version, and its bytes out of storage unless something else names them too."""
    unit.session.delete(file)
    sharing.release(unit, file.organization_id, [file.object_name])


def find_file(unit: Unit, version: ModelVersion, name: str) -> ModelFile:
    """Return the file of that name, or raise NotFound."""
    return find_named(unit, ModelFile, name, ModelFile.model_version_id == version.id)


def record_context(
    unit: Unit,
    version: ModelVersion,
    *,
    versions: Mapping[str, DatasetVersion],
    parameters: Json,
    experiment_id: UUID | None = None,
    repartitions: Mapping[str, Mapping[str, int]] | None = None,
) -> ModelContext:
    """Record what a version was made from: dataset versions by alias, parameters, label counts by alias."""
    counts = repartitions or {}
    datas: list[Json] = [
        {
            "id": str(used.dataset_id),
            "name": alias,
            "version_id": str(used.id),
            "repartition": dict(counts.get(alias, {})),
        }
        for alias, used in versions.items()
    ]
    return unit.add(
        ModelContext(model_version_id=version.id, experiment_id=experiment_id, datas=datas, parameters=parameters)
    )


def context(unit: Unit, version: ModelVersion) -> ModelContext:
    """Return what a version was made from, or raise NotFound where nobody recorded it."""
    rows = select(ModelContext).where(ModelContext.model_version_id == version.id)
    row = unit.session.scalar(rows)
    if row is None:
        raise NotFound(f"Nothing is recorded about how '{version.name}' was made.")
    return row


def _require_free(unit: Unit, version: ModelVersion) -> None:
    slots = or_(Deployment.model_version_id == version.id, Deployment.shadow_model_version_id == version.id)
    holder = unit.session.scalar(select(Deployment.name).where(slots).limit(1))
    if holder is not None:
        raise Conflict(f"The version '{version.name}' of '{version.model.name}' is deployed by '{holder}'.")
