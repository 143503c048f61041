"""An export holds everything, and an import brings all of it or says why not, from any home to any other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.ledger.transfer import exported, read_export, take_in
from reconciler.core.codec.reading import write_text
from reconciler.core.retention import Pruning, Retention
from reconciler.errors import InputError, Refused
from tests.adapters.ledger.homes import HOMES, MemoryHome, opener
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.adapters.ledger.home import Home


async def lines_of(home: Home) -> list[str]:
    return [line async for line in exported(home)]


async def filled(home: Home) -> Home:
    await home.append("default@ä", batch("run-1"))
    await home.append("default@ä", batch("run-2", size=7))
    await home.append("other", batch("run-3"))
    return home


def export() -> list[str]:
    async def scenario() -> list[str]:
        return await lines_of(await filled(MemoryHome()))

    return asyncio.run(scenario())


EXPORT = export()


@pytest.fixture(params=HOMES)
def open_home(request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    return opener(request.param, request)


def test_what_goes_in_comes_out_again_in_every_home(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as home:
            assert await take_in(home, read_export(EXPORT, name="file"), name="home") == 17
            assert await lines_of(home) == EXPORT
            assert await home.recall("default@ä") == await (await filled(MemoryHome())).recall("default@ä")

    asyncio.run(scenario())


def test_what_stands_for_pruned_entries_travels_along(open_home: Callable[[Path], Home], tmp_path: Path) -> None:
    async def scenario() -> None:
        source = await filled(MemoryHome())
        await source.prune("default@ä", Pruning(Retention(runs=1), "2026-12-24T00:00:00Z", "ada"))
        export = await lines_of(source)
        assert [write_text({"format": 2, "kind": "LedgerExport"}), len(EXPORT) - 5 + 1] == [export[0], len(export)]
        async with open_home(tmp_path) as home:
            assert await take_in(home, read_export(export, name="file"), name="home") == 12
            assert await take_in(home, read_export(export, name="file"), name="home") == 0
            assert await lines_of(home) == export
            assert await home.recall("default@ä") == await (await filled(MemoryHome())).recall("default@ä")
            with pytest.raises(Refused, match="is not empty"):
                await take_in(home, read_export(EXPORT, name="file"), name="home")
        for gone in range(len(export)):
            with pytest.raises(InputError):
                read_export(export[:gone] + export[gone + 1 :], name="file")
        with pytest.raises(InputError, match="is not before its entries"):
            read_export([*export[:-1], export[1], export[-1]], name="file")

    asyncio.run(scenario())


def test_an_interrupted_import_is_finished_by_the_next_one() -> None:
    async def scenario() -> None:
        home = MemoryHome()
        journals = read_export(EXPORT, name="file")
        await home.append("other", journals["other"].entries)
        assert await take_in(home, journals, name="home") == 12
        assert await lines_of(home) == EXPORT

    asyncio.run(scenario())


@pytest.mark.parametrize("catalog", ["other", "a stranger"])
def test_a_ledger_that_holds_something_else_is_left_as_it_is(catalog: str) -> None:
    async def scenario() -> None:
        home = MemoryHome()
        await home.append(catalog, batch("mine"))
        before = await lines_of(home)
        with pytest.raises(Refused, match=f"holds 5 entries of catalog '{catalog}'"):
            await take_in(home, read_export(EXPORT, name="file"), name="home")
        assert await lines_of(home) == before

    asyncio.run(scenario())


@pytest.mark.parametrize("gone", range(19))
def test_an_export_without_any_one_of_its_lines_is_refused(gone: int) -> None:
    lines = [*EXPORT]
    assert len(lines) == 19
    del lines[gone]
    with pytest.raises(InputError):
        read_export(lines, name="file")


def test_what_a_line_lacks_is_told_with_its_number() -> None:
    lines = [*EXPORT]
    for damaged, told in [
        ([*lines, "{}"], "file:20: there is more behind the end"),
        ([lines[0].replace("1", "3"), *lines[1:]], "file:1: the export is of format 3, this version knows 2"),
        ([*lines[:3], *lines[4:]], "file:4: entry 3 of catalog 'default@ä' is missing"),
        ([*lines[:3], "[]", *lines[4:]], "file:4: a line of an export is not a JSON object"),
        ([*lines[:3], lines[3].replace('"kind":"', '"kind":"X'), *lines[4:]], "is not known to this version"),
    ]:
        with pytest.raises(InputError) as caught:
            read_export(damaged, name="file")
        assert told in str(caught.value)
        assert caught.value.hint
