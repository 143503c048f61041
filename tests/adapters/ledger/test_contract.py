"""What every home of the ledger promises, whatever it is made of."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.actions import ClearShadow, CreateTag
from reconciler.core.journal import Entry, OutcomeRecorded, RunHeader, RunStarted, replay, summaries
from reconciler.core.outcome import Done, Failed
from reconciler.errors import LedgerError
from tests.adapters.ledger.homes import HOMES, opener
from tests.strategies.journal import JOURNALS, JUMBLES, Attempt, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reconciler.adapters.ledger.home import Home

_NUMBERS = itertools.count()

FEWER = max(10, settings().max_examples // 5)
"""Each example is a dozen processes and a push where the home is a git branch."""


@pytest.fixture(scope="module", params=HOMES)
def open_home(request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    return opener(request.param, request)


@pytest.fixture(scope="module")
def home(open_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One open ledger for the module; each test uses catalogs of its own."""
    opened = open_home(tmp_path_factory.mktemp("home"))
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
def catalog() -> str:
    return new_catalog()


def new_catalog() -> str:
    return f"catalog-{next(_NUMBERS)}"


def run(name: str) -> list[Entry]:
    attempts = [
        Attempt("alpha", "live-1", ClearShadow(), Done()),
        Attempt("bravo", "live-2", ClearShadow(), Failed("no")),
        Attempt("", "", CreateTag("t"), None),
    ]
    return run_of(name, attempts)


@st.composite
def batched(draw: st.DrawFn) -> list[list[Entry]]:
    """A journal in the pieces in which it is appended, some of them empty."""
    entries = draw(JUMBLES | JOURNALS)
    cuts = sorted(draw(st.lists(st.integers(0, len(entries)), max_size=3)))
    return [entries[start:end] for start, end in itertools.pairwise([0, *cuts, len(entries)])]


@settings(max_examples=FEWER)
@given(batched())
def test_what_is_recalled_is_the_fold_of_everything_appended_in_order(home: Home, batches: list[list[Entry]]) -> None:
    async def scenario() -> None:
        catalog = new_catalog()
        for batch in batches:
            await home.append(catalog, batch)
        entries = [entry for batch in batches for entry in batch]
        assert await home.recall(catalog) == replay(entries).view()
        assert list(await home.lines(catalog)) == list(enumerate(entries, start=1))
        assert tuple(await home.runs(catalog, 100)) == summaries(entries)

    asyncio.run(scenario())


def test_a_catalog_that_nobody_wrote_to_is_empty(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        await home.append(catalog, [])
        assert await home.recall(catalog) == {}
        assert list(await home.lines(catalog)) == []
        assert list(await home.runs(catalog, 10)) == []

    asyncio.run(scenario())


def test_the_catalogs_with_entries_are_listed_by_name(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as home:
            assert list(await home.catalogs()) == []
            for name in ("b@2", "ä", "B", "a/b c%41", "..", ".git"):
                await home.append(name, run("run-1"))
                assert [line.entry for line in await home.lines(name)] == run("run-1")
            await home.append("nothing", [])
            assert list(await home.catalogs()) == sorted(["b@2", "ä", "B", "a/b c%41", "..", ".git"])

    asyncio.run(scenario())


def test_catalogs_do_not_see_each_other(home: Home) -> None:
    async def scenario() -> None:
        first, second = new_catalog(), new_catalog()
        await home.append(first, run("run-1"))
        await home.append(second, run("run-2"))
        assert [summary.header.run for summary in await home.runs(first, 10)] == ["run-1"]
        assert [line.sequence for line in await home.lines(second)] == list(range(1, len(run("run-2")) + 1))

    asyncio.run(scenario())


def test_the_newest_runs_come_first_and_no_more_than_asked_for(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        for number in range(5):
            await home.append(catalog, run(f"run-{number}"))
        newest = await home.runs(catalog, 2)
        assert [summary.header.run for summary in newest] == ["run-4", "run-3"]
        assert newest[0].outcomes == {"Done": 1, "Failed": 1}
        assert newest[0].addresses == ("alpha", "bravo")
        assert list(await home.runs(catalog, 0)) == []

    asyncio.run(scenario())


def test_entries_can_be_read_from_any_place(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        await home.append(catalog, run("run-1"))
        whole = list(await home.lines(catalog))
        for after in range(len(whole) + 2):
            assert list(await home.lines(catalog, after=after)) == whole[after:]

    asyncio.run(scenario())


def test_what_was_appended_is_there_when_the_ledger_is_opened_again(
    open_home: Callable[[Path], Home], tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as first:
            await first.append("demo", run("run-1"))
        async with open_home(tmp_path) as second:
            assert [line.entry for line in await second.lines("demo")] == run("run-1")
            await second.append("demo", run("run-2"))
            assert await second.recall("demo") == replay(run("run-1") + run("run-2")).view()

    asyncio.run(scenario())


def test_appends_at_the_same_time_each_stay_in_one_piece(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        batches = [run(f"run-{number}") for number in range(20)]
        await asyncio.gather(*(home.append(catalog, batch) for batch in batches))
        found = [line.entry for line in await home.lines(catalog)]
        size = len(batches[0])
        pieces = [found[start : start + size] for start in range(0, len(found), size)]
        assert sorted(pieces, key=str) == sorted(batches, key=str)

    asyncio.run(scenario())


def test_a_batch_with_one_entry_that_cannot_be_written_is_not_written_at_all(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        unwritable = OutcomeRecorded("run-1", "at", 1, "alpha", None, Done(seconds=float("nan")))
        with pytest.raises(LedgerError, match="cannot be written"):
            await home.append(catalog, [*run("run-1"), unwritable])
        assert list(await home.lines(catalog)) == []
        await home.append(catalog, run("run-2"))
        assert (await home.lines(catalog))[0].sequence == 1

    asyncio.run(scenario())


@settings(max_examples=FEWER)
@given(st.text(), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_survives(home: Home, anything: str, name: str) -> None:
    async def scenario() -> None:
        catalog = new_catalog()
        header = RunHeader("run-1", "apply", "at", reason=anything, repository=name)
        entries = [RunStarted(header), *run_of("run-1", [Attempt(name, name, CreateTag(anything), Done())])]
        await home.append(catalog, entries)
        assert [line.entry for line in await home.lines(catalog)] == entries

    asyncio.run(scenario())


def test_closing_twice_is_closing_once(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    async def scenario() -> None:
        opened = open_home(tmp_path)
        await opened.append("demo", run("run-1"))
        await opened.close()
        await opened.close()

    asyncio.run(scenario())
