"""Values in one line: labels for ids, sets as sets, and nothing that a terminal would act upon."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.amounts import age, counted, enumeration
from reconciler.render.ansi import ansi
from reconciler.render.printable import printable
from reconciler.render.spans import Span, Style, line, plain
from reconciler.render.values import change_text, value_text

json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "true"),
        (0.4, "0.4"),
        (150, "150"),
        ("DeployShadow", "DeployShadow"),
        ("Line 3", '"Line 3"'),
        ("", '""'),
        ([], "[]"),
        (["a", "b c"], '[a, "b c"]'),
        ({"id": "0d7e", "label": "surface-defects@v7"}, "surface-defects@v7"),
        ({"id": "0d7e", "label": ""}, "0d7e"),
        ({"train": {"id": "1", "label": "d@w"}}, "{train: d@w}"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value: object, text: str) -> None:
    assert value_text(value) == text  # type: ignore[arg-type]  # JSON all of them


@given(json_values, json_values)
def test_no_value_ever_breaks_the_line_or_reaches_the_terminal_raw(before: object, after: object) -> None:
    text = change_text(before, after)  # type: ignore[arg-type]  # JSON both of them
    assert text.isprintable()


def test_different_references_never_look_the_same() -> None:
    left, right = ({"id": "1", "label": "same"}, {"id": "2", "label": "same"})
    assert change_text(left, right) == "same (1) → same (2)"


@given(st.text(), st.integers(min_value=8, max_value=40))
def test_printable_text_is_printable_and_bounded(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert shown.isprintable()
    assert len(shown) <= 10 * limit


def test_what_is_printable_already_stays_as_it_is() -> None:
    assert printable("Müller & Søn — 生産ライン") == "Müller & Søn — 生産ライン"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [("00", "0 seconds"), ("01", "1 second"), ("59", "59 seconds")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: str, text: str) -> None:
    assert age("2026-11-21T20:00:00Z", f"2026-11-21T20:00:{seconds}Z") == text


def test_ages_grow_into_days_and_unreadable_times_have_none() -> None:
    assert age("2026-11-18T20:00:00Z", "2026-11-21T20:00:00Z") == "3 days"
    assert age("2026-11-21T19:00:00+00:00", "2026-11-21T20:30:00Z") == "1 hour"
    assert age("", "2026-11-21T20:00:00Z") == ""
    assert age("2026-11-21", "2026-11-21T20:00:00Z") == ""


def test_a_clock_that_went_back_makes_no_negative_age() -> None:
    assert age("2026-11-21T20:00:01Z", "2026-11-21T20:00:00Z") == "0 seconds"


def test_counts_and_lists_are_grammatical() -> None:
    assert [counted(number, "field") for number in (0, 1, 1200)] == ["0 fields", "1 field", "1,200 fields"]
    assert [enumeration("abc"[:number]) for number in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_colours_close_on_their_line_and_add_nothing_but_sequences() -> None:
    text = (line(Span("+", Style.CREATE), " made", Span("", Style.ERROR)), line("plain"))
    assert ansi(text) == "\x1b[32m+\x1b[0m made\nplain\n"
    assert re.sub(r"\x1b\[[\d;]*m", "", ansi(text)) == plain(text)
