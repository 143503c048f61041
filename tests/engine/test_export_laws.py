"""The laws of export: whatever is live, what is written plans to zero, and a second time changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, note
from hypothesis import strategies as st

from reconciler.adapters.files.layout import lay_out
from reconciler.adapters.files.trees import c_events
from reconciler.core.diff import Decision
from reconciler.core.export.comparison import is_declared
from reconciler.core.export.drafts import Change
from reconciler.core.export.spelling import UNITS
from reconciler.core.live import Alias, canonical_json
from reconciler.core.manifest.canonical import document_of
from tests.adapters.yaml_layouts import layouts
from tests.engine.exports import Place, place
from tests.fakes.registry import Registry, titled
from tests.strategies.actions import FULL, live_deployments
from tests.strategies.manifests import (
    DATALAKES,
    DATASET_VERSIONS,
    DATASETS,
    MODEL_VERSIONS,
    MODELS,
    PROJECTS,
    catalogs,
    to_yaml,
)

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Catalog, Manifest

NASTY = (
    "7", "007", "1.10", "1e3", "0x1F", "1_000", "-1", "+1", ".5", "12:30", "2026-06", "2026-06-01", "null", "~", "true",
    "Yes", "no", "on", "NULL", "None", "Disabled", "latest", "it's", 'say "hi"', "a: b", "a:b", "#tag", "a #b", "- a",
    "-", "?", "? a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "{a}", "[a]", "a, b", "\\", "\\n", "a\\", "é", "😀",
    "ﬁ", "\u202ea", "a\u2028b", "a\u00a0b", "../x", "a/b", "C:\\x", "con", "x" * 255, "a@b", "@", "=", "<<", "---",
    "...", "reconciler",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))
WORDS = st.sampled_from(NASTY) | st.text(LETTERS, min_size=1, max_size=20)
POOL = (*MODELS, *MODEL_VERSIONS, *DATASETS, *DATASET_VERSIONS, *PROJECTS, *DATALAKES)
ORGANIZATIONS = st.lists(live_deployments(full=True), max_size=4, unique_by=lambda live: live.name)


def steps_and_changes(place: Place, platform: Registry) -> list[object]:
    """What a plan of the files would do or tell."""
    made = place.plan(platform)
    return [*made.steps, *(change for chain in made.chains for change in (*chain.changes, *chain.refusals))]


@given(ORGANIZATIONS)
def test_what_is_exported_plans_to_zero_and_is_all_there_is(lives: list[LiveDeployment]) -> None:
    platform = Registry(lives)
    with place() as here:
        report = here.export(platform)
        note(str(here.files))
        assert report.failed == ()
        assert {manifest.platform_name for manifest in here.catalog} == {live.name for live in lives}
        assert steps_and_changes(here, platform) == []


@st.composite
def oddly_named(draw: st.DrawFn) -> Registry:
    """An organisation in which everything is called something that YAML, shells or file systems stumble over."""
    words = dict(zip(POOL, draw(_words(len(POOL))), strict=True))
    lives = [_renamed(draw, live) for live in draw(ORGANIZATIONS)]
    return Registry(list({live.name: live for live in lives}.values()), titled(words))


def _words(number: int) -> st.SearchStrategy[list[str]]:
    """Draw different words; two that are drawn the same are told apart."""
    drawn = st.lists(WORDS, min_size=number, max_size=number)
    return drawn.map(
        lambda words: [word if word not in words[:at] else f"{word[:99]}{at}" for at, word in enumerate(words)]
    )


def _renamed(draw: st.DrawFn, live: LiveDeployment) -> LiveDeployment:
    names = draw(_words(6))
    aliases = dict(zip(("train", "test", "eval"), names, strict=False))
    configuration: Any = live.training_configuration
    if configuration is not None:
        values = st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), _nested
        )
        parameters = draw(st.dictionaries(st.text(max_size=9).filter(lambda key: key != "from"), values, min_size=1))
        configuration = replace(configuration, parameters=canonical_json(parameters))
    assert isinstance(live.training_datasets, frozenset)
    return replace(
        live,
        name=draw(WORDS),
        tags=frozenset(names[3:]),
        training_configuration=configuration,
        training_datasets=frozenset(Alias(aliases[each.name], each.dataset) for each in live.training_datasets),
    )


def _nested(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3)


@given(oddly_named())
def test_names_that_look_like_something_else_survive(platform: Registry) -> None:
    with place() as here:
        report = here.export(platform)
        note(str(here.files))
        told = {each.name: each.reason for each in report.failed}
        # Nothing but a dataset called `latest` has no name that leads back to it.
        assert [why for why in told.values() if "latest" not in why] == []
        assert {each.platform_name for each in here.catalog} | told.keys() == {live.name for live in platform.lives}
        assert steps_and_changes(here, platform) == []


@given(st.lists(live_deployments(), max_size=3, unique_by=lambda live: live.name))
def test_what_nobody_reported_is_neither_written_nor_planned(lives: list[LiveDeployment]) -> None:
    platform = Registry(lives)
    with place() as here:
        report = here.export(platform)
        assert {each.reason for each in report.failed} <= {"its champion is not reported"}
        assert steps_and_changes(here, platform) == []


@given(ORGANIZATIONS)
def test_a_second_export_touches_no_file(lives: list[LiveDeployment]) -> None:
    platform = Registry(lives)
    with place() as here:
        here.export(platform)
        before = here.files, here.times
        again = here.export(platform)
        assert {each.change for each in again.exported} <= {Change.UNCHANGED}
        assert (here.files, here.times) == before


EXCUSES = (
    "the same version as the champion",
    "are one dataset version",
    "cannot be Managed while",
    "its champion is not reported",
)
"""Why a manifest cannot say what is live: together with what its author keeps, it would contradict itself."""


@st.composite
def written_catalogs(draw: st.DrawFn) -> tuple[Catalog, dict[str, str], Registry]:
    """Manifests as people write them, several to a file, and deployments of their names that are something else."""
    catalog = draw(catalogs(renames=False, max_size=3))
    files: dict[str, list[str]] = {}
    for manifest in catalog:
        file = draw(st.sampled_from(["one.yaml", f"{manifest.address}.yml"]))
        files.setdefault(file, []).append(draw(layouts(json.loads(to_yaml(manifest)))))
    lives = [
        draw(live_deployments(manifest.platform_name))
        for manifest in catalog
        if draw(st.sampled_from([True, True, False]))
    ]
    return catalog, {name: "\n---\n".join(texts) for name, texts in files.items()}, Registry(lives)


@given(written_catalogs(), st.booleans())
def test_a_manifest_in_a_file_becomes_what_is_live_and_loses_no_comment(
    written: tuple[Catalog, dict[str, str], Registry], declared_only: bool
) -> None:
    catalog, texts, platform = written
    with place() as here:
        for name, text in texts.items():
            here.write(name, text)
        report = here.export(platform, declared_only=declared_only)
        note(str(report))
        for name, text in texts.items():
            after = here.files[name].decode()
            note(after)
            assert not Counter(lay_out(text, c_events).comments) - Counter(lay_out(after, c_events).comments)
        exported = {each.address for each in report.exported}
        assert [each.reason for each in report.failed if not any(excuse in each.reason for excuse in EXCUSES)] == []
        assert len(report.exported) + len(report.failed) == len(platform.lives)
        for chain in here.plan(platform).chains:
            if chain.address in exported:
                assert [change for change in chain.changes if change.decision is not Decision.HOLD] == []
        for manifest in catalog:
            _is_still_theirs(manifest, next(each for each in here.catalog if each.address == manifest.address))


def _is_still_theirs(before: Manifest, after: Manifest) -> None:
    """What is not live is nobody's but the author's."""
    one, other = document_of(before), document_of(after)
    assert one["metadata"] == other["metadata"]
    for key in ("lifecycle", "ownership", "dependsOn"):
        assert one["spec"][key] == other["spec"][key]  # type: ignore[index,call-overload]


@given(st.lists(FULL, min_size=1, max_size=3, unique_by=lambda live: live.name), st.data())
def test_with_declared_only_no_manifest_declares_more_than_before(
    lives: list[LiveDeployment], data: st.DataObject
) -> None:
    manifest = data.draw(catalogs(max_size=1, renames=False)).manifests[0]
    live = replace(lives[0], name=manifest.platform_name)
    with place() as here:
        here.write("a.yaml", to_yaml(manifest))
        (before,) = here.catalog
        here.export(Registry([live]), declared_only=True)
        (after,) = here.catalog
        assert _declared(after) <= _declared(before)


def _declared(manifest: Manifest) -> set[str]:
    return {unit for unit in UNITS if is_declared(manifest.spec, unit)}
