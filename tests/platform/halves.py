"""What of the platform's suite runs on which store: on both, unless it is named here with the reason why not."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VARIABLE: Final = "RECONCILER_TEST_STORE"
SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

SUITE: Final = ("tests/platform/", "tests/conformance/")


@dataclass(frozen=True)
class Half:
    """A store that alone some tests run on, and why."""

    store: str
    reason: str


NO_STORE: Final = Half(SQLITE, "opens no store")
THE_FILE: Final = Half(SQLITE, "is about the file that SQLite keeps")
THIS_PROCESS: Final = Half(SQLITE, "is about work in the platform's own process, without workers")
WORKERS: Final = Half(POSTGRESQL, "is about worker processes, which need PostgreSQL")

ONCE: Final[Mapping[str, Half]] = {
    "tests/platform/dashboard/test_charts.py": NO_STORE,
    "tests/platform/dashboard/test_drawing.py": NO_STORE,
    "tests/platform/dashboard/test_forecast.py": NO_STORE,
    "tests/platform/dashboard/test_predictions_filters.py": NO_STORE,
    "tests/platform/dashboard/test_review_scripts.py": NO_STORE,
    "tests/platform/dashboard/test_review_sheets.py": NO_STORE,
    "tests/platform/dashboard/test_sparkline.py": NO_STORE,
    "tests/platform/dashboard/test_words.py": NO_STORE,
    "tests/platform/intake/": NO_STORE,
    "tests/platform/monitoring_stats/test_average_precision.py": NO_STORE,
    "tests/platform/monitoring_stats/test_classification.py": NO_STORE,
    "tests/platform/monitoring_stats/test_drift.py": NO_STORE,
    "tests/platform/monitoring_stats/test_measuring.py": NO_STORE,
    "tests/platform/monitoring_stats/test_outliers.py": NO_STORE,
    "tests/platform/pipeline/test_crew.py": WORKERS,
    "tests/platform/pipeline/test_line.py": THIS_PROCESS,
    "tests/platform/reads/test_thumbnails.py": NO_STORE,
    "tests/platform/seed/test_classifiers.py": NO_STORE,
    "tests/platform/seed/test_detectors.py": NO_STORE,
    "tests/platform/seed/test_digits.py": NO_STORE,
    "tests/platform/seed/test_light_imports.py": NO_STORE,
    "tests/platform/seed/test_scenes.py": NO_STORE,
    "tests/platform/seed/test_splits.py": NO_STORE,
    "tests/platform/serving/test_loading.py": NO_STORE,
    "tests/platform/test_folder.py": THE_FILE,
    "tests/platform/test_upgrading.py": THE_FILE,
    "tests/platform/test_late.py": NO_STORE,
    "tests/platform/test_stores.py": NO_STORE,
    "tests/platform/training/": NO_STORE,
}
"""By the beginning of a test's name, what runs on one store alone."""


def chosen() -> str:
    """Return the name of the store that the environment chooses."""
    name = os.environ.get(VARIABLE, SQLITE)
    assert name in {SQLITE, POSTGRESQL}, f"{VARIABLE} names no store: {name}"
    return name


def alone(nodeid: str) -> Half | None:
    """Return the store that alone a test runs on, None where it runs on both."""
    return next((half for path, half in ONCE.items() if nodeid.startswith(path)), None)


def runs_here(nodeid: str) -> bool:
    """Return whether a test runs on the store that was chosen."""
    half = alone(nodeid)
    return half is None or half.store == chosen()


def told(nodeids: Iterable[str]) -> str:
    """Return how many of the platform's tests ran, and how many of them run on this store alone."""
    ours = [nodeid for nodeid in nodeids if nodeid.startswith(SUITE)]
    only = Counter(half.reason for half in map(alone, ours) if half is not None)
    why = "; ".join(f"{count} {reason}" for reason, count in sorted(only.items()))
    return f"{len(ours)} tests of the platform ran on {chosen()}, {only.total()} of them there alone ({why or 'none'})"
