"""Where a value came from: file, line and column, so that every message can point at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A place in a manifest. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def line_ref(self) -> str:
        """`file:line`, the short form used in plan headers."""
        return f"{self.file}:{self.line}"
