"""Every kind of durable work this platform knows."""

from collections.abc import Mapping

from reconciler.platform.pipeline import evaluating, references, retraining, statistics
from reconciler.platform.pipeline.work import Work


def works() -> Mapping[str, Work]:
    """Return the kinds of work by name."""
    return {work.kind: work for work in (references.work(), evaluating.work(), retraining.work(), statistics.work())}
