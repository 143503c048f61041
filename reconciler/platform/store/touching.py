"""When a deployment's settings last changed."""

from reconciler.platform.store.tables.base import after
from reconciler.platform.store.tables.deployments import Deployment


def touch(deployment: Deployment) -> None:
    """Say that a setting of this deployment changed just now; later than any change before."""
    deployment.updated_at = after(deployment.updated_at)
