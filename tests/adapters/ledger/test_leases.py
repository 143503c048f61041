"""What every home of the ledger promises about leases: one holder at a time, and no word from a former one."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.journal import DriftSeen, Entry, Forgotten, RunFinished, RunHeader, RunStarted
from reconciler.core.lease import Claim, Lease
from reconciler.errors import LeaseHeld, LeaseLost
from tests.adapters.ledger.homes import HOMES, opener
from tests.adapters.ledger.samples import AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reconciler.adapters.ledger.home import Home

_NUMBERS = itertools.count()

FEWER = max(6, settings().max_examples // 12)
"""Each example is a dozen pushes where the home is a git branch."""

LONG, OVER = 3600.0, -1.0
"""Seconds of a lease that lasts, and of one that has expired when it is given."""


@pytest.fixture(scope="module", params=HOMES)
def open_home(request: pytest.FixtureRequest) -> Callable[[Path], Home]:
    return opener(request.param, request)


@pytest.fixture(scope="module")
def home(open_home: Callable[[Path], Home], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    opened = open_home(tmp_path_factory.mktemp("leases"))
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
def catalog() -> str:
    return new_catalog()


def new_catalog() -> str:
    return f"leased-{next(_NUMBERS)}"


def claim(run: str, seconds: float = LONG) -> Claim:
    return Claim(run, f"{run}@host, process 1", seconds=seconds)


def word(run: str, address: str) -> Entry:
    """An entry that changes what is remembered of a deployment."""
    return Forgotten(run, AT, address)


def test_one_run_holds_a_deployment_and_the_others_are_told_who(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        (lease,) = await home.acquire(catalog, ["surface"], claim("first"))
        with pytest.raises(
            LeaseHeld, match=r"surface is held by first@host, process 1 \(run first\) since 2"
        ) as caught:
            await home.acquire(catalog, ["surface"], claim("second"))
        assert caught.value.addresses == ("surface",)
        assert "--lock-timeout" in str(caught.value.hint)
        await home.release(catalog, [lease])
        (taken,) = await home.acquire(catalog, ["surface"], claim("second"))
        assert taken.fence > lease.fence

    asyncio.run(scenario())


def test_all_that_is_asked_for_is_given_or_nothing(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        await home.acquire(catalog, ["b"], claim("first"))
        with pytest.raises(LeaseHeld):
            await home.acquire(catalog, ["a", "b"], claim("second"))
        granted = await home.acquire(catalog, ["c", "a"], claim("third"))
        assert [lease.address for lease in granted] == ["a", "c"]
        assert len({lease.fence for lease in granted}) == 1

    asyncio.run(scenario())


def test_of_those_who_ask_at_the_same_time_one_is_given_it(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        asked = [home.acquire(catalog, ["surface"], claim(f"run-{number}")) for number in range(10)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, LeaseHeld) for answer in answers) == 9

    asyncio.run(scenario())


def test_what_has_expired_is_taken_over_and_its_holder_can_neither_renew_it_nor_record_anything(
    home: Home, catalog: str
) -> None:
    async def scenario() -> None:
        stale = await home.acquire(catalog, ["surface"], claim("paused", OVER))
        (later,) = await home.acquire(catalog, ["surface"], claim("next"))
        assert later.fence > stale[0].fence
        with pytest.raises(LeaseLost, match="surface"):
            await home.renew(catalog, stale, LONG)
        with pytest.raises(LeaseLost) as caught:
            await home.append(catalog, [word("paused", "surface")], under=stale)
        assert caught.value.addresses == ("surface",)
        await home.release(catalog, stale)
        assert list((await home.held())[catalog]) == [later]
        assert await home.lines(catalog) in ([], ())
        await home.append(catalog, [word("next", "surface")], under=[later])
        assert len(await home.lines(catalog)) == 1

    asyncio.run(scenario())


def test_an_expired_lease_cannot_be_renewed_but_what_was_sent_in_time_can_be_recorded(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        stale = await home.acquire(catalog, ["surface"], claim("slow", OVER))
        with pytest.raises(LeaseLost):
            await home.renew(catalog, stale, LONG)
        await home.append(catalog, [word("slow", "surface")], under=stale)

    asyncio.run(scenario())


def test_a_lease_that_is_renewed_lasts_longer_and_keeps_its_number(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        leases = await home.acquire(catalog, ["a", "b"], claim("run", 60))
        renewed = await home.renew(catalog, leases, LONG)
        for before, after in zip(leases, renewed, strict=True):
            assert (after.address, after.fence, after.acquired_at) == (before.address, before.fence, before.acquired_at)
            assert (after.expires_at - datetime.now(UTC)).total_seconds() > LONG - 60
        assert list((await home.held())[catalog]) == list(renewed)
        await home.append(catalog, [word("run", "a")], under=leases)

    asyncio.run(scenario())


def test_nobody_else_records_anything_about_a_deployment_that_is_held(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        leases = await home.acquire(catalog, ["surface"], claim("first"))
        with pytest.raises(LeaseHeld, match="surface is held by first@host"):
            await home.append(catalog, [word("second", "surface")])
        with pytest.raises(LeaseHeld):
            await home.append(catalog, [word("second", "other"), word("second", "surface")])
        await home.append(catalog, [word("second", "other")])
        await home.release(catalog, leases)
        await home.append(catalog, [word("second", "surface")])
        assert [line.entry for line in await home.lines(catalog)] == [
            word("second", "other"),
            word("second", "surface"),
        ]

    asyncio.run(scenario())


def test_what_changes_no_memory_needs_no_lease(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        await home.acquire(catalog, ["surface"], claim("first"))
        entries = [
            RunStarted(RunHeader("drift", "drift", AT)),
            DriftSeen("drift", AT, "surface", ()),
            RunFinished("drift", AT, 0),
        ]
        await home.append(catalog, entries)
        assert [line.entry for line in await home.lines(catalog)] == entries

    asyncio.run(scenario())


def test_breaking_a_lease_shuts_its_holder_out_and_lets_the_next_one_in(home: Home, catalog: str) -> None:
    async def scenario() -> None:
        leases = await home.acquire(catalog, ["a", "b"], claim("stuck"))
        assert [lease.address for lease in await home.unlock(catalog, ["a", "never held"])] == ["a"]
        with pytest.raises(LeaseLost, match="lease of a is lost"):
            await home.append(catalog, [word("stuck", "a")], under=leases)
        await home.append(catalog, [word("stuck", "b")], under=leases)
        (taken,) = await home.acquire(catalog, ["a"], claim("next"))
        assert taken.fence > leases[0].fence
        assert list(await home.unlock(catalog, ["never held"])) == []

    asyncio.run(scenario())


def test_a_run_that_asks_again_is_given_what_it_has(home: Home, catalog: str) -> None:
    """As after an answer that was lost."""

    async def scenario() -> None:
        (first,) = await home.acquire(catalog, ["surface"], claim("run"))
        (second,) = await home.acquire(catalog, ["surface"], claim("run"))
        assert second.fence > first.fence

    asyncio.run(scenario())


def test_leases_outlast_the_process_and_are_seen_from_elsewhere(
    open_home: Callable[[Path], Home], tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_home(tmp_path) as first:
            leases = await first.acquire("demo/ä", ["surface"], claim("run"))
        async with open_home(tmp_path) as second:
            assert {name: list(found) for name, found in (await second.held()).items()} == {"demo/ä": list(leases)}
            assert list(await second.catalogs()) == []
            with pytest.raises(LeaseHeld):
                await second.acquire("demo/ä", ["surface"], claim("other"))
            await second.acquire("demo", ["surface"], claim("other"))

    asyncio.run(scenario())


ADDRESSES = ("a", "b")
RUNS = ("x", "y")


@dataclass
class Model:
    """The laws in another form: for each deployment who has it, its number, and whether it has expired."""

    holders: dict[str, tuple[int, bool]] = field(default_factory=dict)
    highest: int = 0

    def acquire(self, wanted: Sequence[str], fences: Sequence[int], *, over: bool) -> None:
        assert all(fence > self.highest for fence in fences)
        self.highest = max(fences)
        self.holders |= dict.fromkeys(wanted, (self.highest, over))

    def is_free(self, address: str) -> bool:
        return address not in self.holders or self.holders[address][1]

    def has(self, lease: Lease) -> bool:
        return self.holders.get(lease.address, (0, False))[0] == lease.fence


OPERATIONS = st.one_of(
    st.tuples(st.just("acquire"), st.sets(st.sampled_from(ADDRESSES), min_size=1), st.booleans()),
    st.tuples(st.sampled_from(["renew", "release", "append"]), st.integers(0, 5)),
    st.tuples(st.just("unlock"), st.sets(st.sampled_from(ADDRESSES), min_size=1)),
)


@settings(max_examples=FEWER)
@given(st.lists(OPERATIONS, max_size=7))
def test_whatever_happens_in_whatever_order_the_model_says_what_comes_of_it(
    home: Home, operations: list[tuple[object, ...]]
) -> None:
    asyncio.run(_play(home, operations))


async def _play(home: Home, operations: list[tuple[object, ...]]) -> None:
    catalog, model, granted = new_catalog(), Model(), list[Lease]()
    for number, (kind, *rest) in enumerate(operations):
        match kind, *rest:
            case "acquire", set() as wanted, bool() as over:
                asked = claim(f"run-{number}", OVER if over else LONG)
                if all(map(model.is_free, wanted)):
                    leases = await home.acquire(catalog, wanted, asked)
                    model.acquire(sorted(wanted), [lease.fence for lease in leases], over=over)
                    granted += leases
                else:
                    with pytest.raises(LeaseHeld):
                        await home.acquire(catalog, wanted, asked)
            case "unlock", set() as wanted:
                broken = await home.unlock(catalog, wanted)
                assert {lease.address for lease in broken} == wanted & model.holders.keys()
                for address in wanted:
                    model.holders.pop(address, None)
                model.highest += bool(broken)
            case str() as verb, int() as which if granted:
                await _use(home, catalog, model=model, verb=verb, lease=granted[which % len(granted)])
    assert {lease.address for lease in (await home.held()).get(catalog, ())} == model.holders.keys()


async def _use(home: Home, catalog: str, *, model: Model, verb: str, lease: Lease) -> None:
    """Let a lease that was given at some time be used now."""
    has = model.has(lease)
    if verb == "release":
        await home.release(catalog, [lease])
        if has:
            del model.holders[lease.address]
    elif verb == "append" and has:
        await home.append(catalog, [word(lease.run, lease.address)], under=[lease])
    elif verb == "renew" and has and not model.holders[lease.address][1]:
        assert [each.fence for each in await home.renew(catalog, [lease], LONG)] == [lease.fence]
    elif verb == "append":
        with pytest.raises(LeaseLost):
            await home.append(catalog, [word(lease.run, lease.address)], under=[lease])
    else:
        with pytest.raises(LeaseLost):
            await home.renew(catalog, [lease], LONG)
