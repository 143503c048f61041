"""Artifacts: stored objects that an experiment made or was given."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import objects, sharing
from reconciler.platform.store.models import NewFile
from reconciler.platform.store.names import claim, find_named, named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.experiments import Artifact, Experiment
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit


def create(unit: Unit, experiment: Experiment, new: NewFile) -> Artifact:
    """Let a stored object be an experiment's artifact; a name taken within it raises Conflict."""
    objects.check_name(new.object_name)
    claim(unit, Artifact, new.name, Artifact.experiment_id == experiment.id)
    return unit.add(Artifact(organization_id=experiment.organization_id, experiment_id=experiment.id, **vars(new)))


def put(unit: Unit, experiment: Experiment, new: NewFile) -> Artifact:
    """Let a stored object be an experiment's artifact of that name, in place of one that is."""
    held = named(unit, Artifact, new.name, Artifact.experiment_id == experiment.id)
    if held is None:
        return create(unit, experiment, new)
    update(unit, held, vars(new))
    return held


def find(unit: Unit, experiment: Experiment, name: str) -> Artifact:
    """Return the artifact of that name, or raise NotFound."""
    return find_named(unit, Artifact, name, Artifact.experiment_id == experiment.id)


def of_experiment(unit: Unit, experiment: Experiment) -> Sequence[Artifact]:
    """Return an experiment's artifacts, oldest first."""
    rows = select(Artifact).where(Artifact.experiment_id == experiment.id).order_by(Artifact.id)
    return unit.session.scalars(rows).all()


def list_page(unit: Unit, experiment: Experiment, request: PageRequest) -> Page[Artifact]:
    """Return a page of an experiment's artifacts."""
    return paged(unit, select(Artifact).where(Artifact.experiment_id == experiment.id), Artifact, request)


def update(unit: Unit, artifact: Artifact, changes: Mapping[str, object]) -> None:
    """Change the given columns; a name taken raises Conflict. Bytes that nothing names any more go."""
    former, name, place = artifact.object_name, changes.get("name"), changes.get("object_name")
    if isinstance(name, str):
        claim(unit, Artifact, name, Artifact.experiment_id == artifact.experiment_id, holder=artifact)
    if isinstance(place, str):
        objects.check_name(place)
    for column, value in changes.items():
        setattr(artifact, column, value)
    if artifact.object_name != former:
        sharing.release(unit, artifact.organization_id, [former])


def delete(unit: Unit, experiment: Experiment, artifact_ids: Sequence[UUID] | None) -> None:
    """Remove artifacts of an experiment (None: all), and bytes that nothing names any more; unknown ids are fine."""
    rows = select(Artifact).where(Artifact.experiment_id == experiment.id)
    chunks = [rows] if artifact_ids is None else [rows.where(Artifact.id.in_(chunk)) for chunk in chunked(artifact_ids)]
    found = [artifact for chunk in chunks for artifact in unit.session.scalars(chunk)]
    for artifact in found:
        unit.session.delete(artifact)
    sharing.release(unit, experiment.organization_id, [artifact.object_name for artifact in found])
