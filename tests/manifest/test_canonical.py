"""The canonical form: the bytes of RFC 8785, defaults spelled out."""

from __future__ import annotations

from typing import Any

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.core.manifest.canonical import canonical_json, digest_of, document_of
from reconciler.core.manifest.catalog import Manifest
from reconciler.core.manifest.spec import ABSENT, DeploymentSpec, Metadata, Models, ModelVersionReference

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
CHAMPION = ModelVersionReference(model="m", version="v1")


@given(JSON)
@example(1.0)
@example(-0.0)
@example(1e-5)
@example(1e21)
@example(123456789012345680.0)
@example({"\ue000": 1, "\U0001f600": 2})
@example("\x7f\x1f\u2028")
def test_the_fast_way_writes_the_bytes_of_rfc_8785(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


def manifest(**spec: Any) -> Manifest:
    return Manifest(Metadata(name="a"), DeploymentSpec(**{"models": Models(champion=CHAMPION), **spec}), {})


def test_defaults_are_spelled_out_and_undeclared_fields_left_out() -> None:
    assert document_of(manifest()) == {
        "apiVersion": "reconciler.dev/v1",
        "kind": "Deployment",
        "metadata": {"name": "a", "labels": {}, "annotations": {}},
        "spec": {
            "models": {"champion": {"model": "m", "version": "v1"}},
            "ownership": {},
            "lifecycle": {"preventDestroy": True, "onRemoval": "Orphan", "forceDelete": False},
            "dependsOn": [],
        },
    }


def test_what_must_not_exist_is_not_what_is_left_alone() -> None:
    absent = manifest(models=Models(champion=CHAMPION, shadow=ABSENT), training_data=ABSENT)
    spec: Any = document_of(absent)["spec"]
    assert spec["models"]["shadow"] == "None"
    assert spec["trainingData"] == "Disabled"
    assert digest_of([absent]) != digest_of([manifest()])


def test_an_empty_set_is_not_an_undeclared_one() -> None:
    assert digest_of([manifest(tags=())]) != digest_of([manifest()])


def test_the_digest_of_nothing_is_that_of_an_empty_list() -> None:
    assert digest_of([]) == "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
