"""The whole schema in one place: importing this module registers every table."""

from reconciler.platform.store.tables import (
    annotations,
    data,
    datasets,
    deployments,
    experiments,
    facets,
    jobs,
    models,
    monitoring,
    organizations,
    pipelines,
    predictions,
    projects,
    tags,
)
from reconciler.platform.store.tables.base import Row

TABLES = (
    annotations,
    data,
    datasets,
    deployments,
    experiments,
    facets,
    jobs,
    models,
    monitoring,
    organizations,
    pipelines,
    predictions,
    projects,
    tags,
)
METADATA = Row.metadata
