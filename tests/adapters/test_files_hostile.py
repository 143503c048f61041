"""Hostile input: whatever the bytes, a catalog or a ManifestError; never a traceback, a hang or a library's words."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files import LoadOptions, load_catalog
from reconciler.adapters.files.trees import c_events, pure_events
from reconciler.core.manifest.codes import CODES
from reconciler.errors import ManifestError
from tests.strategies.manifests import manifests, to_yaml

if TYPE_CHECKING:
    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.diagnostics import Diagnostic

FOREIGN = (
    "Input should",
    "pydantic",
    "ruamel",
    "canonical",
    "Error",
    "Traceback",
    "<class",
    "object at 0x",
    "function-",
)

HEAD = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {name: a}
spec:
  models: {champion: {model: m, version: v1}}
"""
both_parsers = pytest.mark.parametrize("events", [c_events, pure_events], ids=["libyaml", "pure"])


def survive(content: bytes, events: EventSource = c_events) -> tuple[Diagnostic, ...]:
    """Load the bytes; everything but a catalog or a ManifestError fails the test."""
    options = LoadOptions(stdin=io.BytesIO(content), events=events, allow_empty=True)
    try:
        found = load_catalog(["-"], name="demo", options=options).warnings
    except ManifestError as error:
        found = error.diagnostics
        assert found
    lines = content.count(b"\n") + content.count(b"\r") + 1
    for each in found:
        assert each.code in CODES
        assert 1 <= each.origin.line <= lines
        assert each.origin.column >= 1
        assert len(each.message) < 1_000
        assert not any(word in f"{each.message} {each.hint}" for word in FOREIGN), each
    return found


@given(st.binary(max_size=300))
def test_random_bytes(content: bytes) -> None:
    survive(content)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_random_text(text: str) -> None:
    survive(text.encode())


@given(st.text(st.sampled_from("abc:-?[]{},#&*!|>'\"%@` \n\t1~<"), max_size=60))
def test_random_punctuation_below_a_valid_head(text: str) -> None:
    survive((HEAD + text).encode())


@given(manifests(), st.data())
def test_a_valid_manifest_with_a_piece_replaced(manifest: Manifest, data: st.DataObject) -> None:
    text = to_yaml(manifest)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    piece = data.draw(st.text(max_size=10) | st.sampled_from(["{", "]", '"', "\n", "null", "- ", "&a ", "*a", "<<: "]))
    survive((text[:start] + piece + text[end:]).encode("utf-8", errors="replace"))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["None", "Disabled", "latest", "DeployShadow", "Managed", "SourceExperiment"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "model", "version", "dataset", "active", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(manifests(), st.lists(st.tuples(st.integers(0, 1_000), VALUES), min_size=1, max_size=4))
def test_a_valid_manifest_with_values_replaced(manifest: Manifest, changes: list[tuple[int, Any]]) -> None:
    document: Any = json.loads(to_yaml(manifest))
    for position, value in changes:
        replace(document, position, value)
    survive(json.dumps(document).replace("NaN", ".nan").replace("Infinity", ".inf").encode())


def replace(document: Any, position: int, value: Any) -> None:
    """Put a value somewhere into a document, at the place that a number stands for."""
    places = list(holders(document))
    holder, key = places[position % len(places)]
    holder[key] = value


def holders(node: Any) -> Any:
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, below in list(entries):
        yield node, key
        if isinstance(below, dict | list):
            yield from holders(below)


@both_parsers
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[" * 50_000, id="fifty thousand brackets"),
        pytest.param(HEAD.encode() + b"  tags: " + b"[" * 50_000, id="brackets inside a manifest"),
        pytest.param(b"{a: " * 50_000, id="mappings"),
        pytest.param(b"- " * 50_000, id="dashes"),
        pytest.param(b"a: " * 50_000, id="colons"),
        pytest.param(b"&a " * 50_000, id="anchors"),
        pytest.param(b"!a " * 50_000, id="tags"),
        pytest.param(b"*a " * 50_000, id="aliases"),
        pytest.param(b"'" * 50_001, id="quotes"),
        pytest.param(b"? " * 50_000, id="complex keys"),
        pytest.param(b"|\n" * 50_000, id="block scalars"),
        pytest.param(b"---\n" * 20_000, id="documents"),
        pytest.param(b"%" * 50_000, id="directives"),
        pytest.param(b"#" * 50_000 + b"\n" * 50_000, id="comments and blank lines"),
        pytest.param(b" " * 50_000 + b"a: 1", id="spaces"),
        pytest.param(b"a" * 50_000 + b": 1", id="one long key"),
        pytest.param(b"\x00" * 50_000, id="nothing but NUL"),
        pytest.param(b"\xff" * 50_000, id="no text at all"),
        pytest.param(HEAD.encode() + b"  x: 1\n" * 5_000, id="one key five thousand times"),
        pytest.param(HEAD.encode() + b"".join(b"  x%d: 1\n" % n for n in range(2_000)), id="unknown fields"),
        pytest.param(HEAD.encode() + b"  tags: [" + b"1, " * 2_000 + b"]", id="wrong items"),
        pytest.param(HEAD.encode() + b"  dependsOn: [" + b"a, b, " * 2_000 + b"]", id="unknown dependencies"),
        pytest.param(HEAD.encode() + b"  threshold: " + b"9" * 100_000, id="a number of many digits"),
        pytest.param(HEAD.encode() + b"  datalake: " + b"x" * 100_000, id="a name of many letters"),
        pytest.param(HEAD.encode() + b"  datalake: *" + b"x" * 900, id="a long alias"),
        pytest.param(HEAD.encode() + b"  datalake: !" + b"x" * 900, id="a long tag"),
        pytest.param(HEAD.encode() + (b"  " + b"x" * 900 + b": 1\n") * 2, id="a long key twice"),
        pytest.param(HEAD.encode() + b"  trainingData: {dataset: d, version: " + b"1" * 900 + b"}", id="long version"),
        pytest.param(HEAD.encode() + b"  continuousTraining: {datasets: {" + b"x" * 900 + b": }}", id="long name"),
        pytest.param(HEAD.encode() + b"  ownership: {" + b"x" * 900 + b": Managed}", id="a long path"),
        pytest.param(HEAD.encode() + b"  dependsOn: [" + b"x" * 900 + b"]", id="a long dependency"),
    ],
)  # fmt: skip
def test_repetition_is_bounded(content: bytes, events: EventSource) -> None:
    survive(content, events)


def test_a_rainbow_of_aliases_is_bounded() -> None:
    lines = [f"x{n}: &x{n} {{{', '.join(f'k{m}: *x{n - 1}' for m in range(9))}}}" for n in range(1, 40)]
    assert survive(("x0: &x0 {a: b}\n" + "\n".join(lines)).encode())[0].code == "too-many-aliases"


def test_merging_is_bounded() -> None:
    lines = [f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}], k{n}: 1}}" for n in range(1, 200)]
    survive(("x0: &x0 {a: b}\n" + "\n".join(lines)).encode())


def test_two_thousand_waits_in_one_circle_need_no_recursion_and_few_words() -> None:
    chain = "".join(
        f"---\napiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {{name: d{n}}}\nspec:\n"
        f"  models: {{champion: {{model: m, version: v1}}}}\n  dependsOn: [d{(n + 1) % 2_000}]\n"
        for n in range(2_000)
    )
    (found,) = survive(chain.encode())
    assert found.code == "dependency-cycle"
    assert found.message.endswith("d0 → d1 → d2 → d3 → d4 → d5 → d6 → d7 → … 1991 more … → d1999 → d0")
