"""A route that is built when it is needed answers, refuses and documents itself as one that was built at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from reconciler.platform import late

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

RESPONSES: dict[int | str, dict[str, Any]] = {404: {"description": "There is none."}}


class Part(BaseModel):
    name: str


def part(part_id: int, word: str = "") -> Part:
    """Return a part."""
    return Part(name=f"{part_id}{word}")


def put(part_id: int, body: Part) -> Part:
    """Change a part."""
    return Part(name=f"{part_id}{body.name}")


def newest() -> Part:
    """Return the newest part."""
    return Part(name="newest")


def declare(router: APIRouter) -> None:
    router.get("/part/newest")(newest)
    router.get("/part/{part_id}")(part)
    router.patch("/part/{part_id}", status_code=202)(put)
    router.api_route("/part/{part_id}/datas", methods=["XGET"], include_in_schema=False)(part)


def built_at_once() -> FastAPI:
    app = FastAPI(strict_content_type=False)
    inner, outer = APIRouter(tags=["parts"]), APIRouter(tags=["all"])
    declare(inner)
    outer.include_router(inner, prefix="/new")
    outer.include_router(inner, prefix="/old", include_in_schema=False)
    app.include_router(outer, prefix="/api", responses=RESPONSES)
    return app


def built_late() -> FastAPI:
    app = FastAPI(strict_content_type=False)
    inner, outer = late.LateRouter(tags=["parts"]), late.LateRouter(tags=["all"])
    declare(inner)
    outer.repeat(inner, prefix="/new")
    outer.repeat(inner, prefix="/old", documented=False)
    late.serve(app, [outer], prefix="/api", responses=RESPONSES)
    return app


REQUESTS = [
    (method, f"/api/{age}/part{rest}")
    for method in ("GET", "PATCH", "XGET", "HEAD", "DELETE")
    for age in ("new", "old", "none")
    for rest in ("/newest", "/7", "/7?word=a", "/seven", "/7/", "/7/datas", "", "/7/8/9")
]


async def answers(build: Callable[[], FastAPI]) -> list[tuple[int, bytes, str | None, str | None]]:
    transport = httpx.ASGITransport(build())
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        found = [await client.request(method, path, content='{"name": "b"}') for method, path in REQUESTS]
    return [
        (reply.status_code, reply.content, reply.headers.get("allow"), reply.headers.get("location")) for reply in found
    ]


async def test_every_request_is_answered_alike() -> None:
    expected = await answers(built_at_once)
    assert {status for status, *_ in expected} == {200, 202, 307, 404, 405, 422}
    assert await answers(built_late) == expected


async def test_both_tell_the_same_in_their_documents() -> None:
    app = built_late()
    assert app.openapi()["paths"] == {}, "the routes are not built yet"
    late.build_all(app)
    app.openapi_schema = None
    assert app.openapi() == built_at_once().openapi()


async def test_a_request_builds_only_the_route_it_is_for() -> None:
    app = built_late()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x.test") as client:
        assert (await client.get("/api/new/part/7")).json() == {"name": "7"}
    routes = [route for route in app.router.routes if isinstance(route, late.LateRoute)]
    assert [route.path_format for route in routes if "built" in vars(route)] == ["/api/new/part/{part_id}"]
