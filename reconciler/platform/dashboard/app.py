"""The dashboard's ASGI app: every page, the files they load, and how a failure looks."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reconciler.platform.dashboard import static_files, warming
from reconciler.platform.dashboard.pages import deployments, entrance, glance, images
from reconciler.platform.dashboard.pages.dashboard import page as dashboard
from reconciler.platform.dashboard.pages.predictions import page as predictions
from reconciler.platform.dashboard.pages.review import page as review
from reconciler.platform.dashboard.pages.review import waiting
from reconciler.platform.dashboard.pages.settings import (
    alerts,
    continuous_deployment,
    continuous_training,
    feedback_loop,
    general,
    training_data,
)
from reconciler.platform.dashboard.rendering import render_outside
from reconciler.platform.dashboard.security import SecureHeaders
from reconciler.platform.store.faults import Fault

PAGES = (entrance, deployments, dashboard, glance, predictions, images, waiting, review)
_SETTINGS = (general, training_data, feedback_loop, continuous_training, continuous_deployment, alerts)

_HOME = "/deployments"


def build() -> Starlette:
    """Build the app; it serves whichever platform a request is sent to."""
    warming.begin()
    return Starlette(
        routes=[
            Route("/", _home),
            *static_files.routes,
            *(route for room in (*PAGES, *_SETTINGS) for route in room.routes),
        ],
        middleware=[Middleware(SecureHeaders)],
        exception_handlers={Fault: _fault, HTTPException: _http, Exception: _bug},
    )


async def _home(_request: Request) -> Response:
    return RedirectResponse(_HOME)


async def _fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, Fault)  # noqa: S101  (Starlette hands a handler what it was registered for)
    response = _failure(request, error.status, error.message, error.detail)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (Starlette hands a handler what it was registered for)
    told = "There is no such page." if error.status_code == HTTPStatus.NOT_FOUND else f"{error.detail}."
    response = _failure(request, error.status_code, told)
    response.headers.update(error.headers or {})
    return response


async def _bug(request: Request, _error: Exception) -> Response:
    return _failure(request, HTTPStatus.INTERNAL_SERVER_ERROR, "The platform failed; its log says where.")


def _failure(request: Request, status: int, told: str, detail: list[str] | None = None) -> Response:
    values = {"title": HTTPStatus(status).phrase, "told": told, "detail": detail or []}
    return render_outside(request, "failure.html", status=status, **values)
