"""How many examples properties are tried on, and what starts first.

Enough examples for every change, many more on request; laws get ten times that. With several workers the suite ends
when the last of them does, so the longest tests start first.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

from tests.platform import halves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nursery.client import Nursery

LONGEST: Final = (
    "tests/core/test_laws.py",
    "tests/engine/test_apply_laws.py",
    "tests/wholes/",
    "tests/cli/test_demo.py",
    "tests/conformance/",
    "tests/platform/test_fuzzing.py",
)

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("quick", max_examples=20, **COMMON)  # type: ignore[arg-type]
settings.register_profile("test", max_examples=100, **COMMON)  # type: ignore[arg-type]
settings.register_profile("deep", max_examples=2_000, **COMMON)  # type: ignore[arg-type]
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    elsewhere = [item for item in items if not halves.runs_here(item.nodeid)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if halves.runs_here(item.nodeid)]


def pytest_collection_finish() -> None:
    """Spare every later collection of garbage the walk through what stays anyway: modules, and thousands of tests."""
    gc.freeze()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Runs of the command that share what it imports."""
    from tests.nursery import client

    with client.nursery() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests wish to be read in the log: the values that they recorded under the name `told`."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [value for report in reports for name, value in report.user_properties if name == "told"]
    if any(report.nodeid.startswith(halves.SUITE) for report in reports):
        told.append(halves.told(report.nodeid for report in reports))
    if told:
        terminalreporter.section("what was tried")
    for value in told:
        terminalreporter.write_line(str(value))
