"""One HTTP request as a value: what would be sent, readable before anything is sent.

Everything here is pure, so that `plan --show-requests` shows exactly what `apply` sends; ids that are not known yet
stand as placeholders in braces.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.live import Json

READS: Final = frozenset({"GET", "HEAD", "XGET"})
"""Methods that change nothing; XGET is the platform's GET with a body."""

DEPLOYMENT: Final = "{deployment}"
ORGANIZATION: Final = "{organization}"

_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the platform.

    Attributes:
        route: Which operation of the API it is.
        path: The route's path with its holes filled, percent-encoded.
        purpose: What it is for, as a verb phrase that names the object.
        query: Keys and values in order; booleans are Python-cased, as the official SDK sends them.
        body: Compact JSON, or `None` for no body at all.
    """

    route: Route
    path: str
    purpose: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @property
    def method(self) -> str:
        """Upper-case verb."""
        return self.route.method

    @property
    def is_complete(self) -> bool:
        """Tell whether no placeholder is left in its path."""
        return _PLACEHOLDER.search(self.path) is None

    @property
    def payload(self) -> Json:
        """The body as JSON; `None` also where there is no body."""
        payload: Json = None if self.body is None else json.loads(self.body)
        return payload

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API.

    Attributes:
        method: Upper-case verb.
        template: Path with named holes, such as `/api/deployment/{id}/model`.
        purpose: Verb phrase with the same holes and others, such as `find model {name}`; errors quote it.
    """

    method: str
    template: str
    purpose: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def is_write(self) -> bool:
        """Tell whether a request to it may change something."""
        return self.method not in READS

    def to(
        self,
        holes: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str | int | bool | None] | None = None,
        body: Json = None,
    ) -> Request:
        """Return a request to this route.

        Args:
            holes: A value for each hole; quoted in the path, so that no id can change it. Braces stay readable.
            query: `None` values are left out.
            body: `None` for no body.
        """
        values = holes or {}
        quoted = {name: quote(value, safe="{} ") for name, value in values.items()}
        return Request(
            route=self,
            path=self.template.format_map(quoted),
            purpose=self.purpose.format_map(values),
            query=tuple(_query(query or {})),
            body=None if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(),
        )


def _query(query: Mapping[str, str | int | bool | None]) -> Iterator[tuple[str, str]]:
    # str(True) is "True", which is how the service is known to read booleans.
    return ((key, str(value)) for key, value in query.items() if value is not None)


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids an action is sent under; what is not known yet is a placeholder.

    Attributes:
        deployment: The deployment written to.
        organization: The organisation that creations happen in.
        tags: Tag name to id.
    """

    deployment: str = DEPLOYMENT
    organization: str = ORGANIZATION
    tags: Mapping[str, str] = field(default_factory=dict)

    def tag(self, name: str) -> str:
        """Return the id of a tag, or a placeholder that names it."""
        return self.tags.get(name, f"{{tag {name}}}")
