"""`apply`: planned, shown, confirmed, carried out, told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.processes import holder, this_process
from reconciler.bootstrap.session import Needs, session
from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.asking import ask
from reconciler.cli.runs.job import TOOL, plan_document, prepare
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.pruning import WORTH, tidy
from reconciler.cli.runs.reviewed import find_reviewed
from reconciler.cli.runs.running import run
from reconciler.core.events import LeaseAwaited, Planned
from reconciler.core.plan_json import FORMAT_VERSION
from reconciler.core.retention import Pruning
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.pipeline import apply
from reconciler.engine.request import ApplyOptions, LeaseTerms
from reconciler.engine.staleness import check_reviewed
from reconciler.errors import UsageError
from reconciler.render.closing import is_clean
from reconciler.render.plan_text import plan_text
from reconciler.render.report_json import REPORT_FORMAT_VERSION, event_to_json, report_to_json, summary_to_json
from reconciler.render.report_text import report_text
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.bootstrap.session import Session
    from reconciler.cli.runs.job import Job, Order
    from reconciler.cli.runs.progress import Progress
    from reconciler.cli.runs.reviewed import Reviewed
    from reconciler.cli.runs.running import Stopping
    from reconciler.cli.verbs.apply import ApplyOptions as Own
    from reconciler.core.events import Event
    from reconciler.core.live import Json
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Plan

FORMATS: Final = ("text", "json", "jsonl")
_QUESTION: Final = "Apply this plan? Only yes is taken for a yes: "


def run_apply(order: Order, own: Own) -> int:
    """Apply manifests or a saved plan, tell what came of it, and return the exit code.

    Raises:
        UsageError: It would ask, and nobody is there to answer; or an option contradicts a saved plan.
    """
    console = Console(order.talk, order.form)
    format_of(order.form, FORMATS)
    reviewed = find_reviewed(order)
    if reviewed is not None:
        # Somebody has read it and said yes by naming it.
        order, own = reviewed.ordered(order), replace(own, yes=True)
    if not own.yes and not console.is_interactive:
        raise UsageError(
            "apply asks before it writes, and nobody is there to answer",
            hint="Read `reconciler plan` first, then say `reconciler apply --yes`.",
        )
    job = prepare(order, FORMATS, console)
    if reviewed is not None:
        job = replace(job, request=reviewed.requested(job.request))

    async def work(stopping: Stopping) -> Report:
        return await _Apply(job, own, stopping, reviewed=reviewed).run()

    return exit_code_of_report(run(work, timeout=job.timeout))


class _Apply:
    """One apply: shows the plan as soon as it is made, asks, and shows what came of it."""

    def __init__(self, job: Job, own: Own, stopping: Stopping, *, reviewed: Reviewed | None) -> None:
        self.job = job
        self.reviewed = reviewed
        self.own = own
        self.stopping = stopping

    async def run(self) -> Report:
        """Connect, apply, tell."""
        async with progress(self.job.console) as announcer:
            needs = Needs(announcer, writes=True, concurrency=self.own.concurrency)
            async with session(self.job.settings, needs) as opened:
                announcer.watch(opened.connection.counts)
                announcer.tell(_Teller(self.job, self.own, opened=opened, announcer=announcer).hear)
                report = await self._apply(opened, announcer)
                announcer.close()
                self._show(opened, report)
                await self._tidy(opened)
                self.job.tell_requests(opened.requests)
        return report

    async def _tidy(self, opened: Session) -> None:
        if self.stopping.signal.asked:
            return
        pruning = Pruning(self.job.settings.keep, opened.tools.clock.now(), self.job.request.actor, WORTH)
        told = await tidy(opened.tools.ledger, self.job.catalog.name, pruning)
        if told:
            self.job.console.say([line(Span(told, Style.MUTED))])

    async def _apply(self, opened: Session, announcer: Progress) -> Report:
        async def confirm(plan: Plan) -> bool:
            self.job.check_memory(plan)
            announcer.close()
            agreed = self.own.yes or await ask(self.job.console, _QUESTION)
            announcer.resume()
            return agreed

        # From here on the engine ends by itself when it is asked to: requests in flight are finished and recorded.
        self.stopping.graceful = True
        report = await apply(opened.tools, self.job.catalog, self.job.request, self._options(), confirm)
        if report.plan.is_empty:
            self.job.check_memory(report.plan)
        return report

    def _options(self) -> ApplyOptions:
        return ApplyOptions(
            concurrency=self.own.concurrency,
            keep_going=self.own.keep_going,
            deadline_seconds=self.job.timeout,
            leases=self._terms(),
            stop=self.stopping.signal,
            wait=self.own.wait,
            check=self._check,
        )

    def _terms(self) -> LeaseTerms:
        chosen, own = self.job.settings.leases, self.own.lock_timeout
        return LeaseTerms(
            holder=holder(self.job.request.actor),
            process=this_process(),
            seconds=chosen.seconds,
            margin=chosen.write_seconds,
            wait=chosen.wait if own is None else own,
        )

    def _check(self, plan: Plan) -> None:
        if self.reviewed is not None:
            check_reviewed(self.reviewed.plan, plan)

    def _show(self, opened: Session, report: Report) -> None:
        code, console = exit_code_of_report(report), self.job.console
        match self.job.chosen:
            case "json":
                document = plan_document(report.plan, opened)
                console.document(report_to_json(report, plan=document, exit_code=code))
            case "jsonl":
                console.document({"type": "summary", **summary_to_json(report, exit_code=code)}, indent=None)
            case _:
                console.show(report_text(report))


class _Teller:
    """Shows the plan once it is made, and streams what happens, if that was asked for."""

    def __init__(self, job: Job, own: Own, *, opened: Session, announcer: Progress) -> None:
        self.job = job
        self.own = own
        self.opened = opened
        self.announcer = announcer
        self._stream({"type": "version", "tool": TOOL, "plan": FORMAT_VERSION, "report": REPORT_FORMAT_VERSION})

    def hear(self, event: Event) -> None:
        """Take note of an event."""
        told = event_to_json(event)
        if isinstance(event, Planned):
            self._planned(event.plan)
        if isinstance(event, LeaseAwaited):
            self._waits(event)
        elif told is not None:
            self._stream(told)

    def _planned(self, plan: Plan) -> None:
        quiet = self.job.console.talk_options.quiet and self.own.yes
        if self.job.chosen == "text" and not quiet and not is_clean(plan):
            self.announcer.close()
            self.job.console.show((*plan_text(plan), BLANK))
        self._stream({"type": "planned", "plan": plan_document(plan, self.opened)})

    def _waits(self, event: LeaseAwaited) -> None:
        self.announcer.close()
        told = f"Waiting up to {event.seconds:.0f} s more: {event.why}"
        self.job.console.say([line(Span(told, Style.MUTED))])
        self.announcer.resume()

    def _stream(self, value: Mapping[str, Json]) -> None:
        if self.job.chosen == "jsonl":
            self.job.console.document(value, indent=None)
