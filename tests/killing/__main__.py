"""The whole matrix: `python -m tests.killing [--troubles] [--jobs N] [--every N --first K] [COMBINATION…]`.

Prints one line for each combination (`git,sdk-only` is one) and exits with 1 if a position did not converge. Without
`--troubles` every position is killed at; with it, every kind of trouble meets every request that it concerns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.adapters.ledger.postgres import running_server
from tests.killing.combinations import COMBINATIONS, Combination, all_troubles, gathered
from tests.killing.company import fork_server
from tests.killing.matrix import Tally, kill_at_all, trouble_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.ledger.postgres import Server


def main() -> int:
    """Play what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.killing")
    parser.add_argument("--jobs", type=int, default=2, help="combinations at once")
    parser.add_argument("--troubles", action="store_true", help="trouble the platform instead of killing")
    parser.add_argument("--every", type=int, default=1, help="try only one position in so many")
    parser.add_argument("--first", type=int, default=0, help="and begin with this one, from 0")
    parser.add_argument("combinations", nargs="*", metavar="COMBINATION")
    asked = parser.parse_args()
    chosen = [each for each in COMBINATIONS if not asked.combinations or _name(each) in asked.combinations]
    if len(chosen) == 1:
        return asyncio.run(_play(chosen[0], asked))
    with ThreadPoolExecutor(asked.jobs) as pool:
        return max(pool.map(lambda each: _apart(each, asked), chosen))


def _name(combination: Combination) -> str:
    return f"{combination.home},{combination.report}"


def _apart(combination: Combination, asked: argparse.Namespace) -> int:
    """Play a combination in a process of its own."""
    options = ["--every", str(asked.every), "--first", str(asked.first), *(["--troubles"] if asked.troubles else [])]
    return subprocess.run([sys.executable, "-m", "tests.killing", *options, _name(combination)], check=False).returncode


async def _play(combination: Combination, asked: argparse.Namespace) -> int:
    began, tally = time.monotonic(), Tally(f"{'troubled' if asked.troubles else 'killed'}, {combination}")
    chosen = slice(asked.first, None, asked.every)
    with _server(combination) as server:
        async with fork_server() as launcher, gathered(combination, server, launcher) as (company, reference):
            if asked.troubles:
                await trouble_all(company, all_troubles(reference)[chosen], reference, tally)
            else:
                await kill_at_all(company, reference.positions()[chosen], reference, tally)
    # Those of the launcher's children are its own, once it has ended.
    worked = sum(os.times()[:4])
    lines = [*tally.failures, f"{tally}; {time.monotonic() - began:.0f} s, {worked:.0f} s of processor time"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    return int(tally.converged < tally.tried)


@contextmanager
def _server(combination: Combination) -> Iterator[Server | None]:
    if combination.home == "postgresql":
        yield from running_server()
    else:
        yield None


if __name__ == "__main__":
    sys.exit(main())
