"""`plan`: made, shown, judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.plan_files import check_plan_file, save_plan
from reconciler.bootstrap.session import Needs, session
from reconciler.cli.runs.job import plan_document, prepare
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.running import run
from reconciler.engine.pipeline import make_plan
from reconciler.errors import PlatformError, Refused, strongest
from reconciler.render.plan_markdown import plan_markdown
from reconciler.render.plan_text import plan_text

if TYPE_CHECKING:
    from reconciler.bootstrap.session import Session
    from reconciler.cli.runs.job import Job, Order
    from reconciler.cli.runs.running import Stopping
    from reconciler.cli.verbs.plan import PlanOptions
    from reconciler.core.plan import Plan

FORMATS: Final = ("text", "json", "markdown")
_CHANGES: Final = 2


def run_plan(order: Order, options: PlanOptions) -> int:
    """Show a plan, and return the exit code."""
    if options.out is not None:
        check_plan_file(options.out)
    job = prepare(order, FORMATS)

    async def work(_: Stopping) -> Plan:
        return await _plan(job, options)

    return exit_code_of_plan(run(work, timeout=job.timeout), detailed=options.detailed_exitcode)


async def _plan(job: Job, options: PlanOptions) -> Plan:
    async with progress(job.console) as announcer, session(job.settings, Needs(announcer)) as opened:
        announcer.watch(opened.connection.counts)
        made = await make_plan(opened.tools, job.catalog, job.request)
        job.check_memory(made)
        announcer.close()
        if options.out is not None:
            save_plan(options.out, plan_document(made, opened))
        _show(job, opened, made, options)
        job.tell_requests(opened.requests)
    return made


def _show(job: Job, opened: Session, made: Plan, options: PlanOptions) -> None:
    match job.chosen:
        case "json":
            job.console.document(plan_document(made, opened))
        case "markdown":
            job.console.write(plan_markdown(made))
        case _:
            job.console.show(plan_text(made, requests_of(made, opened) if options.show_requests else None))


def requests_of(made: Plan, opened: Session) -> dict[int, tuple[str, ...]]:
    """Return the request of every step as lines, by step number."""
    chains = {chain.address: chain for chain in made.chains}
    requests = {}
    for step in made.steps:
        told = opened.describe(step, chains.get(step.address))
        payload = () if told["payload"] is None else (json.dumps(told["payload"], ensure_ascii=False),)
        requests[step.number] = (f"{told['method']} {told['path']}", *payload)
    return requests


def exit_code_of_plan(made: Plan, *, detailed: bool) -> int:
    """Return the exit code of a plan: refusals first, then whether there are changes, if that was asked."""
    codes = {refusal.code for refusal in made.all_refusals}
    return strongest(
        [
            PlatformError.exit_code if "unreadable" in codes else 0,
            Refused.exit_code if codes - {"unreadable"} else 0,
            _CHANGES if detailed and (made.steps or made.summary.forget) else 0,
        ]
    )
