"""No request makes a service fail, and every answer is one that its document announces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, HTTPException

from tests.platform import services
from tests.platform.fuzzing import House, Target, control, furnished, service, undocumented

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    # Said of whoever draws random numbers while a request is made up; here that is the platform, in its own thread.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module"),
]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with furnished() as house:
        yield house


def test_control_answers_as_documented_to_whatever_is_sent(house: House) -> None:
    assert undocumented(control(house), examples=4) == {}


def test_monitoring_answers_as_documented_to_whatever_is_sent(house: House) -> None:
    target = service(house, services.monitoring, house.api.platform.monitoring)
    assert undocumented(target, examples=12) == {}


def test_serving_answers_as_documented_to_whatever_is_sent(house: House) -> None:
    target = service(house, services.serving, house.api.platform.serving)
    assert undocumented(target, examples=12) == {}


def test_what_no_document_announces_is_found(house: House) -> None:
    app = FastAPI()

    @app.get("/fails")
    def fails() -> dict[str, int]:
        raise HTTPException(500)

    @app.get("/surprises")
    def surprises() -> dict[str, int]:
        raise HTTPException(409)

    @app.get("/holds")
    def holds() -> dict[str, int]:
        return {"n": 1}

    assert undocumented(Target(house, app, "none"), examples=2).keys() == {"GET /fails", "GET /surprises"}
