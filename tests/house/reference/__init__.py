"""The reference of the documentation, generated from the code that it documents; `tests.generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.house.reference import (
    commands,
    conformance,
    decisions,
    diagnostics,
    errors,
    exit_codes,
    manifest,
    refusals,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _situations() -> str:
    # That table needs this package for its page.
    from tests.situations.table import page

    return page()


REFERENCE: Final[dict[str, Callable[[], str]]] = {
    "exit-codes": exit_codes.page,
    "errors": errors.page,
    "manifest": manifest.page,
    "commands": commands.page,
    "settings": settings.page,
    "refusals": refusals.page,
    "diagnostics": diagnostics.page,
    "decisions": decisions.page,
    "sdk-conformance": conformance.page,
    "when-something-goes-wrong": _situations,
}
"""What makes each generated page of `docs/`, by its name."""
