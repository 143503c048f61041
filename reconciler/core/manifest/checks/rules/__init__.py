"""Rules over several fields of one manifest: each is a small function from a draft to findings, listed in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from reconciler.core.manifest.checks.rules import deployment, lifecycle, models, ownership, sets, training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.core.manifest.checks.draft import Draft
    from reconciler.core.manifest.checks.findings import Finding

Rule: TypeAlias = "Callable[[Draft], Iterator[Finding]]"

RULES: Final[tuple[Rule, ...]] = (
    *models.RULES,
    *sets.RULES,
    *training.RULES,
    *deployment.RULES,
    *ownership.RULES,
    *lifecycle.RULES,
)
