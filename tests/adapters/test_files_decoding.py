"""Bytes to text: UTF-8 or a diagnostic that says what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files.decoding import decode
from reconciler.core.manifest.diagnostics import Diagnostic, SourceFile

TEXT = "apiVersion: reconciler.dev/v1\nname: qualité 😀\n"


def text_of(content: bytes) -> str:
    found = decode("f.yaml", content)
    assert isinstance(found, SourceFile)
    return found.text


def refusal_of(content: bytes) -> Diagnostic:
    found = decode("f.yaml", content)
    assert isinstance(found, Diagnostic)
    return found


def test_utf_8_is_read_with_and_without_a_byte_order_mark() -> None:
    assert text_of(TEXT.encode("utf-8")) == TEXT
    assert text_of(TEXT.encode("utf-8-sig")) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wider_encodings_are_named(encoding: str) -> None:
    found = refusal_of(TEXT.encode(encoding))
    assert found.code == "wrong-encoding"
    assert ("UTF-32" if encoding == "utf-32" else "UTF-16") in found.message
    assert found.hint is not None
    assert "UTF-8" in found.hint


def test_the_first_byte_that_is_not_utf_8_is_pointed_at() -> None:
    found = refusal_of("a: b\r\nname: é".encode() + b"\xe9t\xe9\n")
    assert (found.code, found.origin.line, found.origin.column) == ("wrong-encoding", 2, 8)
    assert "0xe9" in found.message


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ufffe", "\ufeff"]
)
def test_characters_that_nobody_sees_are_named_and_pointed_at(character: str) -> None:
    found = refusal_of(f"a: b\n\tc: d{character}e\n".encode())
    assert (found.code, found.origin.line, found.origin.column) == ("control-character", 2, 6)
    assert f"U+{ord(character):04X}" in found.message


def test_a_mark_in_the_middle_comes_from_files_glued_together() -> None:
    assert refusal_of(b"a: b\n---\n\xef\xbb\xbfc: d\n").code == "control-character"


@pytest.mark.parametrize("line", ["%YAML 1.1", "%TAG ! tag:example.com:", "%FOO", "%YAML 1.3", "%YAML 1.2 x"])
def test_directives_are_refused(line: str) -> None:
    found = refusal_of(f"# comment\n{line}\n---\na: b\n".encode())
    assert (found.code, found.origin.line) == ("yaml-directive", 2)


def test_the_one_directive_that_says_what_holds_anyway_is_welcome() -> None:
    assert text_of(b"%YAML 1.2\n---\na: b\n").startswith("%YAML 1.2")


@given(st.binary())
def test_any_bytes_are_text_or_a_diagnostic_within_the_file(content: bytes) -> None:
    found = decode("f.yaml", content)
    if isinstance(found, Diagnostic):
        assert 1 <= found.origin.line <= 1 + content.count(b"\n") + content.count(b"\r")
    else:
        assert found.text.encode() == content.removeprefix(b"\xef\xbb\xbf")
