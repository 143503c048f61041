"""Drift of a deployment: a fair sample of its images against its training data."""

from reconciler.platform.intake.measuring import FEATURES
from reconciler.platform.monitoring import drift
from reconciler.platform.monitoring.arrays import features_of
from reconciler.platform.monitoring.single import reference_of
from reconciler.platform.shapes.statistics import DriftingFeature, DriftStats
from reconciler.platform.store import observed
from reconciler.platform.store.scopes import Scope
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit

_UNITS = dict(zip(FEATURES, (*["grey levels"] * 7, "pixels²", "1"), strict=True))


def drift_stats(unit: Unit, deployment: Deployment, scope: Scope) -> DriftStats:
    """Test each feature of production against the training data."""
    reference = reference_of(unit, deployment)
    sampled = observed.sample(unit, deployment.id, scope, drift.SAMPLE)
    told = DriftStats(
        drifting=None,
        reason=None,
        risk=drift.RISK,
        reference_images=len(reference.features) if reference else 0,
        production_images=len(sampled),
        features=[],
    )
    if reference is None:
        return told.model_copy(update={"reason": "The deployment has no computed training data."})
    if not sampled:
        return told.model_copy(update={"reason": "The filters select no image that can be read."})
    found = drift.compare(reference.columns, dict(zip(FEATURES, features_of(sampled).T, strict=True)))
    features = [DriftingFeature(unit=_UNITS[each.feature], **vars(each)) for each in found]
    return told.model_copy(update={"drifting": any(each.drifting for each in found), "features": features})
