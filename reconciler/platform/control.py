"""The control service's ASGI app: every route of the platform itself, under `/api`."""

from fastapi import FastAPI

from reconciler.platform import envelope, late
from reconciler.platform.links import PREFIX
from reconciler.platform.routes import (
    alerts,
    annotations,
    artifacts,
    assets,
    continuous_deployment,
    continuous_training,
    data,
    datalakes,
    dataset_versions,
    datasets,
    evaluations,
    existence,
    experiments,
    feedback_loop,
    jobs,
    label_groups,
    loggings,
    logs,
    model_versions,
    models,
    objects,
    organizations,
    predicted_assets,
    projects,
    registry,
    settings,
    shapes,
    sources,
    storage,
    tags,
    training_data,
    version_annotations,
)
from reconciler.platform.settings import Report

_DESCRIPTION = """
Every route is also served under `/sdk`, as releases of the SDK before 6.17 call it.

The method `XGET`, a GET with a JSON body, has no place in OpenAPI. It is served on
`/api/datalake/{datalake_id}/datas` and `/api/dataset/version/{version_id}/assets` (body: one of `ids`, `object_names`,
`filenames`, `filename_startswith`, `data_ids`, with `upload_statuses`, `types` and `q`), and on
`/api/dataset/version/{version_id}/bulk-labels` (body: `names`; labels that are missing are created), and on
`/api/dataset/version/{version_id}/annotations` (body: a list of annotation ids; answered by a list of annotations with
their shapes, newest first).
"""

_EVERYWHERE = (
    organizations,
    registry,
    model_versions,
    datasets,
    dataset_versions,
    version_annotations,
    label_groups,
    assets,
    annotations,
    shapes,
    datalakes,
    data,
    objects,
    projects,
    experiments,
    logs,
    artifacts,
    loggings,
    evaluations,
    tags,
    sources,
    jobs,
    existence,
    settings,
    models,
    training_data,
    feedback_loop,
    continuous_training,
    continuous_deployment,
    predicted_assets,
)

# What the official SDK does not know: served only by a platform that announces it.
_EXTRAS = (settings, models, continuous_training, predicted_assets, alerts)


def build(report: Report) -> FastAPI:
    """Build the app; it serves whichever platform a request is sent to."""
    app = FastAPI(
        title="Control",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        strict_content_type=False,
    )
    envelope.install(app)
    routers = [room.router for room in _EVERYWHERE]
    if report == "full":
        routers += [room.extra for room in _EXTRAS]
    late.serve(app, routers, prefix="/api", responses=envelope.ERRORS)
    late.serve(app, [storage.router], prefix=PREFIX, responses=envelope.ERRORS)
    return app
