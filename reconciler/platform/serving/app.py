"""The serving service's ASGI app."""

from fastapi import FastAPI

from reconciler.platform import envelope
from reconciler.platform.login import Credentials, Login, Opened, log_in


def build() -> FastAPI:
    """Build the app; it serves whichever platform a request is sent to."""
    app = FastAPI(
        title="Serving",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=envelope.ERRORS,
        strict_content_type=False,
    )
    envelope.install(app)
    app.post("/api/login", tags=["login"])(log_into_serving)
    return app


async def log_into_serving(context: Opened, body: Credentials) -> Login:
    """Exchange an API token and a deployment for a one-hour JWT."""
    return await log_in(context, "serving", body)
