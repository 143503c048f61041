"""Every kind of durable work this platform knows."""

from collections.abc import Mapping
from functools import cache

from reconciler.platform.pipeline.work import Work


@cache
def works() -> Mapping[str, Work]:
    """Return the kinds of work by name; they and the numeric libraries behind them are loaded with the first job."""
    from reconciler.platform.pipeline import evaluating, references, retraining, scoring, statistics

    known = (references.work(), evaluating.work(), retraining.work(), scoring.work(), statistics.work())
    return {work.kind: work for work in known}
