"""Models in memory: loaded once however many ask, the least used let go, a failure forgotten."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.inference.declared import Declaration
from reconciler.platform.inference.loading import LoadedModels, Model
from reconciler.platform.inference.workers import Workers
from reconciler.platform.limits import Pace
from reconciler.platform.store.faults import Busy, Invalid, TooMany
from reconciler.platform.store.serving import Servable

if TYPE_CHECKING:
    from collections.abc import Callable

DECLARED = Declaration.model_validate(
    {
        "input": {"name": "image", "resize": {"height": 1, "width": 1}},
        "output": {"format": "CLASSIFICATION", "scores": "scores"},
    }
)


def servable(blob: str) -> Servable:
    return Servable(uuid4(), f"the version of {blob}", blob, {}, {})


def counting() -> tuple[Callable[[Servable], Model], list[str]]:
    loaded: list[str] = []

    def load(wanted: Servable) -> Model:
        loaded.append(wanted.blob)
        return Model(SimpleNamespace(), DECLARED)

    return load, loaded


def test_of_many_who_ask_at_once_one_loads_and_all_get_the_same() -> None:
    asking = threading.Barrier(8)
    load, loaded = counting()
    models = LoadedModels(load)

    def ask(_: int) -> Model:
        asking.wait(60)
        return models.get(servable("a"))

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(8)))
    assert loaded == ["a"]
    assert all(model is got[0] for model in got)


def test_who_waits_for_a_load_that_fails_hears_of_it_and_the_next_tries_again() -> None:
    entered, waiting = threading.Event(), threading.Event()
    attempts: list[str] = []

    def load(wanted: Servable) -> Model:
        attempts.append(wanted.blob)
        if len(attempts) > 1:
            return Model(SimpleNamespace(), DECLARED)
        entered.set()
        waiting.wait(60)
        raise Invalid("no model")

    models = LoadedModels(load)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(models.get, servable("a"))
        assert entered.wait(60)
        second = pool.submit(models.get, servable("a"))
        waiting.set()
        with pytest.raises(Invalid):
            first.result(60)
        # It either waited for the first, or came so late that it tried by itself.
        assert isinstance(second.exception(60), Invalid | None)
    assert models.get(servable("a")).declaration is DECLARED


@given(asked=st.lists(st.integers(0, 5)), most=st.integers(1, 4))
def test_the_models_used_last_are_held_and_no_more_than_allowed(asked: list[int], most: int) -> None:
    load, loaded = counting()
    models = LoadedModels(load, most)
    held: list[int] = []
    expected: list[str] = []
    for number in asked:
        if number not in held:
            expected.append(str(number))
        held = [*(kept for kept in held if kept != number), number][-most:]
        models.get(servable(str(number)))
    assert loaded == expected


@pytest.mark.anyio
async def test_work_beyond_the_queue_is_refused_and_room_comes_back() -> None:
    workers, release, entered = Workers(1, 1), threading.Event(), threading.Event()
    results: list[bool] = []

    def hold() -> bool:
        entered.set()
        return release.wait(60)

    async def work() -> None:
        results.append(await workers.run(hold))

    try:
        async with anyio.create_task_group() as group:
            group.start_soon(work)
            group.start_soon(work)
            await anyio.to_thread.run_sync(entered.wait, 60)
            with pytest.raises(Busy):
                await workers.run(hold)
            release.set()
        assert results == [True, True]
        assert await workers.run(hold)
    finally:
        release.set()
        workers.close()


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 20), gaps=st.lists(st.floats(0, 10), max_size=40))
def test_nobody_ever_gets_more_than_the_burst_and_what_the_rate_has_refilled(
    rate: float, burst: int, gaps: list[float]
) -> None:
    moment = 0.0
    pace = Pace(rate, burst, lambda: moment)
    taken = 0
    for gap in gaps:
        moment += gap
        with suppress(TooMany):
            pace.take("somebody")
            taken += 1
        assert taken <= burst + rate * moment + 1e-6


@given(rate=st.floats(0.01, 100), burst=st.integers(1, 5))
def test_who_waits_as_long_as_told_is_let_in(rate: float, burst: int) -> None:
    moment = 0.0
    pace = Pace(rate, burst, lambda: moment)
    for _ in range(burst):
        pace.take("somebody")
    with pytest.raises(TooMany) as refused:
        pace.take("somebody")
    pace.take("somebody else")
    moment += refused.value.retry_after or 0
    pace.take("somebody")
