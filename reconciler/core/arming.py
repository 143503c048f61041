"""The three switches: what each guards, when it goes off first, and how it ends as declared.

    switch                   goes off before a change of
    feedback loop            its datasets
    continuous training      its configuration, its datasets, the policy
    continuous deployment    the champion, the policy

A switch is only moved where its block is declared and owned, and not where it is known to be off already. Some calls
switch on by themselves, or may: what a switch is after all other moves is computed by their own `effect`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.actions import (
    ConfigureContinuousDeployment,
    ConfigureContinuousTraining,
    CreateDeployment,
    DeleteDeployment,
    Phase,
    SetUpFeedbackLoop,
    ToggleContinuousDeployment,
    ToggleContinuousTraining,
    ToggleFeedbackLoop,
)
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.live import FIELD
from reconciler.core.manifest.spec import Ownership
from reconciler.core.order import ordered
from reconciler.core.refusal import Scope
from reconciler.core.unreported import UNREPORTED
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.actions import Action, Toggle
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.spec import DeploymentSpec
    from reconciler.core.refusal import Refusal
    from reconciler.core.view import View


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch: its path, what it guards, its toggle, and the call after which it has to be settled.

    `settles` is the phase in which an off has to follow the call `moved_by` that may have switched it on. Switching on
    needs the field `needs` to be set up: platforms answer 404 otherwise.
    """

    path: str
    needs: str
    guards: frozenset[str]
    toggle: type[Toggle]
    moved_by: type[Action]
    settles: Phase


SWITCHES: Final = (
    Switch(
        "feedbackLoop.active",
        "feedbackLoop.configured",
        frozenset({"feedbackLoop.datasets"}),
        ToggleFeedbackLoop,
        SetUpFeedbackLoop,
        Phase.CONFIGURE,
    ),
    Switch(
        "continuousTraining.active",
        "continuousTraining.configuration",
        frozenset({"continuousTraining.configuration", "continuousTraining.datasets", "continuousDeployment.policy"}),
        ToggleContinuousTraining,
        ConfigureContinuousTraining,
        Phase.ARM,
    ),
    Switch(
        "continuousDeployment.active",
        "continuousDeployment.policy",
        frozenset({"models.champion", "continuousDeployment.policy"}),
        ToggleContinuousDeployment,
        ConfigureContinuousDeployment,
        Phase.CONFIGURE,
    ),
)


def gap(view: View, moves: tuple[Move, ...]) -> Gap:
    """Return what differs in the switches, and the toggles that the other moves and the manifest ask for."""
    total = NO_GAP
    for switch in SWITCHES:
        total += _switch(view, switch, moves)
    return total


def _declared(spec: DeploymentSpec, path: str) -> bool | None:
    blocks = {
        "feedbackLoop.active": spec.feedback_loop,
        "continuousTraining.active": spec.continuous_training,
        "continuousDeployment.active": spec.continuous_deployment,
    }
    block = blocks[path]
    return None if block is None else block.active


def _switch(view: View, switch: Switch, moves: tuple[Move, ...]) -> Gap:
    desired = _declared(view.manifest.spec, switch.path)
    if desired is None or view.mode(switch.path) is Ownership.IGNORED:
        return NO_GAP
    judged = judge(view, switch.path, desired)
    if not view.ours(switch.path):
        return judged.gap
    believed = view.value(switch.path)
    final = desired if judged.write or not judged.gap.changes else bool(believed)
    toggles = _toggles(view, switch, moves, final=final)
    arms = any(move.action.phase is Phase.ARM for move in toggles)
    if arms and not _is_set_up(view, switch, moves):
        return judged.gap + Gap(refusals=(_refusal(view, switch),))
    return judged.gap + Gap(moves=toggles)


def _is_set_up(view: View, switch: Switch, moves: tuple[Move, ...]) -> bool:
    state = _after(view.belief.state, moves)
    datasets = state.feedback_datasets
    if switch.needs == "feedbackLoop.configured" and datasets is not UNREPORTED and datasets:
        return True
    return FIELD[switch.needs].of(state) not in (None, False, UNREPORTED)


def _refusal(view: View, switch: Switch) -> Refusal:
    return view.refuse(
        "switch-not-set-up",
        switch.path,
        "it cannot be switched on: it is not known to be set up, and the manifest does not say how",
        f"Declare the rest of `{switch.path.partition('.')[0]}` too, or `active: false`; or set it up and adopt it.",
        scope=Scope.STEP,
    )


def _toggles(view: View, switch: Switch, moves: tuple[Move, ...], *, final: bool) -> tuple[Move, ...]:
    touched = tuple(sorted({path for move in moves for path in move.because if path in switch.guards}))
    believed = view.value(switch.path)
    off: tuple[Move, ...] = ()
    if touched and believed is not False:
        off = (Move(switch.toggle(active=False, phase=Phase.DISARM), touched),)
    ends = FIELD[switch.path].of(_after(view.belief.state, (*moves, *off)))
    if ends == final and not view.reasserted(switch.path):
        return off
    because = (switch.path,) if believed != final else touched or (switch.path,)
    if final:
        return (*off, Move(switch.toggle(active=True, phase=Phase.ARM), because))
    moved = any(isinstance(move.action, switch.moved_by) for move in moves)
    phase = switch.settles if moved else Phase.DISARM
    return (*off, Move(switch.toggle(active=False, phase=phase), because)) if moved or not off else off


def _after(state: LiveDeployment, moves: tuple[Move, ...]) -> LiveDeployment:
    for move in ordered(moves):
        if not isinstance(move.action, CreateDeployment | DeleteDeployment):
            state = move.action.effect(state)
    return state
