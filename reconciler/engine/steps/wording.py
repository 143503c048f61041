"""The sentences of outcomes: what a step is called, why it was skipped, and what to do about a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.actions import DeleteDeployment
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Skipped, Unverified
from reconciler.errors import Conflict, Rejected, exit_code_of

if TYPE_CHECKING:
    from reconciler.core.outcome import Outcome
    from reconciler.core.plan import Step
    from reconciler.errors import ReconcilerError

_REFUSED = 5


def naming(step: Step) -> str:
    """Return `SetChampion of surface-defects (step 4)`, or the tag instead of a deployment."""
    whose = f" of {step.address}" if step.address else ""
    return f"{type(step.action).__name__}{whose} (step {step.number})"


def failure(step: Step, error: ReconcilerError) -> Failed:
    """Return the failure of a step: object, fields, the platform's words, the next step."""
    fields = ", ".join(step.because)
    about = f" for {fields}" if fields else ""
    place = f" ({error.where})" if error.where is not None else ""
    sentence = f"{naming(step)}{about}: {error.message}{place}"
    if isinstance(error, Conflict) and isinstance(step.action, DeleteDeployment):
        return Failed(sentence, _FORCE_DELETE, _REFUSED)
    return Failed(sentence, error.hint or _hint(error, fields), exit_code_of(error))


_FORCE_DELETE = (
    "Empty it and switch its pipelines off on the platform; or bring the manifest back with "
    "`lifecycle.forceDelete: true`, apply, and remove it again."
)


def _hint(error: ReconcilerError, fields: str) -> str:
    if isinstance(error, Rejected):
        return f"Mend {fields or 'the manifest'} or what it refers to, then plan again."
    return "Plan again once this is settled; what has landed is kept."


def because_of(step: Step, outcome: Outcome) -> str:
    """Return why whatever needs `step` is skipped, given that it ended badly."""
    return f"{naming(step)} {_ENDED[type(outcome)]}"


_ENDED = {Failed: "failed", Unverified: "could not be verified", Skipped: "was skipped"}


def succeeded(outcome: Outcome) -> bool:
    """Tell whether a step ended with live as it wanted it."""
    return isinstance(outcome, Done | AlreadySatisfied)
