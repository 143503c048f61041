"""Why something may not run, and how much of a plan that stops."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.origin import Origin


class Scope(enum.StrEnum):
    """How much a refusal stops: one field's step, everything on one deployment, or the whole plan."""

    STEP = "step"
    DEPLOYMENT = "deployment"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reasoned no, decided while planning.

    Attributes:
        code: Stable slug such as `missing-reference`, for machines and documentation.
        scope: How much it stops.
        address: The deployment, or empty for the whole plan.
        path: The field, or empty.
        message: What is wrong, with the numbers and names that decided it.
        hint: The next step.
        origin: The place in the manifest.
    """

    code: str
    scope: Scope
    address: str
    message: str
    hint: str
    path: str = ""
    origin: Origin | None = None


def covering(refusals: Iterable[Refusal], address: str, path: str) -> Refusal | None:
    """Return the first refusal because of which a field of a deployment is not written, if there is one."""
    return next((each for each in refusals if each.address == address and _covers(each, path)), None)


def about(refusals: Iterable[Refusal], address: str, path: str) -> Refusal | None:
    """Return the first refusal that the field itself, or its block, is the reason of."""
    mine = (each for each in refusals if each.address == address and each.path)
    return next((each for each in mine if _aspect(each.path) == _aspect(path)), None)


def _covers(refusal: Refusal, path: str) -> bool:
    return refusal.scope is not Scope.STEP or _aspect(refusal.path) == _aspect(path)


def _aspect(path: str) -> str:
    """Return what is refused together: one model slot, or a whole block."""
    return path if path.startswith("models.") else path.partition(".")[0]
