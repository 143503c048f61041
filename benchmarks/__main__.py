"""Run all benchmarks, or those named: `python -m benchmarks [NAME…]`."""

from __future__ import annotations

import importlib
import sys
from typing import Final

# Each is a module here with a function `run()` that prints; one line per benchmark.
BENCHMARKS: Final = (
    "validate",
    "plan",
    "pipeline",
    "ledger",
    "statistics",
    "dashboard",
    "start",
)


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; return the exit code."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 3
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
