"""`export`: live deployments to manifests, what became of each, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.exporting import open_folder
from reconciler.bootstrap.project import open_project
from reconciler.bootstrap.session import Needs, session
from reconciler.cli.arguments import flags_of, format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.job import check_timeout
from reconciler.cli.runs.logs import configure_logs
from reconciler.cli.runs.progress import progress
from reconciler.cli.runs.running import run
from reconciler.engine.exporting import ExportRequest, export
from reconciler.render.export_text import export_remarks, export_text, export_to_json
from reconciler.render.requests import requests_line
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from reconciler.cli.options import Form, Talk, Where
    from reconciler.cli.runs.running import Stopping
    from reconciler.cli.verbs.export import ExportOptions
    from reconciler.core.export.drafts import ExportReport

FORMATS: Final = ("text", "json")


def run_export(talk: Talk, form: Form, where: Where, own: ExportOptions) -> int:
    """Export, and return the exit code."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)
    configure_logs(talk)
    check_timeout(where.timeout)
    project = open_project([own.out])
    settings = project.settings(flags_of(where))
    folder = open_folder(own.out, project)
    request = ExportRequest(tuple(own.names or ()), declared_only=own.declared_only)

    async def work(_: Stopping) -> ExportReport:
        async with progress(console) as announcer, session(settings, Needs(announcer)) as opened:
            announcer.watch(opened.connection.counts)
            report = await export(opened.tools, folder, request)
            announcer.close()
            _show(console, chosen, report, own)
            console.say([line(Span(requests_line(opened.requests), Style.MUTED))])
        return report

    return run(work, timeout=where.timeout).exit_code


def _show(console: Console, chosen: str, report: ExportReport, own: ExportOptions) -> None:
    console.complain(export_remarks(report))
    if chosen == "json":
        console.document(export_to_json(report))
    else:
        console.show(export_text(report, f"{own.out.as_posix()}/"))
