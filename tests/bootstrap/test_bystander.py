"""Whoever uses the platform beside the reconciler hears of every request that fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from reconciler.bootstrap.bystander import Bystander, Experiment, bystander
from reconciler.errors import PlatformUnavailable, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Callable

READY = {"url": "http://control", "serving_url": "http://serving", "token": "secret", "organization_id": "o"}


def speaking(answer: Callable[[httpx.Request], httpx.Response]) -> Bystander:
    return Bystander(httpx.Client(transport=httpx.MockTransport(answer)), READY)


def test_a_refused_request_is_told_with_its_status() -> None:
    user = speaking(lambda _: httpx.Response(409, json={"message": "no"}))
    with user.http, pytest.raises(UnexpectedReply, match=r"POST http://control/api/x was answered with 409: .*no"):
        user.call("POST", "/api/x", {})


def test_a_platform_that_is_not_there_is_unavailable() -> None:
    with bystander({**READY, "url": "http://127.0.0.1:1"}) as user, pytest.raises(PlatformUnavailable):
        user.call("GET", "/api/home/ping")


def test_requests_carry_the_token_and_read_what_comes_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        told = {"path": request.url.path, "query": dict(request.url.params), "as": request.headers["Authorization"]}
        return httpx.Response(200, json=told)

    user = speaking(answer)
    with user.http:
        told = user.home("/models/find", name="digits")
    assert told == {"path": "/api/organization/o/models/find", "query": {"name": "digits"}, "as": "Bearer secret"}


def test_a_training_is_waited_for_until_it_has_ended() -> None:
    statuses = iter(["PENDING", "RUNNING", "FAILED"])
    logs = [
        {"name": "loss", "type": "LINE", "data": {"steps": [1, 2], "values": [2.0, 0.5]}},
        {"name": "final_accuracy", "type": "VALUE", "data": 0.75},
        {"name": "parameters", "type": "TABLE", "data": {"epochs": 2}},
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        run = {"experiment_id": "e", "status": ""}
        match request.url.path:
            case "/api/deployment/d/labels":
                return httpx.Response(200, json={"items": []})
            case "/api/deployment/d":
                run["status"] = next(statuses)
                return httpx.Response(200, json={"settings": {"continuous_training": {"run": run}}})
            case "/api/experiment/e":
                return httpx.Response(200, json={"name": "digits-1"})
            case "/api/experiment/e/logs/extended":
                return httpx.Response(200, content=json.dumps({"items": logs}))
            case path:
                raise AssertionError(path)

    user = speaking(answer)
    with user.http:
        ended = user.at("d").trained()
    assert ended == Experiment("digits-1", "FAILED", {"loss": 0.5, "final_accuracy": 0.75})
    assert next(statuses, None) is None
