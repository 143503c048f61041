"""Settings, general: name, threshold, sample rate; and which models hold the slots, since when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import GENERAL
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.shapes.deployments import DeploymentUpdate
from reconciler.platform.store import deployments, overviews
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.overviews import VersionName
from reconciler.platform.store.paging import PageRequest
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ModelCause

_NEWEST = 20
# What each column is called in manifests.
_FIELDS = {"name": "name", "min_threshold": "threshold", "sample_rate": "sampleRate"}
_CAUSES = {
    ModelCause.USER: "set",
    ModelCause.PROMOTION: "promoted",
    ModelCause.CONTINUOUS_DEPLOYMENT: "continuous deployment",
}


@dataclass(frozen=True)
class Moved:
    """One change of a slot; the version is None where it was emptied, or where the version is gone."""

    at: datetime
    role: str
    version: VersionName | None
    cause: str
    actor: str


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    slots = {deployment.model_version_id, deployment.shadow_model_version_id} - {None}
    names = overviews.version_names(unit, [identifier for identifier in slots if identifier is not None])
    shadow = deployment.shadow_model_version_id
    return {
        "deployment": deployment,
        "champion": names.get(deployment.model_version_id),
        "shadow": names.get(shadow) if shadow is not None else None,
        "history": _history(unit, deployment),
    }


def _history(unit: Unit, deployment: Deployment) -> Sequence[Moved]:
    found = deployments.history(unit, deployment, PageRequest(limit=_NEWEST)).items
    names = overviews.version_names(unit, [each.model_version_id for each in found if each.model_version_id])
    return [
        Moved(
            at=each.created_at,
            role=each.role.lower(),
            version=names.get(each.model_version_id) if each.model_version_id else None,
            cause=_CAUSES[each.cause],
            actor=each.actor,
        )
        for each in found
    ]


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Change what differs from what is set."""
    told = {"name": visit.told("name"), **{name: _number(visit, name) for name in ("min_threshold", "sample_rate")}}
    wanted = sections.parsed(DeploymentUpdate, told).settings()
    moved = [name for name in _FIELDS if getattr(wanted, name) != getattr(deployment, name)]
    for name in moved:
        sections.edit(visit, unit, deployment, _FIELDS[name])
    deployments.update(unit, deployment, wanted)
    return "Saved." if moved else "Nothing was changed."


def _number(visit: Visit, name: str) -> float:
    text = visit.told(name).replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"The {_FIELDS[name]} must be a number from 0 to 1, not '{text}'.") from None


routes = sections.routes_of(GENERAL, _values, _change)
