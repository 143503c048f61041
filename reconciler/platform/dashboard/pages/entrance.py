"""Signing in with an API token, and out again."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.context import context_of
from reconciler.platform.dashboard.rendering import render_outside
from reconciler.platform.dashboard.security import demand_same_origin
from reconciler.platform.dashboard.session import forget, keep, open_session, session_of
from reconciler.platform.dashboard.visit import CSRF_FIELD, see
from reconciler.platform.store.faults import Unauthenticated
from reconciler.platform.store.organizations import digest

_TEMPLATE = "sign-in.html"
_UNAUTHORIZED = 401


async def ask(request: Request) -> Response:
    """Ask for an API token."""
    return render_outside(request, _TEMPLATE, next=_way_back(request.query_params.get("next", "")), error=None)


async def sign_in(request: Request) -> Response:
    """Open a session for whoever holds a known API token."""
    demand_same_origin(request)
    async with request.form() as form:
        back = _way_back(str(form.get("next", "")))
        key = digest(str(form.get("token", "")).strip())
    context = context_of(request)
    # Guessing costs its sender what asking costs, whoever they are.
    context.pace.take(f"sign-in {request.client.host if request.client else ''}")
    try:
        await run_in_threadpool(context.recognition.look_up, key)
    except Unauthenticated as error:
        return render_outside(request, _TEMPLATE, status=_UNAUTHORIZED, next=back, error=error.message)
    response = see(back)
    keep(open_session(key), request, response)
    return response


async def sign_out(request: Request) -> Response:
    """End this browser's session."""
    demand_same_origin(request)
    session = session_of(request)
    if session is not None:
        async with request.form() as form:
            session.admit(str(form.get(CSRF_FIELD, "")))
    response = see("/sign-in")
    forget(response)
    return response


routes = [
    Route("/sign-in", ask, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]


def _way_back(told: str) -> str:
    """Return where to go after signing in: a path of ours, whatever was told."""
    # `//host` and `/\host` are other hosts to a browser.
    is_ours = told.startswith("/") and told[1:2] not in ("/", "\\") and told.isprintable()
    return told if is_ours else "/"
