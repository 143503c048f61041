"""The whole schema in one place: importing this module registers every table."""

from reconciler.platform.store.tables import (
    data,
    datasets,
    deployments,
    jobs,
    models,
    organizations,
    predictions,
    projects,
    tags,
)
from reconciler.platform.store.tables.base import Row

TABLES = (data, datasets, deployments, jobs, models, organizations, predictions, projects, tags)
METADATA = Row.metadata
