"""Query strings of the gallery: what is read of them, told again, and taken off one by one."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from reconciler.platform.dashboard.drawing import Labels
from reconciler.platform.dashboard.pages.predictions.filters import FIELDS, ROLES, active, query_of, read
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.sifting import Cursor, Filters
from reconciler.platform.store.words import ModelRole, ReviewState

LABELS = Labels.listing([(0, UUID(int=1), "cat")])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
values = {
    "role": st.sampled_from(ROLES) | texts,
    "label": st.integers(-3, 3).map(str) | texts,
    "least": st.floats(0, 1).map(str) | texts,
    "most": st.floats(0, 1).map(str) | texts,
    "state": st.sampled_from([state.lower() for state in ReviewState]) | texts,
    "tag": texts,
    "source": texts,
    "from": st.floats(0, 2e9).map(str) | st.datetimes().map(str) | texts,
    "to": st.floats(0, 2e9).map(str) | st.just("2026-01-31T12:00") | texts,
    "outliers": st.just("yes") | texts,
}
pairs = st.lists(st.one_of(*[st.tuples(st.just(name), told) for name, told in values.items()]), max_size=8)


@given(pairs)
def test_what_is_told_again_asks_for_the_same(told: list[tuple[str, str]]) -> None:
    asked = read(QueryParams(told))
    again = read(QueryParams(asked.query.removeprefix("?")))
    assert (again.filters, again.role, again.query) == (asked.filters, asked.role, asked.query)
    assert not again.faults
    assert asked.is_filtered is any(name in FIELDS for name, _ in asked.pairs)


@given(pairs)
def test_each_filter_that_is_on_can_be_taken_off_alone(told: list[tuple[str, str]]) -> None:
    asked = read(QueryParams(told))
    listed = active(asked, LABELS)
    assert len(listed) == sum(name in FIELDS for name, _ in asked.pairs)
    for each in listed:
        less = active(read(QueryParams(each.without.removeprefix("?"))), LABELS)
        assert [other.text for other in less] == [other.text for other in listed if other is not each]


@given(pairs)
def test_nothing_is_on_only_where_the_store_is_asked_for_everything(told: list[tuple[str, str]]) -> None:
    asked = read(QueryParams(told))
    assert asked.is_filtered is (asked.filters != Filters(role=asked.filters.role))


@given(st.integers(0, 2**50), st.uuids())
def test_a_page_is_found_again_by_its_cursor(moment: int, identifier: UUID) -> None:
    asked = read(QueryParams("tag=a"))
    cursor = Cursor(moment, identifier)
    assert read(QueryParams(asked.at("before", cursor)[1:])).before == cursor
    assert read(QueryParams(asked.at("after", cursor)[1:])).after == cursor


@pytest.mark.parametrize("role", ROLES)
def test_another_role_shows_the_same_images(role: str) -> None:
    asked = read(QueryParams("role=shadow&tag=a&state=reviewed"))
    drawn = read(QueryParams(asked.drawn(role)[1:]))
    assert drawn.role == role
    assert drawn.filters.role is (ModelRole.SHADOW if role == "shadow" else ModelRole.CHAMPION)
    assert (drawn.filters.tag, drawn.filters.states) == ("a", {ReviewState.REVIEWED})


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("label", "cat", "'cat' is the number of no label."),
        ("label", "99999999999", "'99999999999' is the number of no label."),
        ("least", "nan", "'nan' is not a number."),
        ("most", "1e999", "'1e999' is not a number."),
        ("from", "-1", "'-1' is not a moment such as 2026-01-31T12:00."),
        ("to", "soon", "'soon' is not a moment such as 2026-01-31T12:00."),
    ],
)
def test_what_cannot_be_read_is_said_and_left_out(name: str, typed: str, fault: str) -> None:
    asked = read(QueryParams(query_of([(name, typed)])[1:]))
    assert asked.faults == {name: fault}
    assert asked.typed[name] == typed
    assert asked.filters == Filters()
    assert asked.query == ""


def test_moments_are_shown_as_fields_hold_them() -> None:
    asked = read(QueryParams("from=0&to=61.5"))
    assert (asked.instant("from"), asked.instant("to")) == ("1970-01-01T00:00", "1970-01-01T00:01:01.500")
    assert read(QueryParams("from=soon")).instant("from") == "soon"
    assert read(QueryParams("from=2026-01-31T12:00%2B02:00")).instant("from") == "2026-01-31T10:00"


def test_a_cursor_that_nobody_gave_out_is_refused() -> None:
    with pytest.raises(Invalid):
        read(QueryParams("before=x"))
