"""Rules on lists, which are sets: everything in them once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import clip
from reconciler.core.manifest.nodes import Scalar, entries_of, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft
    from reconciler.core.manifest.nodes import Path

_NAMES: Final = (("spec", "tags"), ("spec", "dependsOn"))
_FEEDBACK: Final = ("spec", "feedbackLoop", "datasets")
_TRAINING: Final = ("spec", "continuousTraining", "datasets")


def repeated_name(draft: Draft) -> Iterator[Finding]:
    """A name stands twice in tags or dependsOn."""
    for path in _NAMES:
        seen: dict[str, Path] = {}
        for step, node in entries_of(draft.node(*path)):
            if isinstance(node, Scalar):
                first = seen.setdefault(node.text, (*path, step))
                if first != (*path, step):
                    yield _twice((*path, step), first, f'"{clip(node.text)}"')


def repeated_dataset(draft: Draft) -> Iterator[Finding]:
    """A dataset version stands twice in the feedback loop, or under two aliases in continuous training."""
    seen: dict[tuple[object, ...], Path] = {}
    for reference in draft.references:
        holder = reference.path[:-1]
        if holder not in (_FEEDBACK, _TRAINING) or reference.key is None:
            continue
        first = seen.setdefault((holder, *reference.key), reference.path)
        label = f"{clip(reference.key[0])}@{clip(reference.key[1])}"
        if first != reference.path and holder == _FEEDBACK:
            yield _twice(reference.path, first, label)
        elif first != reference.path:
            yield _two_aliases(reference.path, first, label)


def _twice(path: Path, first: Path, what: str) -> Finding:
    message = f"{show(path[:-1])} lists {what} twice"
    return Finding(
        "repeated-item", path, message, "delete one of the two", at_key=True, beside=(first, "listed here first")
    )


def _two_aliases(path: Path, first: Path, label: str) -> Finding:
    message = f'{show(path[:-1])} has {label} under two aliases, "{first[-1]}" and "{path[-1]}"'
    hint = "give each alias a version of its own: training and judging on the same images measures nothing"
    return Finding("dataset-under-two-aliases", path, message, hint, at_key=True, beside=(first, "the other alias"))


RULES: Final = (repeated_name, repeated_dataset)
