"""Text to trees: two parsers and one result, bounded in depth, size and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files import trees
from reconciler.adapters.files.builder import MAX_DEPTH, MAX_EXPANSION, MAX_PROBLEMS, MAX_VALUES
from reconciler.adapters.files.trees import (
    MAX_DOCUMENTS,
    Parsed,
    c_events,
    fastest_events,
    parse,
    pure_events,
)
from reconciler.core.manifest.diagnostics import SourceFile
from reconciler.core.manifest.nodes import Mapping, Scalar, Sequence, descend

if TYPE_CHECKING:
    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.manifest.nodes import Node

both_parsers = pytest.mark.parametrize("events", [c_events, pure_events], ids=["libyaml", "pure"])


def read(text: str, events: EventSource = c_events) -> Parsed:
    return parse(SourceFile("f.yaml", text), events=events)


def root(text: str) -> Node:
    parsed = read(text)
    assert parsed.problems == []
    return parsed.documents[0].root


def codes(parsed: Parsed) -> list[str]:
    return [each.code for each in parsed.problems]


def values(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key: values(entry.value) for key, entry in node.entries.items()}
    return [values(item) for item in node.items] if isinstance(node, Sequence) else None


def test_libyaml_is_used_where_it_is_installed() -> None:
    assert fastest_events() is c_events


def test_without_libyaml_the_python_parser_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ruamel.yaml.cyaml", None)
    assert fastest_events() is pure_events


def test_every_node_knows_its_place_and_how_it_was_written() -> None:
    tree = root("spec:\n  models: {champion: 'v1'}\n  tags:\n    - |\n      text\n")
    quoted, block = descend(tree, ("spec", "models", "champion")), descend(tree, ("spec", "tags", 0))
    assert isinstance(quoted, Scalar)
    assert isinstance(block, Scalar)
    assert (quoted.place, quoted.plain) == ((2, 22, 4), False)
    assert (block.place, block.plain) == ((4, 7, 0), False)


def test_columns_count_characters_not_bytes() -> None:
    tree = root("name: {é😀: x}\n")
    assert isinstance(tree, Mapping)
    value = descend(tree, ("name", "é😀"))
    assert value is not None
    assert value.place == (1, 12, 1)


@both_parsers
def test_documents_that_hold_nothing_are_skipped(events: EventSource) -> None:
    assert len(read("# comment\n---\n---\n# another\n---\na: b\n...\n---\n", events).documents) == 1
    assert read("", events).documents == []


@both_parsers
def test_after_a_syntax_error_the_documents_before_it_are_kept(events: EventSource) -> None:
    parsed = read("a: b\n---\nc: [d\n---\ne: f\n", events)
    assert len(parsed.documents) == 1
    assert codes(parsed) == ["yaml-syntax"]


def test_aliases_stand_for_what_they_name_and_keep_its_place() -> None:
    tree = root("one: &v {model: m, version: v1}\ntwo: *v\n")
    assert values(tree) == {"one": {"model": "m", "version": "v1"}, "two": {"model": "m", "version": "v1"}}
    assert descend(tree, ("two", "model")) == descend(tree, ("one", "model"))


def test_an_anchor_may_be_declared_again() -> None:
    assert values(root("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")) == {"a": "1", "b": "1", "c": "2", "d": "2"}


def test_anchors_end_with_their_document() -> None:
    assert codes(read("a: &x 1\n---\nb: *x\n")) == ["unknown-alias"]


def test_merging_adds_what_the_mapping_does_not_say_itself() -> None:
    text = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nall: {<<: [*base, *more], a: 0, d: 5}\n"
    assert values(descend(root(text), ("all",))) == {"a": "0", "b": "2", "c": "4", "d": "5"}


def test_a_merge_key_between_quotes_is_an_ordinary_key() -> None:
    assert values(root("'<<': x\n")) == {"<<": "x"}


@both_parsers
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_fifty_thousand_levels_are_a_diagnostic(opening: str, events: EventSource) -> None:
    assert codes(read(opening * 50_000, events)) == ["too-deep"]


@both_parsers
def test_the_deepest_value_allowed_is_read(events: EventSource) -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH, events).problems == []
    assert codes(read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), events)) == ["too-deep"]


@both_parsers
def test_aliases_count_for_the_depth_below_them(events: EventSource) -> None:
    half = MAX_DEPTH // 2
    text = f"a: &deep {'[' * half}{']' * half}\nb: {'[' * half}*deep{']' * half}\n"
    assert codes(read(text, events)) == ["too-deep"]


@both_parsers
def test_an_alias_bomb_is_a_diagnostic(events: EventSource) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert codes(read("\n".join(lines), events)) == ["too-many-aliases"]


def test_aliases_within_bounds_are_fine() -> None:
    text = f"a: &a x\nb: [{', '.join(['*a'] * (MAX_EXPANSION - 1))}]\n"
    assert read(text).problems == []


@both_parsers
def test_a_document_of_too_many_values_is_a_diagnostic(events: EventSource) -> None:
    assert codes(read(f"[{'x,' * (MAX_VALUES + 1)}]", events)) == ["too-many-values"]


def test_a_file_of_too_many_documents_is_a_diagnostic() -> None:
    parsed = read("---\na: 1\n" * (MAX_DOCUMENTS + 1))
    assert len(parsed.documents) == MAX_DOCUMENTS
    assert codes(parsed) == ["file-too-large"]


def test_a_file_of_too_many_values_is_a_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MAX_VALUES_IN_FILE", 100)
    assert codes(read("---\n[x, x, x]\n" * 25)) == []
    assert codes(read("---\n[x, x, x]\n" * 26)) == ["file-too-large"]


@both_parsers
def test_after_a_hundred_problems_the_rest_of_a_file_is_left_unread(events: EventSource) -> None:
    assert len(read("a: 1\n" * 1_000, events).problems) == MAX_PROBLEMS


@both_parsers
def test_half_a_character_is_a_diagnostic(events: EventSource) -> None:
    assert set(codes(read('a: "\\ud83d"\n', events))) <= {"control-character", "yaml-syntax"}
    assert codes(read('a: "\\U0001f600 \\x41"\n', events)) == []


@both_parsers
def test_text_that_was_never_decoded_is_a_diagnostic_too(events: EventSource) -> None:
    assert codes(read("a: \x01", events)) == ["yaml-syntax"]


PIECES = st.sampled_from([
    "a", "b: ", "- ", "\n", "\n  ", "\n    ", ": ", "[", "]", "{", "}", ", ", "'", '"', "# x", "&x ", "*x", "!t ",
    "k: |\n  ", "k: >-\n   ", "\n---\n", "\n...\n", "1", "~", "<<: ", "é", "\\", "? ", "\t", "x: 1\n", "key: value\n",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@given(TEXTS)
def test_what_libyaml_reads_the_python_parser_reads_alike(text: str) -> None:
    one, other = read(text), read(text, pure_events)
    if not one.problems and not other.problems:
        assert one.documents == other.documents


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200), st.booleans())
def test_any_text_is_a_tree_or_diagnostics(text: str, pure: bool) -> None:
    parsed = read(text, pure_events if pure else c_events)
    assert all(each.code for each in parsed.problems)
