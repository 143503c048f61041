"""Routes that are built when a request or the document first needs them: building one takes longer than answering."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Declared:
    """A route as it was declared.

    Attributes:
        path: Below the prefix of whoever serves it.
        endpoint: What answers.
        options: The further arguments of `APIRouter.add_api_route`.
    """

    path: str
    endpoint: Callable[..., Any]
    options: Mapping[str, Any]


class LateRouter(APIRouter):
    """A router that only notes what is declared on it; `serve` lets an app serve that."""

    def __init__(self, *, tags: Sequence[str]) -> None:
        super().__init__(tags=list(tags))
        self.declared: list[Declared] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: object) -> None:
        """Note a route; every decorator of a router ends here."""
        self.declared.append(Declared(path, endpoint, {**options, "tags": self.tags}))

    def repeat(self, router: "LateRouter", *, prefix: str, documented: bool = True) -> None:
        """Declare the routes of another router here too, below a prefix."""
        for route in router.declared:
            shown = documented and route.options.get("include_in_schema", True)
            tags = [*self.tags, *route.options["tags"]]
            options = {**route.options, "include_in_schema": shown, "tags": tags}
            self.declared.append(Declared(prefix + route.path, route.endpoint, options))


@dataclass(frozen=True)
class Served:
    """How an app serves what was declared: below a prefix, its document telling of these errors."""

    prefix: str
    responses: Mapping[int | str, dict[str, Any]]
    strict_content_type: bool


class LateRoute(BaseRoute):
    """A declared route of an app, built at the first request for it."""

    def __init__(self, declared: Declared, served: Served) -> None:
        self._declared = declared
        self._served = served
        self.path_format = served.prefix + declared.path
        self._fixed = self.path_format.partition("{")[0]
        self._methods = [method.upper() for method in declared.options.get("methods") or ("GET",)]

    @cached_property
    def _outline(self) -> Route:
        return Route(self.path_format, self._declared.endpoint, methods=self._methods)

    @cached_property
    def built(self) -> APIRoute:
        """The route itself."""
        said, served = self._declared, self._served
        router = APIRouter(
            prefix=served.prefix,
            responses=dict(served.responses),
            strict_content_type=served.strict_content_type,
        )
        router.add_api_route(said.path, said.endpoint, **said.options)
        return cast(APIRoute, router.routes[0])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is for this route, perhaps with a method that is not served."""
        # Most routes are ruled out by this, so that even their patterns are compiled only when needed.
        if scope["type"] != "http" or self._fixed not in scope["path"]:
            return Match.NONE, {}
        match, found = self._outline.matches(scope)
        return self.built.matches(scope) if match is Match.FULL else (match, found)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse its method."""
        await self.built.handle(scope, receive, send)


def serve(
    app: FastAPI, routers: Sequence[LateRouter], *, prefix: str, responses: Mapping[int | str, dict[str, Any]]
) -> None:
    """Let an app serve what was declared on routers."""
    served = Served(prefix, responses, strict_content_type=bool(app.router.strict_content_type))
    app.router.routes.extend(LateRoute(route, served) for router in routers for route in router.declared)


def build_all(app: FastAPI) -> None:
    """Build every route of an app, as its document tells of each."""
    app.router.routes[:] = [route.built if isinstance(route, LateRoute) else route for route in app.router.routes]
