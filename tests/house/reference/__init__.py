"""The reference of the documentation, generated from the code that it documents; `tests.generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.house.reference import errors, exit_codes, manifest

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE: Final[dict[str, Callable[[], str]]] = {
    "exit-codes": exit_codes.page,
    "errors": errors.page,
    "manifest": manifest.page,
}
"""What makes each page of `docs/reference/`, by the name of the page."""
