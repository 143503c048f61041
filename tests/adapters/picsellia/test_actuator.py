"""Acting: one action is one write; ids of tags are found; what was created is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from reconciler.core import actions as a
from reconciler.core.references import Ref
from reconciler.errors import Ambiguous, Bug, Conflict, NotFound
from reconciler.ports import Actuator, Receipt
from tests.adapters.picsellia.mocks import ORGANIZATION, Service, answer, connected
from tests.fakes.clock import run

if TYPE_CHECKING:
    import httpx

D = str(UUID(int=1))
TAG, NEW = str(UUID(int=2)), str(UUID(int=3))
TAGS = f"/api/organization/{ORGANIZATION}/tags"
DEPLOYMENTS = f"/api/organization/{ORGANIZATION}/deployments"


def done(service: Service, *actions: a.Action) -> list[Receipt]:
    async def main() -> list[Receipt]:
        async with connected(service) as connection:
            actuator: Actuator = connection.actuator
            created = (a.CreateTag, a.CreateDeployment)
            return [await actuator.perform(item, None if isinstance(item, created) else D) for item in actions]

    return run(main())


def writes(service: Service) -> list[tuple[str, str]]:
    return [(asked.method, asked.url.path) for asked in service.asked if asked.method != "GET"]


def reads(service: Service) -> list[str]:
    greeting = {"/api/home/ping", f"/api/organization/{ORGANIZATION}"}
    return [asked.url.path for asked in service.asked if asked.method == "GET" and asked.url.path not in greeting]


def test_a_creation_tells_the_new_id() -> None:
    service = Service()
    service.on(DEPLOYMENTS, lambda _: answer(201, {"id": NEW, "name": "a"}))
    assert done(service, a.CreateDeployment("a", Ref(TAG))) == [Receipt(NEW, 201)]


@pytest.mark.parametrize("body", [{}, [], "x", {"id": None}, {"id": "5"}], ids=str)
def test_a_creation_whose_answer_says_nothing_happened_all_the_same(body: Any) -> None:
    service = Service()
    service.on(DEPLOYMENTS, lambda _: answer(201, body))
    service.on(TAGS, lambda _: answer(201, body))
    assert done(service, a.CreateDeployment("a", Ref(TAG)), a.CreateTag("t")) == [Receipt(None, 201)] * 2


def test_other_writes_ignore_what_the_body_says() -> None:
    service = Service()
    service.on(f"/api/deployment/{D}/model", lambda _: answer(204))
    service.on(f"/api/deployment/{D}", lambda _: answer(200, ["odd"]))
    receipts = done(service, a.SetChampion(Ref(TAG)), a.UpdateSettings(threshold=0.5), a.DeleteDeployment())
    assert receipts == [Receipt(None, 204), Receipt(None, 200), Receipt(None, 200)]


def test_a_tag_that_was_just_created_is_attached_without_another_look_up() -> None:
    service = Service()
    service.on(TAGS, lambda _: answer(201, {"id": TAG, "name": "red"}))
    service.on(f"/api/tag/{TAG}/attach", lambda _: {"count": 1})
    done(service, a.CreateTag("red"), a.AttachTag("red"))
    assert writes(service) == [("POST", TAGS), ("POST", f"/api/tag/{TAG}/attach")]
    assert reads(service) == []


def test_an_unknown_tag_is_found_by_name_and_kind_once() -> None:
    service = Service()
    service.on(f"{TAGS}/find", lambda _: {"id": TAG, "name": "red"})
    service.on(f"/api/tag/{TAG}/attach", lambda _: {})
    service.on(f"/api/tag/{TAG}/detach", lambda _: {})
    done(service, a.AttachTag("red"), a.DetachTag("red"))
    assert reads(service) == [f"{TAGS}/find"]
    assert dict(service.asked[2].url.params) == {"name": "red", "target_type": "DEPLOYMENT"}


@pytest.mark.parametrize("action", [a.AttachTag("red"), a.DetachTag("red")])
def test_a_tag_that_does_not_exist_is_not_found_and_nothing_is_written(action: a.Action) -> None:
    service = Service()
    with pytest.raises(NotFound, match="red"):
        done(service, action)
    assert writes(service) == []


def test_a_tag_that_was_made_again_since_is_looked_up_again() -> None:
    service = Service()
    ids = iter([TAG, NEW])
    service.on(f"{TAGS}/find", lambda _: {"id": next(ids), "name": "red"})
    attached: list[int] = []

    def attach_old(_: httpx.Request) -> httpx.Response:
        attached.append(1)
        return answer(200 if len(attached) == 1 else 404)

    service.on(f"/api/tag/{TAG}/attach", attach_old)
    service.on(f"/api/tag/{NEW}/attach", lambda _: {})
    done(service, a.AttachTag("red"), a.AttachTag("red"))
    assert writes(service)[1:] == [("POST", f"/api/tag/{TAG}/attach"), ("POST", f"/api/tag/{NEW}/attach")]


@pytest.mark.parametrize(("status", "expected"), [(404, NotFound), (409, Conflict), (502, Ambiguous)])
def test_refusals_and_doubts_reach_the_caller_after_one_write(status: int, expected: type[Exception]) -> None:
    service = Service()
    service.on(f"/api/deployment/{D}/pipeline/fl/setup", lambda _: answer(status))
    with pytest.raises(expected):
        done(service, a.SetUpFeedbackLoop())
    assert len(writes(service)) == 1


def test_an_action_on_no_deployment_is_a_bug_before_anything_is_sent() -> None:
    service = Service()

    async def main() -> None:
        async with connected(service) as connection:
            with pytest.raises(Bug, match="SetChampion"):
                await connection.actuator.perform(a.SetChampion(Ref(TAG)), None)

    run(main())
    assert service.asked == []
