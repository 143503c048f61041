"""The reference of the documentation, generated from the code that it documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.house.reference import errors, exit_codes, manifest
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = ROOT / "docs" / "reference"

REFERENCE: dict[Path, Callable[[], str]] = {
    FOLDER / "exit-codes.md": exit_codes.page,
    FOLDER / "errors.md": errors.page,
    FOLDER / "manifest.md": manifest.page,
}
"""Every generated page, and what makes its text."""
