"""Scalars: the YAML 1.2 core schema, and versions by their source text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.manifest.diagnostics import START
from reconciler.core.manifest.nodes import Scalar
from reconciler.core.manifest.scalars import is_null, is_plain_number, misreading, value_of


def plain(text: str) -> Scalar:
    return Scalar(text, plain=True, place=START)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nUll", "nUll"),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("tRue", "tRue"),
        ("yes", "yes"), ("No", "No"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31), ("0b1", "0b1"),
        ("1_000", "1_000"), ("0x", "0x"), ("-0x1", "-0x1"), ("1,5", "1,5"), ("12:30", "12:30"),
        ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-3", -0.0015), (".", "."), ("-", "-"),
        ("1e", "1e"),
        ("2026-06", "2026-06"), ("2026-06-01", "2026-06-01"), ("1.2.3", "1.2.3"), ("v7", "v7"),
        ("\u0661", "\u0661"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = value_of(plain(text))
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("text", [".inf", "+.Inf", "-.INF", ".nan", ".NaN"])
def test_the_numbers_that_are_none_are_read_as_such(text: str) -> None:
    found = value_of(plain(text))
    assert isinstance(found, float)
    assert not math.isfinite(found)


@given(st.text())
def test_whatever_is_quoted_is_text(text: str) -> None:
    scalar = Scalar(text, plain=False, place=START)
    assert value_of(scalar) == text
    assert not is_null(scalar)
    assert not is_plain_number(scalar)
    assert misreading(scalar) is None


@given(st.text())
def test_reading_a_scalar_never_fails(text: str) -> None:
    value_of(plain(text))
    misreading(plain(text))


@pytest.mark.parametrize("text", ["9" * 5_000_000, "0x" + "f" * 1_000_000, "1_" * 1_000_000, "1:" * 1_000_000])
def test_a_number_of_a_million_digits_costs_no_time(text: str) -> None:
    assert value_of(plain(text)) in (math.inf, text)
    misreading(plain(text))


@pytest.mark.parametrize("text", ["0", "7", "20260601", "999999999999999"])
def test_unquoted_digits_are_the_number_of_a_version(text: str) -> None:
    assert is_plain_number(plain(text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1.10", "a number"), ("1e3", "a number"), ("0x10", "a number"), ("0o7", "a number"), ("0b1", "a number"),
        ("1_000", "a number"), ("007", "a number"), ("+7", "a number"), ("-7", "a number"), (".5", "a number"),
        ("1.", "a number"), ("9999999999999999", "a number"), ("2026-06", "a date"), ("2026-06-01", "a date"),
        ("2026-6-1", "a date"), ("2026-06-01T08:00:00Z", "a date"), ("12:30", "a time"), ("190:20:30", "a time"),
        ("true", "no text"), (".inf", "no text"), ("null", "no text"),
    ],
)  # fmt: skip
def test_an_unquoted_version_that_tools_disagree_on_must_be_quoted(text: str, kind: str) -> None:
    assert misreading(plain(text)) == kind
    assert not is_plain_number(plain(text))


@pytest.mark.parametrize(
    "text", ["v7", "production", "1.2.3", "2026-06-rc1", "7b", "latest", "yes", "june-2026", "x:1"]
)
def test_a_plain_name_needs_no_quotes(text: str) -> None:
    assert misreading(plain(text)) is None
    assert not is_plain_number(plain(text))
