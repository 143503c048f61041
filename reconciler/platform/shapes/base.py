"""What wire objects are made of: names, free text, JSON values that every database can keep."""

import math
import re
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

# Control characters would be invisible in lists and logs; NUL cannot be stored by every database.
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]
# It becomes a header of the download.
ContentType = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
ObjectName = Annotated[str, StringConstraints(min_length=1, max_length=1024)]

T = TypeVar("T")

# Far beyond any real parameter, and well within what every JSON reader can follow.
_DEEPEST = 64
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Shape(BaseModel):
    """A reply."""

    model_config = ConfigDict(from_attributes=True)


class Request(BaseModel):
    """A request body; keys it does not know are ignored, as newer clients may send more."""


class StrictRequest(BaseModel):
    """A request body in which an unknown key is an error: a setting that is not understood must not be swallowed."""

    model_config = ConfigDict(extra="forbid")


def _check(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"values must not be nested deeper than {_DEEPEST} levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("numbers must be finite")
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        raise ValueError("texts must not contain NUL or lone surrogates")


def storable(value: T) -> T:
    """Return a JSON value of any form that every database can keep; anything else raises ValueError."""
    _check(value, 0)
    return value


JsonObject = Annotated[dict[str, object], AfterValidator(storable)]
StorableValue = Annotated[dict[str, object] | list[object] | str | bool | int | float, AfterValidator(storable)]


class Ids(BaseModel):
    """Identifiers, as clients from 6.17 on send them; older ones send a bare list."""

    ids: list[UUID]


class IdsOrEverything(BaseModel):
    """Identifiers, wrapped, or `["__all__"]`."""

    ids: list[UUID] | list[Literal["__all__"]]


IdsOrAll = IdsOrEverything | list[UUID] | list[Literal["__all__"]]
IdsOrList = Ids | list[UUID]


def ids_of(body: IdsOrList) -> list[UUID]:
    """Return the identifiers of either form."""
    return body.ids if isinstance(body, Ids) else body


def chosen(body: IdsOrAll) -> list[UUID] | None:
    """Return the identifiers of either form, or None for everything."""
    ids = body.ids if isinstance(body, IdsOrEverything) else body
    wanted = [identifier for identifier in ids if isinstance(identifier, UUID)]
    return None if len(wanted) < len(ids) else wanted
