"""The name of one invocation: the same in its logs, in its plan and in the ledger."""

from __future__ import annotations

from reconciler.adapters.clock import SystemClock
from reconciler.engine.journal import run_id


def new_run() -> str:
    """Return an id that nothing else has."""
    return run_id(SystemClock().now())
