"""The one success shape of lists and the one error shape, and how every failure becomes the latter."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from reconciler.platform import late
from reconciler.platform.store.faults import Fault

T = TypeVar("T")


class Items(BaseModel, Generic[T]):
    """A list, or a page of one."""

    items: list[T]
    count: int = Field(description="How many items the whole list has.")


class CursorItems(Items[T], Generic[T]):
    """A page of a list that may be walked by cursor."""

    next_cursor: str | None = Field(description="Asks for the next page; null after the last.")


class Error(BaseModel):
    """What went wrong, in a sentence, and further lines where there are some."""

    message: str
    detail: list[str]


# By reference: a model for each answer of each route would make the app slow to build.
_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}

ERRORS: dict[int | str, dict[str, object]] = {
    status: {"content": _CONTENT, "description": description}
    for status, description in {
        400: "A rule of the platform says no.",
        401: "The token is missing or unknown.",
        403: "The token does not allow this.",
        404: "There is no such object within reach.",
        409: "The name, alias or state is taken.",
        413: "The request is larger than this platform takes.",
        422: "The request is not well-formed.",
        423: "The dataset version is locked.",
        429: "This caller sends too fast; `Retry-After` says when to ask again.",
    }.items()
}

BUSY: dict[int | str, dict[str, object]] = {
    503: {"content": _CONTENT, "description": "Too much work waits; `Retry-After` says when to ask again."}
}


def answer(status: int, message: str, detail: Sequence[str] = ()) -> JSONResponse:
    """Return an error as clients read it."""
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse({"message": message, "detail": list(detail)}, status, headers)


def answer_to(fault: Fault) -> JSONResponse:
    """Return a fault as clients read it."""
    response = answer(fault.status, fault.message, fault.detail)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    return response


def install(app: FastAPI) -> None:
    """Let every failure of an app leave in the one error shape, and its document tell of it."""
    app.exception_handler(Fault)(_fault)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_bug)
    describe = app.openapi

    def described() -> dict[str, Any]:
        late.build_all(app)
        document = describe()
        document["components"]["schemas"].setdefault("Error", Error.model_json_schema())
        return document

    app.__dict__["openapi"] = described


async def _fault(_request: Request, error: Fault) -> JSONResponse:
    return answer_to(error)


async def _malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
    lines = [f"{'.'.join(str(step) for step in found['loc'])}: {found['msg']}" for found in error.errors()]
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not well-formed.", lines)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    response = answer(error.status_code, f"{request.method} {request.url.path}: {error.detail}.")
    response.headers.update(error.headers or {})
    return response


async def _bug(_request: Request, _error: Exception) -> JSONResponse:
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The platform failed; its log says where.")
