"""How far training data are, asked over the wire: both generations of the answer, and answers that are none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler.errors import NotFound, ReconcilerError, UnexpectedReply
from reconciler.ports import Computations
from tests.adapters.picsellia.mocks import Service, answer, connected

PATH = "/api/deployment/7/pipeline/td/check"


def asked(given: Any) -> str:
    async def main() -> str:
        service = Service()
        service.on(PATH, lambda _: given)
        async with connected(service) as connection:
            assert isinstance(connection.observer, Computations)
            return await connection.observer.training_data_status("7")

    return asyncio.run(main())


@pytest.mark.parametrize("key", ["status", "training_data_status"])
def test_the_word_is_passed_on_as_it_came(key: str) -> None:
    assert asked({key: "Computing soon"}) == "Computing soon"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (answer(404, {"message": "no reference"}), NotFound),
        ({}, UnexpectedReply),
        ({"status": None}, UnexpectedReply),
        ({"status": ""}, UnexpectedReply),
        ({"status": 3}, UnexpectedReply),
        ([], UnexpectedReply),
    ],
)
def test_what_is_no_word_is_an_error(given: Any, error: type[ReconcilerError]) -> None:
    with pytest.raises(error):
        asked(given)
