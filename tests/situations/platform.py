"""Situations of the platform: away, slow, broken, or of another opinion."""

from __future__ import annotations

import json
import socket
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import Situation, situation
from tests.situations.weather import Answer, Lost, Silence, weather

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.situations.stage import Ended, Stage
    from tests.situations.weather import Fate, Passing

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)

_TAGS: Final = "  tags: [one, two]\n"


def _in(stage: Stage, fate: Callable[[Passing], Fate], *arguments: str) -> Ended:
    with weather(stage.served.url, fate) as url:
        return stage.run(*arguments, PICSELLIA_HOST=url)


def _reading(answer: Answer) -> Callable[[Passing], Fate]:
    return lambda passing: answer if passing.path.partition("?")[0].endswith("/deployments") else None


@bad(10, "127.0.0.1", "hint:")
def a_platform_that_is_away(stage: Stage) -> Ended:
    """Nothing answers at the platform's address."""
    stage.write()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return stage.run("plan", PICSELLIA_HOST=f"http://127.0.0.1:{port}")


@bad(10, "platform.invalid", "hint:")
def a_host_that_nobody_knows(stage: Stage) -> Ended:
    """The platform's name leads to no address."""
    stage.write()
    return stage.run("plan", PICSELLIA_HOST="http://platform.invalid")


@bad(10, "/deployments", "hint:")
def an_answer_that_is_half_json(stage: Stage) -> Ended:
    """The platform answers with JSON that breaks off."""
    stage.write()
    return _in(stage, _reading(Answer(200, b'{"items": [{"id": ')), "plan")


@bad(10, "/deployments", "hint:")
def a_login_page_in_between(stage: Stage) -> Ended:
    """Something in between answers with a page for people."""
    stage.write()
    page = Answer(200, b"<html><title>Log in</title></html>", {"Content-Type": "text/html"})
    return _in(stage, _reading(page), "plan")


@bad(10, "/deployments")
def an_answer_of_another_shape(stage: Stage) -> Ended:
    """The platform answers in a shape that the protocol does not have."""
    stage.write()
    return _in(stage, _reading(Answer(200, b'{"items": [{"id": 7}], "count": 1}')), "plan")


@bad(10, "/deployments", "hint:")
def a_list_that_fails(stage: Stage) -> Ended:
    """The list of deployments cannot be read, however often it is asked for."""
    stage.write()
    return _in(stage, _reading(Answer(500, b'{"message": "out of order"}')), "plan")


@bad(10, "429", "hint:")
def a_platform_that_wants_an_hour(stage: Stage) -> Ended:
    """The platform asks to come back in an hour."""
    stage.write()
    return _in(stage, _reading(Answer(429, b'{"message": "slow down"}', {"Retry-After": "3600"})), "plan")


@bad(9, "--timeout", "hint:")
def a_platform_that_never_answers(stage: Stage) -> Ended:
    """The platform takes the request and never answers."""
    stage.write()
    return _in(stage, lambda passing: Silence() if "/deployments" in passing.path else None, "plan", "--timeout", "2")


@bad(10, "could not be read", "Next:")
def one_deployment_that_cannot_be_read(stage: Stage) -> Ended:
    """One deployment cannot be read; the others can."""
    stage.applied()
    stage.write(threshold=0.5)
    bare = {"id": stage.deployment()["id"], "name": stage.name}
    garbled = Answer(200, json.dumps({"items": [bare], "count": 1}).encode())
    return _in(stage, _reading(garbled), "apply", "--yes")


@bad(10, "unverified", "the next plan looks for it")
def a_platform_that_dies_while_writing(stage: Stage) -> Ended:
    """The platform goes down in the middle of an apply."""
    stage.write(more=_TAGS)
    gone = Answer(503, b'{"message": "shutting down"}', {"Retry-After": "3600"})
    down: list[bool] = []

    def fate(passing: Passing) -> Fate:
        if passing.writes and passing.number > 1:
            down.append(True)
        return gone if down else None

    return _in(stage, fate, "apply", "--yes")


@bad(7, "above its limit")
def a_write_that_is_refused(stage: Stage) -> Ended:
    """The platform says no to one write."""
    stage.applied()
    stage.write(threshold=0.5)
    no = Answer(422, b'{"message": "above its limit"}')
    return _in(stage, lambda passing: no if passing.method == "PATCH" else None, "apply", "--yes")


@bad(7, "unverified")
def a_creation_that_nobody_saw(stage: Stage) -> Ended:
    """The answer to a creation is lost, and nothing is there when it is looked for."""
    stage.write()

    def fate(passing: Passing) -> Fate:
        return Answer(502, b'{"message": "bad gateway"}') if _creates(passing) else None

    return _in(stage, fate, "apply", "--yes")


@bad(0, "done")
def a_creation_whose_answer_is_lost(stage: Stage) -> Ended:
    """The answer to a creation is lost, and it is there when it is looked for: no harm done."""
    stage.write()
    return _in(stage, lambda passing: Lost() if _creates(passing) else None, "apply", "--yes")


def _creates(passing: Passing) -> bool:
    return passing.method == "POST" and passing.path.endswith(("/deploy", "/deployments"))
