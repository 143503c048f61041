"""The results that are checked in: for each release and method, each claim and how it ended.

python -m tests.conformance.results    play everything, and write them
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.conformance.playing import Played

RESULTS: Final = Path(__file__).with_name("results.json")

HOLDS, FAILS = "holds", "fails"

# By release, by method: each claim with HOLDS or FAILS.
Results = Mapping[str, Mapping[str, Mapping[str, str]]]


def results_of(played: Mapping[str, Played]) -> Results:
    """Return what is checked in of what was played."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for version, each in played.items():
        for outcome in each.outcomes:
            claims = found.setdefault(version, {}).setdefault(outcome.method, {})
            claims[outcome.claim] = HOLDS if outcome.ok else FAILS
    return found


def absent(played: Mapping[str, Played]) -> Mapping[str, list[str]]:
    """Return the methods of the page that a release does not have."""
    from tests.conformance.page import METHODS

    return {version: [name for name in METHODS if name not in each.surface] for version, each in played.items()}


def recorded() -> tuple[Results, Mapping[str, list[str]]]:
    """Return the results that are checked in, and the methods that each release does not have."""
    held = json.loads(RESULTS.read_text(encoding="utf-8"))
    return held["results"], held["absent"]


def record(played: Mapping[str, Played]) -> None:
    """Check in what was played."""
    held = {"results": results_of(played), "absent": absent(played)}
    RESULTS.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    from tests.conformance.playing import play

    with tempfile.TemporaryDirectory() as folder:
        record(play(Path(folder) / "conformance"))
