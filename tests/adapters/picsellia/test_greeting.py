"""Whom we speak for is settled before anything else, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from reconciler.errors import (
    NotAuthenticated,
    NotPermitted,
    PlatformUnavailable,
    ReconcilerError,
    SettingsError,
    UnexpectedReply,
)
from reconciler.ports import Scope
from tests.adapters.picsellia.mocks import ORGANIZATION, Service, answer, connected
from tests.fakes.clock import run

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from reconciler.core.live import Snapshot
    from tests.adapters.picsellia.world import World

NOTHING = Scope((), frozenset(), whole=False)


def greeted(service: Service, organization: str | None = None, *, times: int = 1) -> Snapshot:
    async def main() -> Snapshot:
        async with connected(service, organization=organization) as connection:
            looks = [connection.observer.observe(NOTHING) for _ in range(times)]
            return (await asyncio.gather(*looks))[0]

    return run(main())


def paths(service: Service) -> list[str]:
    return [asked.url.path for asked in service.asked]


def test_the_tokens_default_organization_is_the_default() -> None:
    service = Service()
    snapshot = greeted(service)
    assert (snapshot.organization.id, snapshot.organization.label) == (ORGANIZATION, "acme")
    assert snapshot.endpoint == "https://platform.test"
    assert paths(service) == ["/api/home/ping", f"/api/organization/{ORGANIZATION}"]


def test_an_organization_is_named_by_id_or_by_name() -> None:
    other = str(UUID(int=77))
    for given in (other, other.upper(), "Other Ltd"):
        service = Service()
        service.on(
            "/api/organizations/find", lambda request: {"id": other} if request.url.params["name"] == "Other Ltd" else 0
        )
        service.on(f"/api/organization/{other}", lambda _: {"id": other, "name": "Other Ltd"})
        assert greeted(service, given).organization.id == other


def test_greeting_happens_once_however_many_ask_at_the_same_time() -> None:
    service = Service()
    greeted(service, times=5)
    assert len(service.asked) == 2


def test_a_greeting_that_failed_is_tried_again_by_the_next_who_asks() -> None:
    service = Service()
    answers = iter([answer(401), {"default_organization": ORGANIZATION}])
    service.on("/api/home/ping", lambda _: next(answers))

    async def main() -> Snapshot:
        async with connected(service) as connection:
            with pytest.raises(NotAuthenticated):
                await connection.observer.observe(NOTHING)
            return await connection.observer.observe(NOTHING)

    assert run(main()).organization.id == ORGANIZATION


@pytest.mark.parametrize("connector", [None, str(UUID(int=3))])
def test_the_organization_header_is_sent_as_the_sdk_does_only_with_a_default_connector(connector: str | None) -> None:
    service = Service()
    service.on(
        f"/api/organization/{ORGANIZATION}",
        lambda _: {"id": ORGANIZATION, "name": "acme", "default_connector_id": connector},
    )
    service.on(f"/api/organization/{ORGANIZATION}/deployments", lambda _: {"items": [], "count": 0})

    async def main() -> None:
        async with connected(service) as connection:
            await connection.observer.observe(Scope((), frozenset()))

    run(main())
    sent = [asked.headers.get("X-Picsellia-Organization") for asked in service.asked]
    assert sent == [None, None, ORGANIZATION if connector else None]


@pytest.mark.parametrize("capabilities", [None, [], ["settings", "from-the-future"]])
def test_unknown_capabilities_do_no_harm_and_missing_ones_are_none(capabilities: list[str] | None) -> None:
    service = Service()
    service.on("/api/home/ping", lambda _: {"default_organization": ORGANIZATION, "capabilities": capabilities})
    assert greeted(service).capabilities == frozenset(capabilities or ())


@pytest.mark.parametrize(
    ("path", "trouble", "organization", "expected"),
    [
        ("/api/home/ping", lambda _: answer(404), None, UnexpectedReply),
        ("/api/home/ping", lambda _: answer(401), None, NotAuthenticated),
        ("/api/home/ping", lambda _: answer(500), None, PlatformUnavailable),
        ("/api/home/ping", lambda _: "<html>", None, UnexpectedReply),
        ("/api/home/ping", lambda _: {"default_organization": None}, None, SettingsError),
        ("/api/home/ping", lambda _: {}, None, SettingsError),
        ("/api/organizations/find", lambda _: answer(404), "nobody", SettingsError),
        (f"/api/organization/{ORGANIZATION}", lambda _: answer(404), ORGANIZATION, SettingsError),
        (f"/api/organization/{ORGANIZATION}", lambda _: answer(403), None, NotPermitted),
    ],
)
def test_what_goes_wrong_at_the_door_says_what_to_mend(
    path: str, trouble: Callable[[httpx.Request], Any], organization: str | None, expected: type[ReconcilerError]
) -> None:
    service = Service()
    service.on(path, trouble)
    with pytest.raises(expected) as caught:
        greeted(service, organization)
    assert type(caught.value) is expected
    assert caught.value.hint


def test_the_embedded_platform_is_greeted_by_name_too(any_world: World) -> None:
    async def main() -> Snapshot:
        async with any_world.connected(organization="default") as connection:
            return await connection.observer.observe(NOTHING)

    assert asyncio.run(main()).organization.id == any_world.platform.organization_id
