"""Whether a plan made now is the one that was reviewed: exactly that plan runs, or nothing does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from reconciler.core.plan_difference import differences
from reconciler.core.plan_json import body_of, digest_of
from reconciler.engine.observing import judged
from reconciler.errors import Refused, StalePlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Json
    from reconciler.core.plan import Plan
    from reconciler.core.saved_plan import SavedPlan
    from reconciler.engine.observing import Outlook

_SHOWN: Final = 5
"""Differences that are told one by one."""


def check_reviewed(reviewed: SavedPlan, now: Plan) -> None:
    """Compare the plan that was reviewed with the one that the same request comes to now.

    Raises:
        Refused: It was made for another platform, organisation, environment or catalog.
        StalePlan: It is another plan; the message names what differs, by address and field.
    """
    _check_place(reviewed, now)
    if reviewed.digest == digest_of(now):
        return
    told = list(differences(reviewed.body, json.loads(json.dumps(body_of(now, None)))))
    if not told:
        told = ["the version of reconciler that made it reads it otherwise"]
    more = [f"{len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    raise StalePlan(
        f"this is not the plan that was reviewed at {reviewed.created_at}: {'; '.join([*told[:_SHOWN], *more])}",
        hint="Nothing was written. Plan again, look at the difference, and apply that plan.",
    )


def check_remembered(outlook: Outlook, memory: Mapping[str, AppliedDeployment]) -> Outlook:
    """Compare the memory a plan was made on with what the ledger says now that nobody else can change it.

    Args:
        outlook: What was planned, and on what.
        memory: Recalled afresh.

    Returns:
        The outlook on that memory.

    Raises:
        StalePlan: Another run has recorded something by which the plan would be another.
    """
    if all(outlook.applied.get(address) == memory.get(address) for address in outlook.touched):
        return outlook
    again = judged(outlook.catalog, outlook.request, outlook.snapshot, memory)
    if digest_of(again.plan) == digest_of(outlook.plan):
        return again
    told = [*differences(_body(outlook.plan), _body(again.plan))][:_SHOWN]
    raise StalePlan(
        f"another run was here since the plan was made: {'; '.join(told)}",
        hint="Nothing was written; plan again and look at the difference.",
    )


def _body(plan: Plan) -> Mapping[str, Json]:
    body: Mapping[str, Json] = json.loads(json.dumps(body_of(plan, None)))
    return body


def _check_place(reviewed: SavedPlan, now: Plan) -> None:
    was, here = reviewed.target, now.target
    places = {
        "the catalog": (reviewed.catalog, now.catalog),
        "the platform": (was.endpoint, here.endpoint),
        "the organisation": (
            f"{was.organization} ({was.organization_id})",
            f"{here.organization} ({here.organization_id})",
        ),
        "the environment": (was.environment or "none", here.environment or "none"),
    }
    if was.organization_id == here.organization_id:
        del places["the organisation"]
    told = [f"{name} {made}, and this is {name} {found}" for name, (made, found) in places.items() if made != found]
    if told:
        raise Refused(
            f"the plan was made for {'; for '.join(told)}",
            hint="Nothing was written. Name the place that the plan was made for, or plan again for this one.",
        )
