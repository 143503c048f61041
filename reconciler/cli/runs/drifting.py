"""`drift`: found, shown, judged, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.session import Needs, session
from reconciler.cli.runs.job import plan_document, prepare
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.running import run
from reconciler.engine.convergence import exit_code_of_drift
from reconciler.engine.drift import drift
from reconciler.render.drift_text import drift_text

if TYPE_CHECKING:
    from reconciler.cli.runs.job import Job, Order
    from reconciler.cli.runs.running import Stopping
    from reconciler.core.plan import Plan

FORMATS: Final = ("text", "json")


def run_drift(order: Order, *, strict: bool) -> int:
    """Show what moved, and return the exit code."""
    job = prepare(order, FORMATS)

    async def work(_: Stopping) -> Plan:
        return await _drift(job)

    return exit_code_of_drift(run(work, timeout=job.timeout), strict=strict)


async def _drift(job: Job) -> Plan:
    async with progress(job.console) as announcer, session(job.settings, Needs(announcer)) as opened:
        announcer.watch(opened.connection.counts)
        found = await drift(opened.tools, job.catalog, job.request)
        job.check_memory(found)
        announcer.close()
        if job.chosen == "json":
            job.console.document(plan_document(found, opened))
        else:
            job.console.show(drift_text(found))
        job.tell_requests(opened.requests)
    return found
