"""`explain`: gathered, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.session import Needs, session
from reconciler.cli.runs.job import prepare
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.running import run
from reconciler.core.explanation.whole import Condition
from reconciler.engine.explaining import explain
from reconciler.render.explain_json import explanation_to_json
from reconciler.render.explain_text import explain_text

if TYPE_CHECKING:
    from reconciler.cli.runs.job import Job, Order
    from reconciler.cli.runs.running import Stopping
    from reconciler.core.explanation.whole import Explanation

FORMATS: Final = ("text", "json")
_UNREADABLE: Final = 10


def run_explain(order: Order, name: str) -> int:
    """Explain a deployment, and return the exit code: 0, or 10 where the platform did not tell how it is."""
    job = prepare(order, FORMATS)

    async def work(_: Stopping) -> Explanation:
        return await _explain(job, name)

    explained = run(work, timeout=job.timeout)
    return _UNREADABLE if Condition.UNREADABLE in explained.conditions else 0


async def _explain(job: Job, name: str) -> Explanation:
    async with progress(job.console) as announcer, session(job.settings, Needs(announcer)) as opened:
        announcer.watch(opened.connection.counts)
        explained = await explain(opened.tools, job.catalog, job.request, name)
        announcer.close()
        if job.chosen == "json":
            job.console.document(explanation_to_json(explained))
        else:
            job.console.show(explain_text(explained))
        job.tell_requests(opened.requests)
    return explained
