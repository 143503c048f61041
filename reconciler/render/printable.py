"""Foreign text made safe to show: what a platform or a file calls something may hold anything."""

from __future__ import annotations

from typing import Final

NAME_LIMIT: Final = 100
"""Characters of a name that are shown; the platform allows 255."""

SENTENCE_LIMIT: Final = 600
"""Characters of a message that are shown."""

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str, limit: int = NAME_LIMIT) -> str:
    """Return `text` with invisible and control characters escaped, and its middle cut out beyond `limit` characters."""
    # Cut first: a name may be megabytes long, and escaping only makes it longer.
    return "".join(map(_escaped, _shortened(text, limit)))


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    tail = limit // 4
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def is_unseen(character: str) -> bool:
    """Tell whether a character shows nothing by itself: controls, joiners, reordering, blanks other than the space."""
    return not character.isprintable()


def _escaped(character: str) -> str:
    if not is_unseen(character):
        return character
    return _SHORT.get(character) or _numbered(ord(character))


def _numbered(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
