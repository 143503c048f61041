"""Diagnostics: snippets that fit on a screen, an order by place, and no echoes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.manifest.diagnostics import (
    SNIPPET_WIDTH,
    Diagnostic,
    Place,
    Severity,
    SourceFile,
    in_order,
    without_echoes,
)
from reconciler.core.origin import Origin

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=400), min_size=1, max_size=5)


def diagnostic(file: str, line: int, column: int, *, code: str = "tag", width: int = 1) -> Diagnostic:
    source = SourceFile(file, "\n" * (line - 1) + "x" * (column + width))
    return source.error(code, "message", Place(line, column, width))


@given(LINES, st.data())
def test_a_snippet_shows_the_span_within_a_readable_width(lines: list[str], data: st.DataObject) -> None:
    source = SourceFile("f.yaml", "\n".join(lines))
    line = data.draw(st.integers(1, len(lines)))
    text = lines[line - 1]
    column = data.draw(st.integers(1, len(text) + 2))
    length = data.draw(st.integers(0, max(len(text) + 1 - column, 0)))
    snippet = source.snippet(Place(line, column, length))
    if snippet is None:
        assert not text.strip()
        return
    assert len(snippet.text) <= SNIPPET_WIDTH + 2
    assert snippet.length >= 1
    shown = snippet.text[snippet.column - 1 : snippet.column - 1 + snippet.length]
    assert text[column - 1 :].startswith(shown) or column > len(text)


def test_a_span_without_a_length_reaches_to_the_end_of_its_line() -> None:
    snippet = SourceFile("f.yaml", "spec:\n  models:  \n").snippet(Place(2, 3))
    assert snippet is not None
    assert (snippet.text, snippet.column, snippet.length) == ("  models:  ", 3, 7)


def test_a_long_line_is_cut_at_both_ends_and_says_so() -> None:
    snippet = SourceFile("f.yaml", "a" * 500 + "HERE" + "b" * 500).snippet(Place(1, 501, 4))
    assert snippet is not None
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
    assert snippet.text[snippet.column - 1 : snippet.column + 3] == "HERE"


def test_all_three_line_breaks_of_yaml_count() -> None:
    assert SourceFile("f", "a\nb\r\nc\rd").lines == ("a", "b", "c", "d")


def test_diagnostics_come_by_file_line_and_column_each_once() -> None:
    first, second = diagnostic("a.yaml", 2, 1), diagnostic("a.yaml", 10, 1)
    third, fourth = diagnostic("a.yaml", 10, 5), diagnostic("b.yaml", 1, 1)
    assert in_order([fourth, third, second, first, second]) == (first, second, third, fourth)


def test_an_echo_on_the_same_span_is_left_out() -> None:
    unreadable = diagnostic("a.yaml", 3, 5, width=4)
    echo, neighbour = diagnostic("a.yaml", 3, 8, width=9), diagnostic("a.yaml", 3, 9)
    elsewhere = [diagnostic("a.yaml", 4, 5), diagnostic("b.yaml", 3, 5)]
    assert list(without_echoes([echo, neighbour, *elsewhere], [unreadable])) == [neighbour, *elsewhere]


def test_a_problem_with_a_whole_file_has_a_place_too() -> None:
    whole = Diagnostic(Severity.ERROR, "unreadable", "it cannot be read", Origin("a.yaml", 1, 1))
    assert str(whole.origin) == "a.yaml:1:1"
    assert list(without_echoes([whole], [whole])) == []
