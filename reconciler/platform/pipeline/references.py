"""The work of summarising training data: read every image of the reference, keep what is true of them together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.platform.intake.measuring import measure
from reconciler.platform.monitoring import references
from reconciler.platform.pipeline.work import Bench, Lane, Task, Work
from reconciler.platform.store import training_data
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.measurements import Measured
from reconciler.platform.store.unit import Unit


@dataclass(frozen=True)
class _Summary:
    """Summarises a reference; `measured` tells what one image contributes, or None where it cannot be read."""

    measured: Callable[[Path], Measured | None]

    def compute(self, bench: Bench, task: Task) -> None:
        """Compute the summary, unless the reference was set anew or dropped since."""
        deployment_id, attempt = task.identifier("deployment_id"), task.payload["attempt"]
        with bench.write(task.organization_id) as unit:
            begun = training_data.begin(unit, deployment_id)
        if begun is None or begun[0] != attempt:
            return
        found = [measured for name in begun[1] if (measured := self._measure(bench, name)) is not None]
        if not found:
            raise Invalid("It holds no image that can be read.")
        blob = bench.store.blobs.write([references.to_bytes(references.compute(found))])
        with bench.write(task.organization_id) as unit:
            training_data.finish(unit, deployment_id, begun[0], summary=references.summarize(found), blob=blob.name)

    def _measure(self, bench: Bench, blob: str) -> Measured | None:
        bench.check()
        return self.measured(bench.store.blobs.path(blob))


def _failed(unit: Unit, task: Task, error: str) -> None:
    attempt = task.payload["attempt"]
    if isinstance(attempt, int):
        training_data.finish(unit, task.identifier("deployment_id"), attempt, error=error)


def work(measured: Callable[[Path], Measured | None] = measure) -> Work:
    """Return the kind of work that computes summaries."""
    return Work(training_data.KIND, Lane.COMPUTING, {"summarize": _Summary(measured).compute}, _failed)
