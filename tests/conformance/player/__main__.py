"""Play every case and print one line of JSON for each; the last line describes the SDK that played them.

python -m tests.conformance.player <version> < stage.json
"""

from __future__ import annotations

import inspect
import json
import logging
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any

# The SDK is a witness as it is: its own use of deprecated things is not ours to judge, and what it prints is no answer.
warnings.simplefilter("ignore")
ANSWERS, sys.stdout = sys.stdout, sys.stderr

from picsellia.sdk.deployment import Deployment  # noqa: E402

from tests.conformance.player import (  # noqa: E402, F401  (importing a module registers its cases)
    deploying,
    existing,
    formats,
    guiding,
    looping,
    modelling,
    monitoring,
    predicting,
    referring,
    statistics,
    tagging,
    training,
)
from tests.conformance.player.cases import CASES, Case  # noqa: E402
from tests.conformance.player.stage import Stage  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Play for the release that the command line names."""
    logging.getLogger("picsellia").setLevel(logging.CRITICAL)
    stage = Stage(sys.argv[1], json.load(sys.stdin))
    for case in CASES:
        if stage.version in case.versions:
            tell(outcome(stage, case))
    tell({"surface": dict(surface())})


def outcome(stage: Stage, case: Case) -> dict[str, Any]:
    """Play one case and tell how it ended."""
    told = {"method": case.method, "claim": case.claim}
    try:
        seen = case.play(stage)
    except Exception:  # noqa: BLE001  (whatever it is, it is told, and the next case is played)
        return {**told, "ok": False, "seen": traceback.format_exc()}
    return {**told, "ok": True, "seen": seen}


def surface() -> Iterator[tuple[str, list[str]]]:
    """Yield every public method of the class with the names of its arguments."""
    for name, method in inspect.getmembers(Deployment, inspect.isfunction):
        if not name.startswith("_"):
            yield name, [parameter for parameter in inspect.signature(method).parameters if parameter != "self"]


def tell(line: dict[str, Any]) -> None:
    """Print a line for whoever started this."""
    ANSWERS.write(json.dumps(line, default=str) + "\n")


if __name__ == "__main__":
    main()
