"""Every position of one combination: killed there, run again, and held against what an undisturbed run leaves."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.killing.company import APPLY, COUNTED, NEVER, PLAN, Ran
from tests.killing.trouble import CALM, Trouble, Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from tests.killing.company import Company
    from tests.killing.front import Asked
    from tests.killing.stage import Truth

RUNS: Final = 3
"""How often the command may be run again; the second and third only if the one before left something unverified."""

_UNVERIFIED: Final = 7
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True, order=True)
class Position:
    """Where a run is killed: at a request or at a write to the ledger, before or after it was carried out."""

    what: str
    number: int
    moment: str

    def __str__(self) -> str:
        return f"{self.moment} {self.what} {self.number}"

    @property
    def trouble(self) -> Trouble:
        """What happens to which request."""
        turn = Turn.DIE_BEFORE if self.moment == "before" else Turn.DIE_AFTER
        return Trouble(turn, self.number) if self.what == "request" else CALM

    @property
    def death(self) -> tuple[int, str]:
        """The write to the ledger at which the process ends."""
        return (self.number, self.moment) if self.what == "ledger write" else NEVER


@dataclass(frozen=True)
class Reference:
    """What an undisturbed run of the second revision does and leaves.

    Attributes:
        requests: What it asks, ids left out.
        entries: How many writes to the ledger it makes.
        actions: Names of the actions it carries out.
        truth: What the platform holds afterwards.
    """

    requests: tuple[str, ...]
    entries: int
    actions: frozenset[str]
    truth: Truth

    def number_of(self, method: str, ending: str) -> int:
        """Return the number of the first request of a method whose path ends so."""
        shapes = enumerate(self.requests, start=1)
        return next(number for number, asked in shapes if asked.startswith(f"{method} ") and asked.endswith(ending))

    def positions(self) -> tuple[Position, ...]:
        """Return every position there is."""
        sizes = {"request": len(self.requests), "ledger write": self.entries}
        return tuple(
            Position(what, number, moment)
            for what, size in sizes.items()
            for number in range(1, size + 1)
            for moment in ("before", "after")
        )


@dataclass
class Tally:
    """What came of some positions.

    Attributes:
        name: Whose positions.
        tried: How many were tried.
        converged: How many ended as an undisturbed run does.
        unverified: In how many of them a run said that it could not tell, before the next one could.
        kinds: How many of each kind were tried.
        failures: What went wrong, by position.
    """

    name: str
    tried: int = 0
    converged: int = 0
    unverified: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    async def take(self, kind: str, what: object, trial: Awaitable[bool]) -> None:
        """Count a trial; its failure does not keep the next ones from being made."""
        self.tried += 1
        self.kinds[kind] += 1
        try:
            self.unverified += await trial
            self.converged += 1
        except AssertionError as error:
            self.failures.append(f"{self.name}, {what}: {error}")

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        return (
            f"{self.name}: {self.tried} positions tried ({kinds}), {self.converged} converged, "
            f"{self.unverified} unverified at first"
        )


async def refer(company: Company) -> Reference:
    """Apply the second revision undisturbed, and hold what comes of it against what it has to be."""
    await company.put_back()
    ran = await company.run(*APPLY, death=COUNTED)
    asked = company.stage.front.asked
    assert ran.code == 0, ran.told
    await check_in_sync(company)
    steps = json.loads(company.planned)["steps"]
    return Reference(
        requests=tuple(map(shape, asked)),
        entries=ran.entries,
        actions=frozenset(step["action"]["kind"] for step in steps),
        truth=await company.stage.truth(),
    )


def shape(asked: Asked) -> str:
    """Return a request without the ids in it."""
    return _ID.sub("…", str(asked))


async def check_in_sync(company: Company) -> None:
    """Plan: there must be nothing to do, and nothing may be written."""
    planned = await company.run(*PLAN)
    assert planned.code == 0, planned.told
    assert planned.writes == 0, planned.told


async def kill_at_all(company: Company, positions: Iterable[Position], reference: Reference, tally: Tally) -> None:
    """Kill at one position after the other, each time in the same world, and run again."""
    for position in positions:
        await tally.take(f"{position.moment} a {position.what}", position, _kill(company, position, reference))


async def trouble_all(company: Company, troubles: Iterable[Trouble], reference: Reference, tally: Tally) -> None:
    """Let one run after the other meet its trouble, each time in the same world, and run again."""
    for trouble in troubles:
        await tally.take(trouble.name, trouble, _trouble(company, trouble, reference))


async def _kill(company: Company, position: Position, reference: Reference) -> bool:
    """Kill at a position and run again; tell whether something was unverified in between."""
    await company.put_back()
    killed = await company.run(*APPLY, trouble=position.trouble, death=position.death)
    assert killed.was_killed, f"it was not killed but ended with {killed.code}: {killed.told}"
    asked = tuple(map(shape, company.stage.front.asked))
    assert asked == reference.requests[: len(asked)], "its requests are not those of the undisturbed run"
    reached = len(asked) if position.what == "request" else killed.entries
    assert reached == position.number, f"it was killed at {reached}"
    again = await run_again(company)
    await check_reached(company, reference, again[-1])
    return len(again) > 1


async def run_again(company: Company) -> list[Ran]:
    """Run the command until it has nothing unverified any more; return every run."""
    ran = [await company.run(*APPLY)]
    while ran[-1].code == _UNVERIFIED and len(ran) < RUNS:
        ran.append(await company.run(*APPLY))
    return ran


async def check_reached(company: Company, reference: Reference, last: Ran) -> None:
    """Hold the platform against what an undisturbed run leaves: nothing more, nothing less, nothing else."""
    assert last.code == 0, f"run again: {last.code}: {last.told}"
    truth = await company.stage.truth()
    assert truth == reference.truth, f"the platform holds {difference(truth, reference.truth)}"
    # An apply that wrote nothing has itself made the plan in which there is nothing to do.
    if last.writes:
        await check_in_sync(company)


def difference(found: Truth, wanted: Truth) -> str:
    """Return what one has that the other has not."""
    more = [told for told in found if told not in wanted]
    less = [told for told in wanted if told not in found]
    return f"{more}, and should hold {less}; {len(found)} things instead of {len(wanted)}"


async def _trouble(company: Company, trouble: Trouble, reference: Reference) -> bool:
    """Let a run meet trouble and run again; tell whether something was unverified in between."""
    await company.put_back()
    troubled = await company.run(*APPLY, trouble=trouble, hasty=True)
    assert troubled.code in _HONEST, f"the troubled run: {troubled.code}: {troubled.told}"
    again = await run_again(company)
    await check_reached(company, reference, again[-1])
    return _UNVERIFIED in (troubled.code, *(ran.code for ran in again))


_HONEST: Final = frozenset({0, 4, 6, 7, 10})
"""How a troubled run may end: well, without permission, without its lease, incomplete, without a platform."""
