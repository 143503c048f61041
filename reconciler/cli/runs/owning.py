"""`adopt` and `forget`: recorded, told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.session import Needs, session
from reconciler.cli.runs.job import prepare
from reconciler.cli.runs.planning import exit_code_of_plan
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.running import run
from reconciler.engine.owning import adopt, forget
from reconciler.render.owning_text import adopted_text, adopted_to_json, forgotten_text, forgotten_to_json

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.cli.runs.job import Job, Order
    from reconciler.cli.runs.running import Stopping
    from reconciler.core.adoption import Forgot
    from reconciler.engine.owning import Adopted

FORMATS: Final = ("text", "json")


def run_adopt(order: Order, names: Collection[str]) -> int:
    """Adopt, and return the exit code: that of a plan with the new records."""
    job = prepare(order, FORMATS)

    async def work(_: Stopping) -> Adopted:
        return await _adopt(job, names)

    return exit_code_of_plan(run(work, timeout=job.timeout).plan, detailed=False)


async def _adopt(job: Job, names: Collection[str]) -> Adopted:
    async with progress(job.console) as announcer, session(job.settings, Needs(announcer)) as opened:
        announcer.watch(opened.connection.counts)
        adopted = await adopt(opened.tools, job.catalog, job.request, names)
        job.check_memory(adopted.plan)
        announcer.close()
        if job.chosen == "json":
            job.console.document(adopted_to_json(adopted.adoptions, adopted.run))
        else:
            job.console.show(adopted_text(adopted.adoptions))
        job.tell_requests(opened.requests)
    return adopted


def run_forget(order: Order, names: Collection[str]) -> int:
    """Forget, and return the exit code."""
    job = prepare(order, FORMATS)

    async def work(_: Stopping) -> tuple[Forgot, ...]:
        return await _forget(job, names)

    run(work, timeout=job.timeout)
    return 0


async def _forget(job: Job, names: Collection[str]) -> tuple[Forgot, ...]:
    async with progress(job.console) as announcer, session(job.settings, Needs(announcer)) as opened:
        forgotten = await forget(opened.tools, job.catalog, job.request, names)
        announcer.close()
        if job.chosen == "json":
            job.console.document(forgotten_to_json(forgotten))
        else:
            job.console.show(forgotten_text(forgotten))
    return forgotten
