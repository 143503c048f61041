"""Rules on continuous training: its group of project, trigger and parameters, and what can make it fire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.checks.plain import FREE
from reconciler.core.manifest.diagnostics import Severity
from reconciler.core.manifest.nodes import Mapping, show
from reconciler.core.manifest.spec import TriggerEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft

_BLOCK: Final = ("spec", "continuousTraining")
_TRIGGER: Final = (*_BLOCK, "trigger")
_PARAMETERS: Final = ("experimentParameters", "scanConfig")


def incomplete_group(draft: Draft) -> Iterator[Finding]:
    """Project, trigger and parameters are declared together or not at all."""
    block = draft.node(*_BLOCK)
    if not isinstance(block, Mapping):
        return
    parameters = "parameters (experimentParameters or scanConfig)"
    wanted = {"project": ("project",), "trigger": ("trigger",), parameters: _PARAMETERS}
    missing = [name for name, keys in wanted.items() if not any(key in block.entries for key in keys)]
    if 0 < len(missing) < len(wanted):
        declared = [key for key in ("project", "trigger", *_PARAMETERS) if key in block.entries]
        message = f"{show(_BLOCK)} declares {_listed(declared)} but no {' and no '.join(missing)}"
        hint = "declare all three or none: the API replaces project, trigger and parameters together"
        yield Finding("training-group-incomplete", _BLOCK, message, hint, at_key=True)


def two_kinds_of_parameters(draft: Draft) -> Iterator[Finding]:
    """A training is one experiment or one search, not both."""
    block = draft.node(*_BLOCK)
    if isinstance(block, Mapping) and all(key in block.entries for key in _PARAMETERS):
        message = f"{show(_BLOCK)} declares both {_listed(_PARAMETERS)}"
        path, first = ((*_BLOCK, key) for key in reversed(_PARAMETERS))
        yield Finding(
            "two-kinds-of-parameters",
            path,
            message,
            "keep one of the two",
            at_key=True,
            beside=(first, "the other one"),
        )


def empty_parameters(draft: Draft) -> Iterator[Finding]:
    """An empty mapping of parameters is refused by the platform."""
    for path in FREE:
        node = draft.node(*path)
        if isinstance(node, Mapping) and not node.entries:
            inherit = ", or write `{from: SourceExperiment}`" if path[-1] == "experimentParameters" else ""
            yield Finding("empty-parameters", path, f"{show(path)} is empty", f"name at least one parameter{inherit}")


def mixed_parameters(draft: Draft) -> Iterator[Finding]:
    """`from` takes all parameters from an experiment and leaves no room for others."""
    node = draft.node(*FREE[0])
    if isinstance(node, Mapping) and "from" in node.entries and len(node.entries) > 1:
        message = f"{show(FREE[0])} has `from` and other parameters beside it"
        hint = "keep `from` alone, or write all parameters out"
        yield Finding("mixed-parameters", (*FREE[0], "from"), message, hint, at_key=True)


def trigger_threshold(draft: Draft) -> Iterator[Finding]:
    """A count belongs to the FeedbackLoop trigger, and to no other."""
    training = draft.spec.continuous_training if draft.spec else None
    if training is None or training.trigger is None or not draft.is_sound(*_TRIGGER):
        return
    counts = training.trigger.threshold is not None
    if training.trigger.event is TriggerEvent.FEEDBACK_LOOP and not counts:
        message = f"{show(_TRIGGER)} fires on the feedback loop but does not say after how many images"
        yield Finding("trigger-without-threshold", _TRIGGER, message, "add `threshold: 150`, at least 1", at_key=True)
    if training.trigger.event is TriggerEvent.NONE and counts:
        message = f"{show(_TRIGGER)} has a threshold, which no event ever reaches"
        hint = "delete the threshold, or write `event: FeedbackLoop`"
        yield Finding("threshold-without-event", (*_TRIGGER, "threshold"), message, hint, at_key=True)


def trigger_without_loop(draft: Draft) -> Iterator[Finding]:
    """A trigger on a feedback loop that is switched off never fires."""
    spec = draft.spec
    if spec is None or spec.feedback_loop is None or spec.continuous_training is None:
        return
    trigger, path = spec.continuous_training.trigger, ("spec", "feedbackLoop", "active")
    waits = trigger is not None and trigger.event is TriggerEvent.FEEDBACK_LOOP and spec.continuous_training.active
    if waits and not spec.feedback_loop.active and draft.is_sound(*_BLOCK) and draft.is_sound(*path):
        message = "continuous training waits for a feedback loop that is switched off, so it never starts"
        hint = "switch the loop on, or write `continuousTraining: {active: false}` to say so"
        yield Finding("trigger-without-loop", path, message, hint, Severity.WARNING, beside=(_TRIGGER, "the trigger"))


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


RULES: Final = (
    incomplete_group,
    two_kinds_of_parameters,
    empty_parameters,
    mixed_parameters,
    trigger_threshold,
    trigger_without_loop,
)
