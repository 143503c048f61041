"""Continuous deployment: the policy for newly trained versions; its switch is decided in `arming`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.actions import ConfigureContinuousDeployment
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.view import judge, switch_not_ours

if TYPE_CHECKING:
    from reconciler.core.view import View

_POLICY = "continuousDeployment.policy"
_ACTIVE = "continuousDeployment.active"


def gap(view: View) -> Gap:
    """Return whether the policy differs, and the action that closes it."""
    declared = view.manifest.spec.continuous_deployment
    if declared is None or declared.policy is None:
        return NO_GAP
    judged = judge(view, _POLICY, declared.policy)
    if judged.write and not view.ours(_ACTIVE):
        return judged.gap + Gap(refusals=(switch_not_ours(view, _POLICY, _ACTIVE),))
    moves = (Move(ConfigureContinuousDeployment(declared.policy), (_POLICY,)),) if judged.write else ()
    return judged.gap + Gap(moves=moves)
