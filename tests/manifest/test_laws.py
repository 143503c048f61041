"""Laws of loading: what is written reads back, and no order in any file changes anything."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files import LoadOptions, load_catalog
from reconciler.adapters.files.trees import c_events, pure_events
from reconciler.core.manifest.canonical import digest_of, document_of
from reconciler.core.manifest.diagnostics import Severity
from reconciler.core.manifest.schema import deployment_schema
from tests.strategies.manifests import catalogs, manifests, to_yaml

if TYPE_CHECKING:
    from reconciler.adapters.files import Loaded
    from reconciler.core.manifest.catalog import Catalog, Manifest

MINIMAL = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {name: a}
spec:
  models:
    champion: {model: m, version: v1}
"""
SCHEMA = jsonschema.Draft202012Validator(deployment_schema())


def load(text: str, events: Any = c_events) -> Loaded:
    options = LoadOptions(stdin=io.BytesIO(text.encode()), events=events)
    return load_catalog(["-"], name="demo", options=options)


def documents(catalog: Catalog) -> str:
    return "---\n".join(to_yaml(manifest) for manifest in catalog)


@given(catalogs())
def test_a_catalog_that_is_written_reads_back_equal(catalog: Catalog) -> None:
    loaded = load(documents(catalog)).catalog
    assert loaded.manifests == catalog.manifests
    assert loaded.source.manifest_digest == catalog.source.manifest_digest


@given(manifests())
def test_a_valid_manifest_is_valid_to_the_schema_too(manifest: Manifest) -> None:
    SCHEMA.validate(json.loads(to_yaml(manifest)))


@given(manifests())
def test_both_parsers_read_the_same_manifest_from_the_same_places(manifest: Manifest) -> None:
    text = to_yaml(manifest)
    (one,), (other,) = load(text).catalog, load(text, pure_events).catalog
    assert one == other
    assert one.origins == other.origins


@given(catalogs(), st.randoms(use_true_random=False))
def test_neither_documents_nor_keys_nor_lists_have_an_order(catalog: Catalog, random: Any) -> None:
    shuffled = [shuffle(json.loads(to_yaml(manifest)), random) for manifest in catalog]
    random.shuffle(shuffled)
    text = "".join(f"---\n{json.dumps(document)}\n" for document in shuffled)
    loaded = load(text).catalog
    assert loaded.source.manifest_digest == catalog.source.manifest_digest
    assert loaded.manifests == catalog.manifests


@given(manifests(), manifests())
def test_the_digest_tells_manifests_apart(one: Manifest, other: Manifest) -> None:
    same = document_of(one) == document_of(other)
    assert (digest_of([one]) == digest_of([other])) is same


@given(catalogs())
def test_every_declared_field_knows_its_place(catalog: Catalog) -> None:
    text = documents(catalog)
    lines = text.split("\n")
    for manifest in load(text).catalog:
        for path, origin in manifest.origins.items():
            name = path.rpartition(".")[2]
            assert path == "" or name.partition("@")[0] in lines[origin.line - 1] or "@" in path


@given(catalogs())
def test_warnings_never_stop_a_catalog(catalog: Catalog) -> None:
    assert all(warning.severity is Severity.WARNING for warning in load(documents(catalog)).warnings)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_line_breaks_and_a_byte_order_mark_make_no_difference(bom: bytes, break_: str) -> None:
    content = bom + MINIMAL.replace("\n", break_).encode()
    loaded = load_catalog(["-"], name="demo", options=LoadOptions(stdin=io.BytesIO(content)))
    (manifest,) = loaded.catalog
    assert (manifest.origin("models.champion").line, manifest.origin("models.champion").column) == (6, 5)
    assert loaded.catalog.source.manifest_digest == load(MINIMAL).catalog.source.manifest_digest


def shuffle(value: Any, random: Any) -> Any:
    """Return a JSON value with the keys of all mappings, and the items of the lists that are sets, in any order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        # What is inside free parameters is the trainer's own, where lists have an order.
        return {
            key: value[key] if key in ("experimentParameters", "scanConfig") else shuffle(value[key], random)
            for key in keys
        }
    if isinstance(value, list):
        items = [shuffle(item, random) for item in value]
        random.shuffle(items)
        return items
    return value
