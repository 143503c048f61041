"""Writes that may still arrive: sent, never answered, not to be seen on the platform, and then sent once more.

The second sending was answered, the first may yet be carried out. Where that would change what the run has left, the
step is not over: it stays in doubt, and the next apply writes again what it decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.actions import CreateDeployment, CreateTag, DeleteDeployment
from reconciler.core.live import BLANK, FIELD
from reconciler.core.unreported import UNREPORTED
from reconciler.engine.steps.wording import succeeded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from reconciler.core.live import LiveDeployment
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Step

_NOTHING: Final = replace(BLANK, tags=frozenset(), feedback_datasets=frozenset(), training_datasets=frozenset())


def strays(steps: Iterable[Step], outcomes: Mapping[int, Outcome], unseen: Collection[int]) -> tuple[Step, ...]:
    """Return the steps whose first sending would undo something if it arrived now.

    Args:
        steps: Of one plan, by number.
        outcomes: How each ended.
        unseen: Numbers of those that were sent again because nobody could tell whether they had landed.
    """
    landed = [step for step in steps if succeeded(outcomes[step.number])]
    return tuple(step for step in landed if step.number in unseen and _would_undo(step, landed))


def _would_undo(stray: Step, landed: Iterable[Step]) -> bool:
    left = _NOTHING
    for step in landed:
        if step.address == stray.address:
            left = _after(step, left)
    strayed = _after(stray, left)
    pairs = ((FIELD[path].of(left), FIELD[path].of(strayed)) for path in stray.action.touches)
    # A call that may switch something on does no harm where it is on.
    return any(was != now and (was, now) != (True, UNREPORTED) for was, now in pairs)


def _after(step: Step, live: LiveDeployment) -> LiveDeployment:
    if isinstance(step.action, CreateTag | CreateDeployment | DeleteDeployment):
        return live
    return step.action.effect(live)
