"""The list of decision records, by number."""

from __future__ import annotations

from tests.house.reference.markdown import document
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"


def page() -> str:
    """Return the page."""
    records = sorted(FOLDER.glob("[0-9][0-9][0-9][0-9]-*.md"))
    lines = [f"- [{record.name[:4]}]({record.name}) {_title(record.read_text(encoding='utf-8'))}" for record in records]
    return document("Decisions", "What was chosen, why, and what was rejected for it.", "\n".join(lines))


def _title(text: str) -> str:
    """Return the first heading, without a number it may start with."""
    heading = text.splitlines()[0].removeprefix("#").strip()
    return heading.lstrip("0123456789.: -") if heading[:1].isdigit() else heading
