"""Rules on champion and shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import Severity
from reconciler.core.manifest.nodes import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft

_CHAMPION: Final = ("spec", "models", "champion")
_SHADOW: Final = ("spec", "models", "shadow")


def shadow_is_champion(draft: Draft) -> Iterator[Finding]:
    """One version in both slots compares itself with itself."""
    if draft.spec is None or not (draft.is_sound(*_CHAMPION) and draft.is_sound(*_SHADOW)):
        return
    models = draft.spec.models
    if models.shadow == models.champion:
        message = f"{show(_SHADOW)} is {models.champion.label}, the same version as the champion"
        hint = "name another version, or write `shadow: None`"
        yield Finding("shadow-is-champion", _SHADOW, message, hint, beside=(_CHAMPION, "the champion"))


def latest(draft: Draft) -> Iterator[Finding]:
    """`latest` moves by itself: a risk, and with continuous training active a contradiction."""
    for reference in draft.references:
        if reference.of == "model" and reference.version is not None and reference.version.text == "latest":
            yield _latest((*reference.path, "version"), trains=_trains(draft))


def _trains(draft: Draft) -> bool:
    training = draft.spec.continuous_training if draft.spec else None
    return training is not None and training.active and draft.is_sound("spec", "continuousTraining", "active")


def _latest(path: tuple[str | int, ...], *, trains: bool) -> Finding:
    hint = "name the version"
    if trains:
        message = f'{show(path)} is "latest" while continuous training is active: each training would move it'
        return Finding("model-latest-in-training", path, message, hint)
    message = f'{show(path)} is "latest": what is deployed changes without a change in git'
    return Finding("model-latest", path, message, hint, Severity.WARNING)


RULES: Final = (shadow_is_champion, latest)
