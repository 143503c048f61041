"""Values written as YAML: what is read back is what was written, also by tools that still read YAML 1.1."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.adapters.files.changing import same
from reconciler.adapters.files.composing import WIDTH, document_text, entry, inline
from reconciler.adapters.files.decoding import decode
from reconciler.adapters.files.layout import lay_out
from reconciler.adapters.files.trees import c_events, pure_events
from reconciler.core.manifest.diagnostics import SourceFile

ODD = (
    "",
    " ",
    "null",
    "~",
    "Yes",
    "off",
    "1",
    "1.0",
    "1e3",
    "0x1",
    "1_0",
    "12:30",
    "2026-06",
    "a: b",
    "a #b",
    "'",
    '"',
    "\\",
)
TEXTS = st.sampled_from(ODD) | st.text(max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | NUMBERS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3)


@given(DOCUMENTS, st.sampled_from([c_events, pure_events]))
def test_a_document_reads_back_as_it_was(value: Any, events: Any) -> None:
    source = decode("a.yaml", document_text(value, ("# odd: {", "")).encode())
    assert isinstance(source, SourceFile)
    (root,) = lay_out(source.text, events).documents
    assert same(root.value, value)


@given(st.dictionaries(TEXTS, TEXTS | st.booleans(), min_size=1, max_size=3))
def test_text_is_text_to_tools_of_yaml_1_1_too(value: Any) -> None:
    old = YAML(typ="safe", pure=True)
    old.version = (1, 1)
    assert old.load(io.StringIO(document_text(value))) == value


@given(TEXTS, st.sampled_from(["", "'", '"']))
def test_text_reads_back_in_every_style(text: str, style: str) -> None:
    (root,) = lay_out(f"a: {inline(text, style)}\n", c_events).documents
    assert root.value == {"a": text}


@given(VALUES)
def test_a_line_is_long_only_if_it_cannot_be_shorter(value: Any) -> None:
    lines = list(entry("key", value, 4))
    assert len(lines) == 1 or lines[0] == "    key:"
    if len(lines) == 1 and isinstance(value, dict | list):
        assert len(lines[0]) <= WIDTH or not value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("v1", "v1"),
        ("line-3", "line-3"),
        ("surface defects", "surface defects"),
        ("défauts", "défauts"),
        ("2026-06", '"2026-06"'),
        ("7", '"7"'),
        ("No", '"No"'),
        ("a: b", '"a: b"'),
        ("😀", '"😀"'),
        ("a\u2028b", '"a\\u2028b"'),
        (7, "7"),
        (0.4, "0.4"),
        (1.0, "1.0"),
        (1e-05, "1.0e-05"),
        (2.0**53, "9007199254740992.0"),
        (10**20, "1.0e+20"),
        (True, "true"),
        (None, "null"),
        ([], "[]"),
        ({"a": [1, {"b": "c"}]}, "{a: [1, {b: c}]}"),
    ],
)
def test_quotes_stand_only_where_a_tool_needs_them(value: Any, text: str) -> None:
    assert inline(value) == text


def test_a_manifest_looks_like_ours() -> None:
    spec = {
        "threshold": 0.4,
        "tags": ["line-3", "production"],
        "models": {"champion": {"model": "m", "version": "v1"}},
        "feedbackLoop": {"datasets": [{"dataset": "d", "version": "production"}]},
        "long": [f"a-rather-long-name-{number}" for number in range(7)],
        "none": {},
    }
    text = document_text({"kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}, ("why", ""))
    assert text == (
        "# why\n#\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  threshold: 0.4\n  tags: [line-3, production]\n"
        "  models:\n    champion: {model: m, version: v1}\n"
        "  feedbackLoop:\n    datasets:\n      - {dataset: d, version: production}\n"
        "  long:\n" + "".join(f"    - a-rather-long-name-{number}\n" for number in range(7)) + "  none: {}\n"
    )
