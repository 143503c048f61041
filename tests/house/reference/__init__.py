"""The reference of the documentation, generated from the code that it documents; `tests.generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.house.reference import decisions, errors, exit_codes, manifest

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE: Final[dict[str, Callable[[], str]]] = {
    "exit-codes": exit_codes.page,
    "errors": errors.page,
    "manifest": manifest.page,
    "decisions": decisions.page,
}
"""What makes each generated page of `docs/`, by its name."""
