"""One request of a signed-in person, and the two kinds of things pages do with it: show, and act."""

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.platform.context import Context, context_of
from reconciler.platform.dashboard.security import demand_same_origin
from reconciler.platform.dashboard.session import Session, session_of
from reconciler.platform.store.faults import Forbidden, NotFound, Unauthenticated
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Actor, Unit
from reconciler.platform.store.words import TokenScope

_SEE_OTHER = 303
CSRF_FIELD = "csrf"
# Scripts send it instead of the field.
CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True)
class Visit:
    """A request, and who makes it.

    Attributes:
        form: what was sent; empty where a page is only looked at.
    """

    request: Request
    context: Context
    session: Session
    actor: Actor
    scope: TokenScope
    form: FormData

    @property
    def may_write(self) -> bool:
        """Whether the token that opened the session may change things."""
        return self.scope is TokenScope.WRITE

    @property
    def here(self) -> str:
        """The path and query of this request."""
        query = self.request.url.query
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def asked(self, name: str) -> str:
        """Return a parameter of the query, stripped; empty where it is missing."""
        return self.request.query_params.get(name, "").strip()

    def told(self, name: str) -> str:
        """Return a text field of the form, stripped; empty where it is missing."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def identifier(self, name: str) -> UUID:
        """Return a part of the path that is an id.

        Raises:
            NotFound: when it is none.
        """
        text = str(self.request.path_params[name])
        try:
            return UUID(text)
        except ValueError:
            raise NotFound(f"There is no page for '{text}'.") from None

    def deployment(self, unit: Unit) -> Deployment:
        """Return the deployment that the path names.

        Raises:
            NotFound: when there is none within reach.
        """
        return unit.find(Deployment, self.identifier("deployment_id"))

    def read(self) -> AbstractContextManager[Unit]:
        """Give a unit that changes nothing."""
        return self.context.store.read(self.actor)

    def write(self) -> AbstractContextManager[Unit]:
        """Give a unit that is committed at the end."""
        return self.context.store.write(self.actor)


Handler = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(handler: Handler) -> Endpoint:
    """Return the endpoint of a page; who is not signed in is asked to, and comes back here."""

    async def endpoint(request: Request) -> Response:
        visit = await _visit(request, FormData())
        if visit is None:
            return _to_entrance(request)
        return await run_in_threadpool(handler, visit)

    return _named(endpoint, handler)


def action(handler: Handler) -> Endpoint:
    """Return the endpoint of a form: only from our own pages, within a session that may write, with its secret."""

    async def endpoint(request: Request) -> Response:
        demand_same_origin(request)
        # Files that came with it are closed at the end.
        async with request.form() as form:
            visit = await _visit(request, form)
            if visit is None:
                return _to_entrance(request)
            visit.session.admit(request.headers.get(CSRF_HEADER) or visit.told(CSRF_FIELD))
            if not visit.may_write:
                raise Forbidden("You signed in with an API token that may only read.")
            return await run_in_threadpool(handler, visit)

    return _named(endpoint, handler)


def see(address: str) -> RedirectResponse:
    """Send the browser to another page after an action, so that loading again repeats nothing."""
    return RedirectResponse(address, _SEE_OTHER)


async def _visit(request: Request, form: FormData) -> Visit | None:
    session = session_of(request)
    if session is None:
        return None
    context = context_of(request)
    known = context.recognition.known(session.key)
    try:
        look_up = context.recognition.look_up
        actor, scope = known if known is not None else await run_in_threadpool(look_up, session.key)
    except Unauthenticated:
        return None
    context.pace.take(str(actor.user_id))
    return Visit(request, context, session, actor, scope, form)


def _to_entrance(request: Request) -> Response:
    # A form cannot be sent again after signing in: its author starts from the list.
    back = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return see(f"/sign-in?next={quote(back + query, safe='')}")


def _named(endpoint: Endpoint, handler: Handler) -> Endpoint:
    endpoint.__name__ = handler.__name__
    endpoint.__doc__ = inspect.getdoc(handler)
    return endpoint
