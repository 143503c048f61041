"""Whatever is sent to whichever route, the platform answers; it never fails."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platform.probing import Probe, belongings, probes

if TYPE_CHECKING:
    from tests.platform.api import Api

pytestmark = pytest.mark.anyio

NASTY = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        2**31,
        2**63,
        10**400,
        1e308,
        -0.0,
        "",
        " ",
        "x" * 300,
        "x" * 200_000,
        "a\x00b",
        "\x7f",
        "é\u2028😀",
        "../../etc/passwd",
        "'; DROP TABLE data; --",
        "00000000-0000-0000-0000-000000000000",
        "latest",
        [],
        {},
        [None],
        {"ids": None},
        {"": {"": [[]]}},
        {"a\x00": 1},
    ]
)


@dataclass(frozen=True, repr=False)
class Routes:
    """One valid request to every route, by name."""

    probes: tuple[tuple[str, Probe], ...]


@pytest.fixture(scope="module")
async def routes(api: Api) -> Routes:
    document = (await api.client.get("/openapi.json")).json()
    found = probes(document, await belongings(api))
    # What takes no body and deletes would leave nothing to send the rest to.
    return Routes(tuple((route, probe) for route, probe in found if probe.has_body or probe.method != "delete"))


QUERY = ["limit", "offset", "order_by", "cursor", "q", "name", "id", "version", "custom_metadata"]


def spoilt(probe: Probe, where: str, value: object, place: int) -> Probe:
    """Return a probe with one thing replaced: its body, the part of it at `place`, or a query parameter."""
    if where == "body" and probe.has_body:
        return replace(probe, body=value)
    if where == "part" and isinstance(probe.body, dict) and probe.body:
        key = sorted(probe.body)[place % len(probe.body)]
        return replace(probe, body={**probe.body, key: value})
    if where == "part" and probe.has_body:
        return replace(probe, body=[value])
    names = [*QUERY, *probe.query]
    # The client itself refuses longer URLs.
    text = (value if isinstance(value, str) else json.dumps(value))[:10_000]
    return replace(probe, query={**probe.query, names[place % len(names)]: text})


wheres = st.sampled_from(["body", "part", "query"])


@given(route=st.integers(0, 10_000), where=wheres, value=NASTY, place=st.integers(0, 20))
async def test_no_request_makes_the_platform_fail(
    api: Api, routes: Routes, *, route: int, where: str, value: object, place: int
) -> None:
    _, probe = routes.probes[route % len(routes.probes)]
    assert await spoilt(probe, where, value, place).send(api) < 500


async def test_every_route_survives_every_nasty_body(api: Api, routes: Routes) -> None:
    for route, probe in routes.probes:
        for value in (None, [], {}, [None], {"ids": ["x"]}, "x", 10**400):
            if probe.has_body:
                assert await replace(probe, body=value).send(api) < 500, (route, value)
