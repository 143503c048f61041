"""The platform's own words reach people in one clean line; the wrong shape is an error that says where."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.picsellia.reply import LONGEST_SAYING, Reply, clean, said
from reconciler.adapters.picsellia.wire import DatasetVersion, Named
from reconciler.core.secret import MASK, Secret
from reconciler.errors import UnexpectedReply
from tests.adapters.picsellia.mocks import READ, TOKEN

HIDE = Secret(TOKEN)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "no", "detail": None}, "no"),
        ({"message": "no", "detail": []}, "no"),
        ({"message": "no", "detail": ["a", "b"]}, "no: a; b"),
        ({"message": "no", "detail": "because"}, "no: because"),
        ({"message": "no", "detail": {"message": "inner"}}, "no: inner"),
        ({"detail": "not found"}, "not found"),
        ({"message": 5}, "5"),
        ({}, ""),
        (None, ""),
        (["a", "b"], "a; b"),
        ("plain", "plain"),
        ({"message": "\x1b[31mred\x1b[0m\nnext\u202eline"}, "[31mred [0m next line"),
    ],
)
def test_message_and_detail_become_one_line(body: object, words: str) -> None:
    assert said(json.dumps(body).encode(), HIDE) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ""),
        (b"Bad Gateway", "Bad Gateway"),
        (b"<html><body>Oops</body></html>", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"[" * 100_000, ""),
        (b"[" * 900 + b"]" * 900, ""),
    ],
    ids=["empty", "text", "html", "bytes", "brackets", "nested"],
)
def test_what_is_no_json_does_no_harm(content: bytes, words: str) -> None:
    assert said(content, HIDE) == words


@given(JSON, st.binary(max_size=80))
def test_words_are_one_short_printable_line_without_the_token(body: object, noise: bytes) -> None:
    for content in (json.dumps({"message": TOKEN, "detail": body}).encode(), noise + TOKEN.encode() + noise):
        words = said(content, HIDE)
        assert TOKEN not in words
        assert len(words) <= LONGEST_SAYING
        assert not [letter for letter in words if unicodedata.category(letter)[0] == "C"]


def test_a_token_is_masked_before_a_long_text_is_cut() -> None:
    text = "x" * (LONGEST_SAYING - 5) + TOKEN
    assert clean(text, HIDE) == "x" * (LONGEST_SAYING - 5) + MASK[:4] + "…"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b"{",
        b'{"id": 5, "name": "a"}',
        b'{"id": "x", "name": "a"}',
        b"\xff",
        b"[" * 10_000,
    ],
)
def test_another_shape_is_an_unexpected_reply_that_names_purpose_and_place(content: bytes) -> None:
    with pytest.raises(UnexpectedReply, match="cannot read thing 7") as caught:
        Reply(READ, 200, content).parse(Named)
    assert caught.value.where == "GET /api/thing/7"


def test_the_first_problem_is_named_by_its_field_and_never_quotes_the_value() -> None:
    body = {"id": "01a20002-8d7a-7000-850e-5219224e7822", "origin_name": "a", "version": 3, "type": "X"}
    with pytest.raises(UnexpectedReply, match="version: ") as caught:
        Reply(READ, 200, json.dumps(body | {"version": [TOKEN]}).encode()).parse(DatasetVersion)
    assert TOKEN not in str(caught.value)


def test_ids_that_are_equal_read_equal() -> None:
    upper, lower = "01A20002-8D7A-7000-850E-5219224E7822", "01a20002-8d7a-7000-850e-5219224e7822"
    found = Reply(READ, 200, json.dumps({"id": upper, "name": "a", "more": 1}).encode()).parse(Named)
    assert found == Named(id=lower, name="a")
