"""Label selectors mean what kubectl's mean."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.selector import parse_selector
from reconciler.errors import UsageError

LABELS = {"site": "lyon", "line": "3"}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("site=lyon", True),
        ("site==lyon", True),
        ("site = paris", False),
        ("site!=paris", True),
        ("site!=lyon", False),
        ("owner!=ada", True),
        ("site=lyon,line=3", True),
        ("site=lyon, line=4", False),
        ("site in (paris, lyon)", True),
        ("site in (paris)", False),
        ("site notin (paris,nice)", True),
        ("owner notin (ada)", True),
        ("site in (lyon),line!=4", True),
        ("site", True),
        ("owner", False),
        ("!owner", True),
        ("!site", False),
    ],
)
def test_a_selector_matches_as_documented(text: str, matches: bool) -> None:
    assert parse_selector(text).matches(LABELS) is matches


@pytest.mark.parametrize(
    "text", ["", "site=", "=lyon", "site in lyon", "site in ()", "site in (a,)", "a b", "site=(x", "site=a,,line=3"]
)
def test_what_makes_no_sense_is_shown_with_the_part_that_does_not(text: str) -> None:
    with pytest.raises(UsageError, match="makes no sense") as raised:
        parse_selector(text)
    assert "k=v" in str(raised.value.hint)


@given(st.text(max_size=200))
def test_any_text_is_a_selector_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse_selector(text).matches(LABELS)


@given(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")), st.sampled_from("abc"), st.sampled_from("xyz"))
def test_negation_is_the_opposite(labels: dict[str, str], key: str, value: str) -> None:
    for positive, negative in ((f"{key}={value}", f"{key}!={value}"), (key, f"!{key}")):
        assert parse_selector(positive).matches(labels) is not parse_selector(negative).matches(labels)
    inside, outside = parse_selector(f"{key} in ({value})"), parse_selector(f"{key} notin ({value})")
    assert inside.matches(labels) is not outside.matches(labels)
