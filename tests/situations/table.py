"""Every situation, and the page about them."""

from __future__ import annotations

from typing import Final

from tests.house.reference.markdown import code, document, table
from tests.situations import access, given, memory, platform, rules, stopping

SITUATIONS: Final = {
    "Access": access.TABLE,
    "What is given": given.TABLE,
    "The platform": platform.TABLE,
    "Memory and files": memory.TABLE,
    "Plans and rules": rules.TABLE,
    "Stopping": stopping.TABLE,
}
ALL: Final = [item for items in SITUATIONS.values() for item in items]


def page() -> str:
    """Return the page."""
    parts = [
        f"## {title}\n\n" + table(("situation", "exit"), [(item.title, code(item.code)) for item in items]).strip()
        for title, items in SITUATIONS.items()
    ]
    return document(
        "When something goes wrong",
        "Each of these is played by a test with the installed command against a platform over HTTP. Each ends with the"
        " exit code given here and with a message that names the object, the place and the next step.",
        *parts,
    )
