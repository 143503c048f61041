"""How many requests a run took, by what they were for: `7 requests: 1 list, 4 references, 2 others`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from reconciler.render.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

_PURPOSES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("write", re.compile(r"^(POST|PUT|PATCH|DELETE) ")),
    ("connection", re.compile(r"^GET /api/(home/ping|organizations/find|organization/\{[^/]*\}$)")),
    ("list", re.compile(r"^GET /api/organization/\{[^/]*\}/deployments$")),
    ("look-up", re.compile(r"^GET /api/organization/\{[^/]*\}/deployments/find$")),
    ("detail", re.compile(r"^GET /api/deployment/")),
    ("reference", re.compile(r"^X?GET ")),
)
"""What a route template is for; the first match counts."""


def requests_line(requests: Mapping[str, int]) -> str:
    """Return one sentence about requests counted by route template, such as `GET /api/deployment/{id}`."""
    purposes: Counter[str] = Counter()
    for route, number in requests.items():
        purposes[_purpose(route)] += number
    order = [name for name, _ in _PURPOSES] + ["other"]
    parts = [counted(purposes[name], name) for name in order if purposes[name]]
    total = counted(sum(purposes.values()), "request")
    return f"{total}: {', '.join(parts)}." if parts else f"{total}."


def _purpose(route: str) -> str:
    return next((name for name, pattern in _PURPOSES if pattern.match(route)), "other")
