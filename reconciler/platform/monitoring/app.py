"""The monitoring service's ASGI app (called oracle in the wire protocol)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from reconciler.platform import envelope
from reconciler.platform.auth import Pass, bearer
from reconciler.platform.login import Credentials, Login, Opened, log_in
from reconciler.platform.monitoring import ingest, statistics
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import InferenceType


class KnownDeployment(BaseModel):
    """What the monitoring service knows of a deployment."""

    id: UUID
    name: str
    type: InferenceType
    model_version_id: UUID
    shadow_model_version_id: UUID | None


class Information(BaseModel):
    """The envelope of a deployment's information."""

    deployment: KnownDeployment


def build() -> FastAPI:
    """Build the app; it serves whichever platform a request is sent to."""
    app = FastAPI(
        title="Monitoring",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=envelope.ERRORS,
        strict_content_type=False,
    )
    envelope.install(app)
    app.post("/api/auth/login", tags=["login"])(log_into_monitoring)
    app.get("/api/deployment/{deployment_id}", tags=["deployments"])(retrieve_information)
    app.include_router(ingest.router)
    app.include_router(statistics.router)
    return app


async def log_into_monitoring(context: Opened, body: Credentials) -> Login:
    """Exchange an API token and a deployment for a one-hour JWT."""
    return await log_in(context, "monitoring", body)


def retrieve_information(
    context: Opened, granted: Annotated[Pass, Depends(bearer("monitoring"))], deployment_id: UUID
) -> Information:
    """Say what the monitoring service knows of a deployment."""
    granted.admit(deployment_id)
    with context.store.read(granted.actor) as unit:
        row = unit.find(Deployment, deployment_id)
        return Information(deployment=KnownDeployment.model_validate(row, from_attributes=True))
