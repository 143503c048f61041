"""The built-in trainer: which one trains what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.platform.training.assignment import Assignment, Trained


def train(assignment: Assignment) -> Trained:
    """Train a model of the assignment's kind.

    Raises:
        Refused: when a parameter makes no sense, or the images cannot teach it.
    """
    # Imported when needed: both load numerical libraries.
    if assignment.kind == "CLASSIFICATION":
        from reconciler.platform.training import classifier

        return classifier.train(assignment)
    from reconciler.platform.training import detector

    return detector.train(assignment)
