"""A saved plan on the command line: what it was asked for with is asked for again, and nothing else can be."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.bootstrap.plan_files import find_plan
from reconciler.cli.options import Which
from reconciler.core.selection import Selection
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cli.runs.job import Order
    from reconciler.core.saved_plan import SavedPlan
    from reconciler.engine.request import PlanRequest


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan that somebody has reviewed, and the manifests that it is to be compared with.

    Attributes:
        plan: As it was saved.
        paths: Manifests named beside it; empty for those that it names itself.
    """

    plan: SavedPlan
    paths: tuple[Path, ...] = ()

    def ordered(self, order: Order, variables: Mapping[str, str] = os.environ) -> Order:
        """Return what the command line asks for, with manifests and environment of the plan where it names none."""
        paths = self.paths or tuple(map(Path, self.plan.paths))
        named = order.where.env or variables.get("RECONCILER_ENV")
        where = order.where if named else replace(order.where, env=self.plan.target.environment or None)
        options = self.plan.options
        return replace(order, paths=paths, where=where, prune=options.prune, force=options.force or None)

    def requested(self, request: PlanRequest) -> PlanRequest:
        """Return a request for the same plan: its selection, not looked up again, and its reassertions."""
        options = self.plan.options
        policy = replace(
            request.policy,
            selection=Selection(frozenset(options.targets), frozenset(options.excludes)),
            reassert=frozenset(options.reassert),
        )
        return replace(request, policy=policy)


def find_reviewed(order: Order) -> Reviewed | None:
    """Return the saved plan that the command line names first, if it names one.

    Raises:
        InputError: It is damaged, or of a version that this program does not read.
        UsageError: An option asks for another plan.
    """
    found = find_plan(order.paths)
    if found is None:
        return None
    if order.which != Which() or order.reassert or order.prune or order.force is not None:
        raise UsageError(
            "a saved plan is applied as it is: selection, --reassert, --prune and --force are in it",
            hint="Leave these options out, or plan again with them.",
        )
    plan, paths = found
    return Reviewed(plan, tuple(paths))
