"""What every connected verb does first: load, resolve, select; and how its plans become documents."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler import __version__
from reconciler.bootstrap.ephemeral import check_memory
from reconciler.bootstrap.project import Project, open_project
from reconciler.bootstrap.runs import new_run
from reconciler.cli.arguments import flags_of, format_of, selection_of
from reconciler.cli.console import Console
from reconciler.cli.runs.logs import configure_logs
from reconciler.core.live import FIELDS
from reconciler.core.plan_json import plan_to_json
from reconciler.core.planner import PlanPolicy
from reconciler.engine.request import PlanRequest
from reconciler.errors import UsageError
from reconciler.render.diagnostics import diagnostics_text
from reconciler.render.requests import requests_line
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reconciler.bootstrap.session import Session
    from reconciler.cli.options import Form, Talk, Where, Which
    from reconciler.core.live import Json
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.plan import Plan
    from reconciler.settings.resolution import Settings

TOOL: Final = f"reconciler {__version__}"


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for.

    Attributes:
        command: The verb.
        talk, form, where, which: Shared options.
        paths: Manifests.
        reassert: Field paths to write on purpose.
        prune: Whether to delete what is gone from the manifests.
        force: Why much may be taken away at once; `None` where that was not said.
        allow_empty: Whether the manifests may declare nothing at all.
    """

    command: str
    talk: Talk
    form: Form
    where: Where
    which: Which
    paths: Sequence[Path]
    reassert: Sequence[str] = ()
    prune: bool = False
    force: str | None = None
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A verb ready to connect.

    Attributes:
        console: Where it prints.
        chosen: The format of its results.
        project, settings, catalog, request: What the order means.
        timeout: Seconds, or `None` for no limit.
    """

    console: Console
    chosen: str
    project: Project
    settings: Settings
    catalog: Catalog
    request: PlanRequest
    timeout: float | None

    def check_memory(self, plan: Plan) -> None:
        """Refuse to rely on a memory that would be lost. Raises SettingsError."""
        check_memory(self.settings, self.catalog, plan)

    def tell_requests(self, requests: Mapping[str, int]) -> None:
        """Say how many requests it took."""
        self.console.say([line(Span(requests_line(requests), Style.MUTED))])


def prepare(order: Order, formats: Sequence[str], console: Console | None = None) -> Job:
    """Load the catalog, resolve the settings, select deployments; warnings are talk.

    Raises:
        InputError: something of it makes no sense.
        NotAuthenticated: there is no token.
    """
    console, chosen = console or Console(order.talk, order.form), format_of(order.form, formats)
    run = new_run()
    configure_logs(order.talk, run)
    check_timeout(order.where.timeout)
    check_reason(order.force)
    project = open_project(order.paths)
    # Deleting everything is possible, if it is asked for and somebody says why.
    loaded = project.load(allow_empty=order.allow_empty or (order.prune and order.force is not None))
    console.say(diagnostics_text(loaded.warnings))
    settings = project.settings(flags_of(order.where))
    policy = PlanPolicy(
        selection=selection_of(order.which, loaded.catalog),
        reassert=_fields(order.reassert),
        prune=order.prune,
        environment=settings.environment,
        whole=project.is_whole,
        force=order.force or "",
        caps=settings.caps,
    )
    request = PlanRequest(policy, command=order.command, actor=project.actor, reason=policy.force, run=run)
    return Job(console, chosen, project, settings, loaded.catalog, request, order.where.timeout)


def check_reason(force: str | None) -> None:
    """Refuse a reason that says nothing. Raises UsageError."""
    if force is not None and not force.strip():
        raise UsageError("--force takes a reason, and this one is empty", hint="Say in a sentence why it is meant.")


def check_timeout(seconds: float | None) -> None:
    """Refuse a time limit that is no time. Raises UsageError."""
    if seconds is not None and not 0 < seconds < float("inf"):
        raise UsageError(f"--timeout takes seconds, more than 0, not {seconds:g}", hint="Leave it out for no limit.")


def _fields(names: Sequence[str]) -> frozenset[str]:
    paths = {item.path for item in FIELDS}
    known = sorted(paths | {path.partition(".")[0] for path in paths})
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name[:100], known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Fields are {', '.join(known)}."
            raise UsageError(f"there is no field {name!r} to reassert", hint=hint)
    return frozenset(names)


def plan_document(plan: Plan, opened: Session) -> dict[str, Json]:
    """Return a plan as JSON, with the request of every step."""
    return plan_to_json(plan, tool=TOOL, created_at=opened.tools.clock.now(), describe=opened.describe)
