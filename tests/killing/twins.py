"""A platform on which two deployments may have the same name: a mask before one that does not allow it.

Behind the mask every new name gets a tail that is its own; before it nobody ever sees one.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.killing.front import Answered, Asked

TAIL: Final = re.compile("~twin[0-9]+")
_CREATES: Final = re.compile(r"/api/organization/[^/]+/deployments")
_RENAMES: Final = re.compile(r"/api/deployment/[^/]+")
_FINDS: Final = re.compile(r"/api/organization/[^/]+/deployments/find")


def bare(name: str) -> str:
    """Return a name as everybody sees it."""
    return TAIL.sub("", name)


@dataclass
class Twins:
    """The mask.

    Attributes:
        names: Returns the name of every deployment behind it, oldest first.
    """

    names: Callable[[], Sequence[str]]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def inwards(self, asked: Asked) -> Asked:
        """Return a request as the platform gets it."""
        path = urlsplit(asked.target).path
        if asked.method == "GET" and _FINDS.fullmatch(path):
            return self._found(asked)
        if (asked.method == "POST" and _CREATES.fullmatch(path)) or (
            asked.method == "PATCH" and _RENAMES.fullmatch(path)
        ):
            return self._named(asked)
        return asked

    @staticmethod
    def outwards(answered: Answered) -> Answered:
        """Return an answer as the client gets it."""
        return replace(answered, body=TAIL.sub("", answered.body.decode()).encode())

    def _found(self, asked: Asked) -> Asked:
        path, _, query = asked.target.partition("?")
        (wanted,) = parse_qs(query)["name"]
        real = next((name for name in self.names() if bare(name) == wanted), wanted)
        return replace(asked, target=f"{path}?name={quote(real)}")

    def _named(self, asked: Asked) -> Asked:
        told = json.loads(asked.body)
        if "name" not in told:
            return asked
        body = json.dumps({**told, "name": f"{told['name']}~twin{next(self._numbers)}"}).encode()
        kept = tuple(pair for pair in asked.headers if pair[0] != b"content-length")
        return replace(asked, body=body, headers=(*kept, (b"content-length", str(len(body)).encode())))
