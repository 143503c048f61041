"""The built-in trainer: which one trains what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.platform.training.assignment import Refused

if TYPE_CHECKING:
    from reconciler.platform.training.assignment import Assignment, Trained


def train(assignment: Assignment) -> Trained:
    """Train a model of the assignment's kind.

    Raises:
        Refused: when it is of a kind that only programs train, or the images cannot teach it.
    """
    if assignment.kind == "CLASSIFICATION":
        from reconciler.platform.training import classifier

        return classifier.train(assignment)
    raise Refused(f"The built-in trainer does not train models of type {assignment.kind}; name a training program.")
