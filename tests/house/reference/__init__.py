"""The reference of the documentation, generated from the code that it documents; `tests.generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.house.reference import commands, decisions, diagnostics, errors, exit_codes, manifest, refusals, settings

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE: Final[dict[str, Callable[[], str]]] = {
    "exit-codes": exit_codes.page,
    "errors": errors.page,
    "manifest": manifest.page,
    "commands": commands.page,
    "settings": settings.page,
    "refusals": refusals.page,
    "diagnostics": diagnostics.page,
    "decisions": decisions.page,
}
"""What makes each generated page of `docs/`, by its name."""
