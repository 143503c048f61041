"""Every page of the dashboard over HTTP, with a million monitored predictions in the store: first and tenth visit.

    python -m benchmarks dashboard

`PREDICTIONS` says how many, `DATA_DIR` where they are planted once and kept for the next run, `STORE_URL` which
PostgreSQL database holds the rows (else SQLite in the folder). Pages are those of the app's own routes, each with every
way to ask for it that `WAYS` lists. Prints a table, writes `dashboard.json` into the folder, and exits with 1 when the
95th percentile of the pages' visits is over the aim.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks import planting
from reconciler.platform.app import Platform, PlatformSettings, open_platform

COUNT: Final = int(os.environ.get("PREDICTIONS", "1000000"))
STORE_URL: Final = os.environ.get("STORE_URL")
# The first deployment has this share of all images, the others share the rest.
LARGEST: Final = 0.8
DEPLOYMENTS: Final = 24


def run() -> None:
    """Plant what is missing, serve it, and time every page."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("DATA_DIR", folder))
        plant(place)


def plant(place: Path) -> None:
    """Plant the predictions, unless they are there."""
    done = place / f"planted-{COUNT}"
    if done.exists():
        return
    began = time.perf_counter()
    platform = open_platform(PlatformSettings(data_dir=place, store_url=STORE_URL))
    images = sizes()
    for number, count in enumerate(images):
        plot = planting.prepare(platform, f"line-{number:02}")
        planting.plant(platform, plot, count, end=time.time())
        if number == 0:
            planting.review_newest(platform, plot, planting.REVIEWED)
    _analyze(platform)
    platform.close()
    print(f"{sum(images)} images with {predictions(images)} predictions planted in {time.perf_counter() - began:.0f} s")
    done.touch()


def sizes() -> list[int]:
    """Return how many images each deployment gets, so that there are `COUNT` predictions at least."""
    images = -(-COUNT * planting.SHADOWED // (planting.SHADOWED + 1))
    first = int(images * LARGEST)
    each = -(-(images - first) // (DEPLOYMENTS - 1))
    return [first, *[each] * (DEPLOYMENTS - 1)]


def predictions(images: list[int]) -> int:
    """Return how many predictions so many images have, shadows' included."""
    return sum(count + -(-count // planting.SHADOWED) for count in images)


def _analyze(platform: Platform) -> None:
    """Do for PostgreSQL what its autovacuum does after so many rows, and does at a moment of its own."""
    if platform.store.engine.dialect.name != "sqlite":
        with platform.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
