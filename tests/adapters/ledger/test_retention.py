"""Pruning in every home: what is recalled stays, whoever writes meanwhile, and wherever the process dies."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.journal import Entry, made_by, replay, summaries
from reconciler.core.lease import Claim
from reconciler.core.retention import Pruning, Retention, with_kept
from reconciler.errors import LeaseHeld, LeaseLost, LedgerError
from tests.adapters.ledger.homes import HOMES, MEMORY, opener, url
from tests.adapters.ledger.samples import batch
from tests.house.tree import ROOT
from tests.strategies.journal import JOURNALS, JUMBLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reconciler.adapters.ledger.home import Home

_NUMBERS = itertools.count()

FEWER = max(5, settings().max_examples // 20)
"""Each example is a dozen processes and several pushes where the home is a git branch."""

LATE = "2026-12-24T00:00:00Z"
"""Long after every run of these tests began."""

NEWEST = Pruning(Retention(runs=1), LATE, "ada")


@pytest.fixture(scope="module", params=HOMES)
def open_home(request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    return opener(request.param, request)


@pytest.fixture(scope="module")
def home(open_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One open ledger for the module; each test uses catalogs of its own."""
    opened = open_home(tmp_path_factory.mktemp("home"))
    yield opened
    asyncio.run(opened.close())


def new_catalog() -> str:
    return f"catalog-{next(_NUMBERS)}"


@settings(max_examples=FEWER)
@given(JUMBLES | JOURNALS, st.builds(Pruning, st.builds(Retention, st.none() | st.just(1), st.just(1)), st.just(LATE)))
def test_what_is_recalled_before_is_recalled_after_and_with_all_that_follows(
    home: Home, entries: list[Entry], pruning: Pruning
) -> None:
    async def scenario() -> None:
        catalog = new_catalog()
        await home.append(catalog, entries)
        pruned = await home.prune(catalog, pruning)
        assert await home.recall(catalog) == replay(entries).view()
        assert list(await home.lines(catalog)) == list(enumerate(entries, start=1))[pruned.entries :]
        assert await home.baseline(catalog) == pruned.baseline
        assert (await home.prune(catalog, pruning)).entries == 0
        rest, later = entries[pruned.entries :], batch("later")
        assert tuple(await home.runs(catalog, 100)) == with_kept(summaries(rest), pruned.baseline, 100)
        await home.append(catalog, later)
        assert await home.recall(catalog) == replay([*entries, *later]).view()

    asyncio.run(scenario())


def test_a_catalog_that_nobody_wrote_to_has_nothing_to_prune(home: Home) -> None:
    async def scenario() -> None:
        catalog = new_catalog()
        assert await home.baseline(catalog) is None
        assert await home.prune(catalog, NEWEST) == (await home.prune(catalog, NEWEST))
        assert catalog not in await home.catalogs()

    asyncio.run(scenario())


def test_leases_and_their_numbers_are_none_of_its_business(home: Home) -> None:
    async def scenario() -> None:
        catalog = new_catalog()
        await home.append(catalog, batch("run-0"))
        mine = await home.acquire(catalog, ["deployment-0"], Claim("run-1", "ada"))
        await home.append(catalog, batch("run-1"), under=mine)
        assert (await home.prune(catalog, NEWEST)).runs == 1
        assert list((await home.held())[catalog]) == list(mine)
        await home.append(catalog, batch("run-1"), under=mine)
        with pytest.raises(LeaseHeld):
            await home.append(catalog, batch("run-2"))
        await home.unlock(catalog, ["deployment-0"])
        with pytest.raises(LeaseLost):
            await home.append(catalog, batch("run-1"), under=mine)
        (later,) = await home.acquire(catalog, ["deployment-0"], Claim("run-3", "ada"))
        assert later.fence > mine[0].fence

    asyncio.run(scenario())


def test_whoever_appends_meanwhile_loses_nothing(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    """Two ledgers opened on one home: one appends run after run, the other prunes as often."""

    async def scenario() -> None:
        async with open_home(tmp_path) as writer, open_home(tmp_path) as other:
            batches = [batch(f"run-{number}") for number in range(6)]
            await writer.append("demo", batches[0])

            async def write() -> None:
                for each in batches[1:]:
                    await writer.append("demo", each)

            async def tidy() -> int:
                return sum([(await other.prune("demo", NEWEST)).entries for _ in batches])

            _, gone = await asyncio.gather(write(), tidy())
            gone += (await other.prune("demo", NEWEST)).entries
            found = [line.entry for line in await writer.lines("demo")]
            assert found == batches[-1]
            assert gone == 25
            everything = [entry for each in batches for entry in each]
            assert await writer.recall("demo") == replay(everything).view() == await other.recall("demo")

    asyncio.run(scenario())


def test_two_who_prune_at_once_do_it_once(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as first, open_home(tmp_path) as second:
            for number in range(3):
                await first.append("demo", batch(f"run-{number}"))
            results = await asyncio.gather(first.prune("demo", NEWEST), second.prune("demo", NEWEST))
            assert sorted(each.entries for each in results) == [0, 10]
            baseline = await first.baseline("demo")
            assert baseline is not None
            assert (baseline.sequence, baseline.runs) == (10, 2)

    asyncio.run(scenario())


def test_a_pruned_journal_is_restored_whole_and_never_over_another(
    open_home: Callable[[Path], Home], tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as home:
            for number in range(3):
                await home.append("demo", batch(f"run-{number}"))
            pruned = await home.prune("demo", NEWEST)
            assert pruned.baseline is not None
            rest = [line.entry for line in await home.lines("demo")]
            await home.restore("copy", pruned.baseline, rest)
            await home.restore("bare", pruned.baseline, [])
            assert list(await home.catalogs()) == ["bare", "copy", "demo"]
            assert list(await home.lines("copy")) == list(await home.lines("demo"))
            assert await home.recall("copy") == await home.recall("demo")
            await home.append("bare", rest)
            assert await home.recall("bare") == await home.recall("demo")
            with pytest.raises(LedgerError, match="is there already"):
                await home.restore("demo", pruned.baseline, [])

    asyncio.run(scenario())


@pytest.mark.parametrize("home_name", [name for name in HOMES if name != MEMORY])
@pytest.mark.parametrize("death", [1, -1])
def test_a_prune_that_is_killed_leaves_a_ledger_that_says_the_same(
    home_name: str, death: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Before its one write is stored, and after it; the next pruning finds the whole or nothing to do."""
    reopen = opener(home_name, request)

    async def filled() -> None:
        async with reopen(tmp_path) as home:
            for number in range(3):
                await home.append("demo", batch(f"run-{number}"))

    asyncio.run(filled())
    command = [sys.executable, "-m", "tests.adapters.ledger.pruner", url(home_name, tmp_path, request), str(death)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    everything = [entry for number in range(3) for entry in batch(f"run-{number}")]

    async def looked() -> None:
        async with reopen(tmp_path) as home:
            assert await home.recall("demo") == replay(everything).view()
            kept = [line.entry for line in await home.lines("demo")]
            assert kept == (everything if death > 0 else everything[-5:])
            assert (await home.prune("demo", NEWEST)).entries == (10 if death > 0 else 0)
            await home.append("demo", batch("later"))
            assert await home.recall("demo") == replay([*everything, *batch("later")]).view()
            assert {made_by(line.entry) for line in await home.lines("demo")} == {"run-2", "later"}

    asyncio.run(looked())
