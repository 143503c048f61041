"""Every page of the dashboard over HTTP, with a million monitored predictions in the store: first and tenth visit.

    python -m benchmarks dashboard

`PREDICTIONS` says how many, `DATA_DIR` where they are planted once and kept for the next run, `STORE_URL` which
PostgreSQL database holds the rows (else SQLite in the folder). Pages are those of the app's own routes, each with every
way to ask for it that `WAYS` lists. Prints a table, writes `dashboard.json` into the folder, and exits with 1 when the
95th percentile of the pages' visits is over the aim.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks import planting, visiting
from benchmarks.kinds import SHADOWED
from reconciler.platform.app import Platform, PlatformSettings, open_platform
from reconciler.platform.store import gallery, overviews
from reconciler.platform.store.overviews import Search, Sort
from reconciler.platform.store.sifting import Filters
from reconciler.platform.store.tables.deployments import Deployment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.visiting import Visited

COUNT: Final = int(os.environ.get("PREDICTIONS", "1000000"))
STORE_URL: Final = os.environ.get("STORE_URL")
# The first deployment has this share of all images, the others share the rest.
LARGEST: Final = 0.8
DEPLOYMENTS: Final = 24
# Seconds that 95 of 100 visits may take at most.
AIM: Final = 0.3
VISITS: Final = 10
_DEEP: Final = 40


def run() -> None:
    """Plant what is missing, serve it, and time every page; exit with 1 where the aim is missed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("DATA_DIR", folder))
        plant(place)
        values = _values(place)
        before = visiting.load()
        with visiting.served(place, STORE_URL) as ready, visiting.signed_in(ready) as client:
            visited = [
                visiting.visit(client, route, address, VISITS)
                for route in visiting.routes()
                for address in visiting.addresses(route, values)
            ]
        report = _report(visited, before)
        (place / "dashboard.json").write_text(json.dumps(report, indent=2))
    _print(visited, report)
    if not report["met"]:
        raise SystemExit(1)


def _report(visited: Sequence[Visited], before: str) -> dict[str, object]:
    first, tenth = ([each.seconds[place] for each in visited] for place in (0, -1))
    every = [seconds for each in visited for seconds in each.seconds]
    worst = max(_share([each.seconds[place] for each in visited], 0.95) for place in (0, -1))
    return {
        "predictions": predictions(sizes()),
        "store": "PostgreSQL" if STORE_URL else "SQLite",
        "load": {"before": before, "after": visiting.load()},
        "aim_seconds": AIM,
        "met": worst <= AIM,
        "first": {"p50": _share(first, 0.5), "p95": _share(first, 0.95)},
        "tenth": {"p50": _share(tenth, 0.5), "p95": _share(tenth, 0.95)},
        "all": {"p50": _share(every, 0.5), "p95": _share(every, 0.95)},
        "pages": [vars(each) for each in visited],
    }


def _share(seconds: Sequence[float], share: float) -> float:
    return float(np.quantile(seconds, share, method="inverted_cdf"))


def _print(visited: Sequence[Visited], report: dict[str, object]) -> None:
    print(f"{report['predictions']} predictions on {report['store']}; load {report['load']}")
    print("   first   tenth     p95  page (milliseconds)")
    for each in visited:
        told = (each.seconds[0], each.seconds[-1], _share(each.seconds, 0.95))
        print(" ".join(f"{seconds * 1000:7.0f}" for seconds in told), each.address)
    for name in ("first", "tenth", "all"):
        print(f"{name}: {report[name]}")
    print(
        f"aim of {AIM} s at the 95th percentile, of first and of tenth visits: {'met' if report['met'] else 'missed'}"
    )


def _values(place: Path) -> dict[str, str]:
    """Return what routes are filled with: the largest deployment, one of its newest images, a place deep in it."""
    platform = open_platform(PlatformSettings(data_dir=place, store_url=STORE_URL))
    with platform.store.read(platform.owner) as unit:
        search = Search(sort=Sort.PREDICTIONS, limit=1)
        page = overviews.list_page(unit, platform.owner.organization_id, search, moment=time.time())
        deployment = unit.find(Deployment, page.items[0].id)
        shown = gallery.list_page(unit, deployment, Filters())
        deep = shown
        for _ in range(_DEEP):
            deep = gallery.list_page(unit, deployment, Filters(), before=deep.older) if deep.older else deep
    platform.close()
    return {
        "deployment_id": str(deployment.id),
        "predicted_asset_id": str(shown.tiles[len(shown.tiles) // 2].id),
        "cursor": str(deep.tiles[0].cursor),
    }


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
    images = -(-COUNT * SHADOWED // (SHADOWED + 1))
    first = int(images * LARGEST)
    each = -(-(images - first) // (DEPLOYMENTS - 1))
    return [first, *[each] * (DEPLOYMENTS - 1)]


def predictions(images: list[int]) -> int:
    """Return how many predictions so many images have, shadows' included."""
    return sum(count + -(-count // SHADOWED) for count in images)


def _analyze(platform: Platform) -> None:
    """Do for PostgreSQL what its autovacuum does after so many rows, and does at a moment of its own."""
    if platform.store.engine.dialect.name != "sqlite":
        with platform.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
