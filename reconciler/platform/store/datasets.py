"""Datasets, their versions and labels."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from reconciler.platform.store import exported, tags
from reconciler.platform.store.faults import Conflict, Locked, NotFound
from reconciler.platform.store.kinds import require_convertible
from reconciler.platform.store.names import claim, find_named, in_organization
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.annotations import AnnotatedShape, LabelGroup
from reconciler.platform.store.tables.datasets import Asset, Dataset, DatasetVersion, Label
from reconciler.platform.store.tables.deployments import FeedbackDataset, TrainingData, TrainingDataset
from reconciler.platform.store.tables.projects import ProjectDataset
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import InferenceType

_Holder = tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[UUID], str]

# What keeps a dataset version from being deleted, and how to say so.
_HOLDERS: tuple[_Holder, ...] = (
    (FeedbackDataset.deployment_id, FeedbackDataset.dataset_version_id, "a feedback loop"),
    (TrainingDataset.deployment_id, TrainingDataset.dataset_version_id, "a continuous training"),
    (TrainingData.deployment_id, TrainingData.dataset_version_id, "a training-data reference"),
)


def create(unit: Unit, organization_id: UUID, name: str, *, description: str = "") -> Dataset:
    """Create a dataset; a name taken raises Conflict."""
    unit.admit(organization_id)
    claim(unit, Dataset, name, in_organization(Dataset, organization_id))
    return unit.add(Dataset(organization_id=organization_id, name=name, description=description))


def find_by_name(unit: Unit, organization_id: UUID, name: str) -> Dataset:
    """Return the dataset of that name, or raise NotFound."""
    unit.admit(organization_id)
    return find_named(unit, Dataset, name, in_organization(Dataset, organization_id))


def list_page(unit: Unit, organization_id: UUID, request: PageRequest) -> Page[Dataset]:
    """Return a page of an organisation's datasets."""
    unit.admit(organization_id)
    return paged(unit, select(Dataset).where(in_organization(Dataset, organization_id)), Dataset, request)


def update(unit: Unit, dataset: Dataset, *, name: str | None, description: str | None) -> None:
    """Change what is given; a name taken raises Conflict."""
    if name is not None:
        owned = in_organization(Dataset, dataset.organization_id)
        dataset.name = claim(unit, Dataset, name, owned, holder=dataset)
    if description is not None:
        dataset.description = description


def delete(unit: Unit, dataset: Dataset) -> None:
    """Remove a dataset with its versions; one whose version is in use raises Conflict."""
    for version in unit.session.scalars(select(DatasetVersion).where(DatasetVersion.dataset_id == dataset.id)):
        delete_version(unit, version)
    tags.strip(unit, [dataset.id])
    unit.session.flush()
    unit.session.delete(dataset)


def create_version(
    unit: Unit,
    dataset: Dataset,
    version: str,
    *,
    type: InferenceType = InferenceType.NOT_CONFIGURED,  # noqa: A002  (the wire's word)
    description: str = "",
) -> DatasetVersion:
    """Create a version; a name taken within the dataset raises Conflict."""
    _claim_version(unit, dataset.id, version)
    return unit.add(
        DatasetVersion(
            organization_id=dataset.organization_id,
            dataset_id=dataset.id,
            version=version,
            type=type,
            description=description,
        )
    )


def find_version(unit: Unit, dataset: Dataset, version: str) -> DatasetVersion:
    """Return the version of that name, or raise NotFound; no name is special."""
    row = _version(unit, dataset.id, version)
    if row is None:
        raise NotFound(f"The dataset '{dataset.name}' has no version '{version}'.")
    return row


def version_of(unit: Unit, dataset: Dataset, version_id: UUID) -> DatasetVersion:
    """Return a dataset's version of that id, or raise NotFound."""
    row = unit.find(DatasetVersion, version_id)
    if row.dataset_id != dataset.id:
        raise NotFound(f"The dataset '{dataset.name}' has no version {version_id}.")
    return row


def list_versions(unit: Unit, dataset: Dataset, request: PageRequest) -> Page[DatasetVersion]:
    """Return a page of a dataset's versions."""
    rows = select(DatasetVersion).where(DatasetVersion.dataset_id == dataset.id)
    return paged(unit, rows, DatasetVersion, request)


def update_version(
    unit: Unit,
    row: DatasetVersion,
    *,
    version: str | None = None,
    description: str | None = None,
    type: InferenceType | None = None,  # noqa: A002  (the wire's word)
) -> None:
    """Change what is given.

    Raises:
        Conflict: when the name is taken, or the type would no longer be that of a feedback loop it is attached to, or
            that of the annotations it holds.
    """
    require_unlocked(row)
    if version is not None and version != row.version:
        _claim_version(unit, row.dataset_id, version)
        row.version = version
    if description is not None:
        row.description = description
    if type is not None and type is not row.type:
        _require_free(unit, row, "change its type", _HOLDERS[:1])
        require_convertible(unit, row, type)
        row.type = type


def delete_version(unit: Unit, version: DatasetVersion) -> None:
    """Remove a version with its labels, tags, assets, annotations and exported files; the data stay.

    Raises:
        Conflict: while a deployment's pipeline uses it.
        Locked: while it is locked.
    """
    require_unlocked(version)
    _require_free(unit, version, "delete it", _HOLDERS)
    exported.discard(unit, version)
    assets = list(unit.session.scalars(select(Asset.id).where(Asset.dataset_version_id == version.id)))
    tags.strip(unit, [*assets, version.id])
    tags.drop_scope(unit, version.id)
    for table in (Asset, Label, ProjectDataset):
        unit.session.execute(sql_delete(table).where(table.dataset_version_id == version.id))
    unit.session.delete(version)


def require_unlocked(version: DatasetVersion) -> None:
    """Raise Locked when a version takes no writes."""
    if version.locked:
        raise Locked(f"The version '{version.version}' of '{version.dataset.name}' is locked.")


def create_label(unit: Unit, version: DatasetVersion, name: str) -> Label:
    """Create a label; a name taken within the version raises Conflict."""
    require_unlocked(version)
    claim(unit, Label, name, Label.dataset_version_id == version.id)
    return unit.add(Label(organization_id=version.organization_id, dataset_version_id=version.id, name=name))


def ensure_labels(unit: Unit, version: DatasetVersion, names: Sequence[str]) -> list[Label]:
    """Return the labels of these names, in their order, creating those that are missing."""
    known = {label.name: label for label in labels(unit, version)}
    for name in names:
        if name not in known:
            known[name] = create_label(unit, version, name)
    return [known[name] for name in names]


def labels(unit: Unit, version: DatasetVersion) -> Sequence[Label]:
    """Return a version's labels, oldest first."""
    rows = select(Label).where(Label.dataset_version_id == version.id).order_by(Label.id)
    return unit.session.scalars(rows).all()


def find_label(unit: Unit, version: DatasetVersion, name: str) -> Label:
    """Return the label of that name, or raise NotFound."""
    return find_named(unit, Label, name, Label.dataset_version_id == version.id)


def update_label(unit: Unit, label: Label, *, name: str | None, group_id: UUID | None) -> None:
    """Change what is given; a name taken within the version raises Conflict."""
    require_unlocked(label.version)
    if name is not None:
        same = Label.dataset_version_id == label.dataset_version_id
        label.name = claim(unit, Label, name, same, holder=label)
    if group_id is not None:
        _require_group(unit, label, group_id)
        label.group_id = group_id


def delete_label(unit: Unit, label: Label) -> None:
    """Remove a label; one that shapes carry raises Conflict."""
    require_unlocked(label.version)
    carriers = select(AnnotatedShape.id).where(AnnotatedShape.label_id == label.id)
    if unit.session.scalar(carriers.limit(1)) is not None:
        raise Conflict(f"The label '{label.name}' is on shapes: delete or relabel them first.")
    unit.session.delete(label)


def _require_group(unit: Unit, label: Label, group_id: UUID) -> None:
    if unit.find(LabelGroup, group_id).dataset_version_id != label.dataset_version_id:
        raise NotFound(f"There is no label group {group_id} in this dataset version.")


def _version(unit: Unit, dataset_id: UUID, version: str) -> DatasetVersion | None:
    return unit.session.scalar(
        select(DatasetVersion).where(DatasetVersion.dataset_id == dataset_id, DatasetVersion.version == version)
    )


def _claim_version(unit: Unit, dataset_id: UUID, version: str) -> None:
    if _version(unit, dataset_id, version) is not None:
        raise Conflict(f"This dataset already has a version '{version}'.")


def _require_free(
    unit: Unit,
    version: DatasetVersion,
    wish: str,
    holders: Sequence[_Holder],
) -> None:
    for deployment, column, what in holders:
        if unit.session.scalar(select(deployment).where(column == version.id).limit(1)) is not None:
            raise Conflict(f"The version '{version.version}' is used by {what}: detach it to {wish}.")
