"""Tags: the set of deployment tags; missing ones are created once per plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import references as refs
from reconciler.core.actions import AttachTag, CreateTag, DetachTag
from reconciler.core.gap import NO_GAP, Gap, Move
from reconciler.core.references import Missing
from reconciler.core.sets import difference
from reconciler.core.view import judge

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.view import View


def gap(view: View) -> Gap:
    """Return what differs in the tags, and the actions that close it."""
    declared = view.manifest.spec.tags
    if declared is None:
        return NO_GAP
    desired = frozenset(declared)
    judged = judge(view, "tags", desired)
    if not judged.write:
        return judged.gap
    extra, lacking = difference(view, "tags", desired)
    create = [CreateTag(name) for name in lacking if isinstance(view.references.get(refs.tag(name)), Missing)]
    actions: tuple[Action, ...] = (*create, *map(AttachTag, lacking), *map(DetachTag, extra))
    return judged.gap + Gap(moves=tuple(Move(action, ("tags",)) for action in actions))
