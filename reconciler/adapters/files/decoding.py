"""Bytes of a file to text that both YAML parsers read alike; everything else is a diagnostic that says what to save."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from reconciler.core.manifest.diagnostics import START, Diagnostic, Place, Severity, SourceFile
from reconciler.core.origin import Origin

_SAVE_AS_UTF8: Final = "save the file as UTF-8 without a byte order mark"

# Longer marks first: the UTF-32 ones begin like the UTF-16 ones.
_FOREIGN_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

# Beyond what YAML forbids (C0, C1, surrogates, non-characters): the byte order mark inside a text, and the three
# breaks (NEL, line and paragraph separator) that YAML 1.1 and 1.2, parsers and editors count differently.
UNWELCOME: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_DIRECTIVE: Final = re.compile(r"^%(?!YAML 1\.2[ \t]*$).*", re.MULTILINE)


def decode(name: str, content: bytes) -> SourceFile | Diagnostic:
    """Return the text of a file, or the one reason why it has none.

    A UTF-8 byte order mark at the start is dropped: editors on Windows write it unasked.
    """
    foreign = _foreign_encoding(content)
    if foreign is not None:
        return _refused(name, f"the file is encoded as {foreign}; manifests are UTF-8")
    try:
        source = SourceFile(name, content.removeprefix(codecs.BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError as error:
        return _not_utf8(name, content, error.start)
    return _unwelcome_character(source) or _directive(source) or source


def _foreign_encoding(content: bytes) -> str | None:
    marked = next((encoding for mark, encoding in _FOREIGN_MARKS if content.startswith(mark)), None)
    # Manifests begin with ASCII, which UTF-16 pads with NUL: that tells it even where the mark is missing.
    padded = len(content) > 1 and content[:2].count(0) == 1
    return marked or ("UTF-16" if padded else None)


def _refused(name: str, message: str) -> Diagnostic:
    origin = Origin(name, START.line, START.column)
    return Diagnostic(Severity.ERROR, "wrong-encoding", message, origin, hint=_SAVE_AS_UTF8)


def _not_utf8(name: str, content: bytes, position: int) -> Diagnostic:
    before = content[:position].removeprefix(codecs.BOM_UTF8).decode("utf-8")
    readable = SourceFile(name, before + content[position:].decode("utf-8", errors="replace"))
    place = _place(before, len(before))
    message = f"the byte 0x{content[position]:02x} here is not UTF-8"
    return readable.error("wrong-encoding", message, place, "save the file as UTF-8")


def _unwelcome_character(source: SourceFile) -> Diagnostic | None:
    found = UNWELCOME.search(source.text)
    if found is None:
        return None
    character = found.group()
    named = unicodedata.name(character, "a control character")
    message = f"the character U+{ord(character):04X} ({named.lower()}) is not allowed in a manifest"
    hint = "delete it; if the text needs it, write an escape between double quotes"
    return source.error("control-character", message, _place(source.text, found.start()), hint)


def _directive(source: SourceFile) -> Diagnostic | None:
    found = _DIRECTIVE.search(source.text)
    if found is None:
        return None
    place = _place(source.text, found.start())._replace(length=0)
    hint = "delete the line; manifests are always YAML 1.2"
    return source.error("yaml-directive", "YAML directives are not supported", place, hint)


def _place(text: str, position: int) -> Place:
    before = text[:position].replace("\r\n", "\n").replace("\r", "\n")
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1, 1)
