"""Live deployments in the words of manifests, value by value: what is written, what is left out, what has no words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.export.addresses import LONGEST, addresses_for, slug
from reconciler.core.export.edits import Drop, Put, edits_of
from reconciler.core.export.lexicon import Lexicon, Unnameable
from reconciler.core.export.minimal import document
from reconciler.core.export.remarks import remarks
from reconciler.core.export.spelling import NOT_REPORTED, UNITS, Speller
from reconciler.core.live import FIELD, Alias, LiveDeployment, TrainingConfiguration
from reconciler.core.manifest.catalog import Manifest
from reconciler.core.manifest.spec import DeploymentSpec, Metadata, Policy, Serving, TriggerEvent
from reconciler.core.origin import Origin
from reconciler.core.references import Missing, Ref, Reference, ReferenceKind, Resolved, Title
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths

METADATA_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")

TITLES = {
    "m1": Title("m", "v1", 1),
    "m2": Title("m", "1.10", 2),
    "latest": Title("m", "latest", 9),
    "d1": Title("d", "production"),
    "d2": Title("d", "holdout"),
    "lake": Title("", "cold"),
    "p": Title("", "project"),
}
BARE = LiveDeployment(
    id="id",
    name="digits",
    inference_type="CLASSIFICATION",
    serving=Serving.MANAGED,
    threshold=0.4,
    sample_rate=1.0,
    datalake=Ref("lake"),
    tags=frozenset(),
    champion=Ref("m1"),
    shadow=None,
    training_data=None,
    feedback_configured=False,
    feedback_active=False,
    feedback_datasets=frozenset(),
    training_configuration=None,
    training_active=False,
    training_datasets=frozenset(),
    deployment_policy=None,
    deployment_active=False,
)
CONFIGURATION = TrainingConfiguration(Ref("p"), TriggerEvent.FEEDBACK_LOOP, 150, False, '{"epochs":50}')
EVERYTHING = replace(
    BARE,
    name="Digits!",
    serving=Serving.OWN,
    tags=frozenset({"b", "a"}),
    shadow=Ref("m2"),
    training_data=Ref("d2"),
    feedback_configured=True,
    feedback_active=True,
    feedback_datasets=frozenset({Ref("d1"), Ref("d2")}),
    training_configuration=CONFIGURATION,
    training_active=False,
    training_datasets=frozenset({Alias("test", Ref("d2")), Alias("train", Ref("d1"))}),
    deployment_policy=Policy.DEPLOY_SHADOW,
    deployment_active=True,
)
D1, D2 = {"dataset": "d", "version": "production"}, {"dataset": "d", "version": "holdout"}
ALWAYS = {"threshold": 0.4, "datalake": "cold", "sampleRate": 1.0}
MODELS = {"champion": {"model": "m", "version": "v1"}}


def speller(live: LiveDeployment, found: dict[Reference, Resolved | Missing] | None = None) -> Speller:
    return Speller(live, Lexicon(TITLES, found or {}))


def spec_of(live: LiveDeployment) -> Any:
    return document(speller(live), slug(str(live.name)))["spec"]


def test_a_bare_deployment_says_what_is_set_and_nothing_else() -> None:
    assert document(speller(BARE), "digits") == {
        "apiVersion": "reconciler.dev/v1",
        "kind": "Deployment",
        "metadata": {"name": "digits"},
        "spec": {**ALWAYS, "models": MODELS},
    }


def test_everything_that_is_set_is_said_in_the_order_of_our_manifests() -> None:
    spec = spec_of(EVERYTHING)
    assert spec == {
        "name": "Digits!",
        "serving": "Own",
        **ALWAYS,
        "tags": ["a", "b"],
        "models": {**MODELS, "shadow": {"model": "m", "version": "1.10"}},
        "trainingData": D2,
        "feedbackLoop": {"datasets": [D2, D1]},
        "continuousTraining": {
            "active": False,
            "project": "project",
            "trigger": {"event": "FeedbackLoop", "threshold": 150},
            "datasets": {"train": D1, "test": D2},
            "experimentParameters": {"epochs": 50},
        },
        "continuousDeployment": {"policy": "DeployShadow"},
    }
    assert [key for key in spec if key != "name"] == list(dict.fromkeys(unit.partition(".")[0] for unit in UNITS))
    assert list(spec["continuousTraining"]["datasets"]) == ["train", "test"]


@pytest.mark.parametrize(
    ("moved", "block", "wanted"),
    [
        ({"feedback_configured": True, "feedback_active": True}, "feedbackLoop", {"active": True}),
        ({"feedback_configured": True}, "feedbackLoop", {"active": False}),
        ({"feedback_datasets": frozenset({Ref("d1")})}, "feedbackLoop", {"active": False, "datasets": [D1]}),
        (
            {"deployment_policy": Policy.DEPLOY_MANUAL},
            "continuousDeployment",
            {"active": False, "policy": "DeployManual"},
        ),
        ({"deployment_active": True}, "continuousDeployment", {"active": True}),
        (
            {"training_configuration": replace(CONFIGURATION, event=TriggerEvent.NONE, threshold=None, scan=True)},
            "continuousTraining",
            {"active": False, "project": "project", "trigger": {"event": "None"}, "scanConfig": {"epochs": 50}},
        ),
    ],
)
def test_a_block_is_there_once_it_was_set_up_and_says_when_it_is_off(
    moved: dict[str, Any], block: str, wanted: object
) -> None:
    assert spec_of(replace(BARE, **moved)) == {**ALWAYS, "models": MODELS, block: wanted}


INEXPRESSIBLE = [
    ({"tags": frozenset({"a", " b"})}, "tags", "the tag ' b' is no name"),
    ({"shadow": Ref("m1")}, "models.shadow", "it is the champion too"),
    (
        {"training_datasets": frozenset({Alias("a", Ref("d1")), Alias("b", Ref("d1"))})},
        "continuousTraining.datasets",
        "one",
    ),
    (
        {"training_datasets": frozenset({Alias("a\n", Ref("d1"))})},
        "continuousTraining.datasets",
        r"the alias 'a\n' is no",
    ),
    *(
        ({"training_configuration": replace(CONFIGURATION, **configured)}, f"continuousTraining.{part}", why)
        for configured, why in (
            ({"parameters": "{}"}, "its parameters are empty"),
            ({"parameters": '{"from":1}'}, "one of its parameters is called `from`"),
            ({"threshold": None}, "it fires after None images"),
            ({"threshold": 2**31}, "it fires after 2147483648 images"),
        )
        for part in ("project", "trigger", "experimentParameters")
    ),
]


@pytest.mark.parametrize(("moved", "path", "why"), INEXPRESSIBLE)
def test_what_manifests_have_no_words_for_is_left_out_and_told(moved: dict[str, Any], path: str, why: str) -> None:
    told = speller(replace(BARE, **moved))
    assert why in told.unknown[path]
    assert told.unsayable == told.unknown
    block, _, key = path.rpartition(".")
    spec = document(told, "digits")["spec"]
    assert key not in (spec.get(block, {}) if block else spec)  # type: ignore[operator,union-attr,call-overload]


def test_a_block_of_which_nobody_knows_the_switch_is_left_out_as_a_whole() -> None:
    silent = ("threshold", "feedbackLoop.active", "continuousTraining.active", "continuousTraining.configuration")
    live = EVERYTHING
    for path in silent:
        live = FIELD[path].put(live, UNREPORTED)
    told = speller(live)
    assert told.unknown == dict.fromkeys(("threshold", "feedbackLoop", "continuousTraining"), NOT_REPORTED)
    assert told.unsayable == {}
    assert {"threshold", "feedbackLoop", "continuousTraining"}.isdisjoint(spec_of(live))


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        ({"champion": UNREPORTED}, "its champion is not reported"),
        ({"champion": Ref("unheard", "…12")}, "the name of model version …12 cannot be read"),
        ({"name": " a"}, "' a' is no name"),
        ({"name": UNREPORTED}, "UNREPORTED is no name"),
    ],
)
def test_a_deployment_without_a_nameable_champion_or_name_has_no_manifest(moved: dict[str, Any], why: str) -> None:
    with pytest.raises(Unnameable, match=why):
        document(speller(replace(BARE, **moved)), "digits")


V1 = Reference(ReferenceKind.MODEL_VERSION, "m", "v1")
NUMBER_1 = replace(V1, version="1", numbered=True)


def test_a_version_is_called_by_its_name_until_that_is_known_to_mean_another() -> None:
    names = Lexicon(TITLES, {V1: Resolved(Ref("m1"))})
    assert names.name(Ref("m1"), V1.kind) == V1
    names = Lexicon(TITLES, {V1: Resolved(Ref("m7"))})
    assert names.name(Ref("m1"), V1.kind) == NUMBER_1
    assert spec_of(replace(BARE, champion=Ref("latest")))["models"]["champion"] == {"model": "m", "version": 9}


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (
            {V1: Missing("it is hidden"), NUMBER_1: Missing("too")},
            "model version m@v1 cannot be named in a manifest: it is hidden",
        ),
        ({V1: Resolved(Ref("m7")), NUMBER_1: Resolved(Ref("m7"))}, "m@v1 leads to another one"),
    ],
)
def test_what_no_name_leads_back_to_is_told_with_the_reason(found: dict[Reference, Any], why: str) -> None:
    with pytest.raises(Unnameable, match=why):
        Lexicon(TITLES, found).name(Ref("m1"), V1.kind)


def test_names_that_manifests_do_not_take_are_not_tried() -> None:
    titles = {"a": Title("m\n", "v1", 1), "b": Title("d", "latest"), "c": Title("", " x")}
    for object_id, kind in (
        ("a", ReferenceKind.MODEL_VERSION),
        ("b", ReferenceKind.DATASET_VERSION),
        ("c", ReferenceKind.PROJECT),
    ):
        with pytest.raises(Unnameable, match="it is no name that a manifest takes"):
            Lexicon(titles, {}).name(Ref(object_id), kind)


def manifest(**spec: Any) -> Manifest:
    declared = DeploymentSpec.model_validate({"models": MODELS, **spec})
    return Manifest(Metadata(name="digits"), declared, {"": Origin("a.yaml", 1, 1)})


FULL = {
    "name": "Digits!",
    "threshold": 0.4,
    "tags": ["a", "b"],
    "models": {**MODELS, "shadow": {"model": "m", "version": 2}},
    "trainingData": D2,
    "feedbackLoop": {"datasets": [D1, D2]},
    "continuousTraining": {
        "active": False,
        "project": "project",
        "trigger": {"event": "FeedbackLoop", "threshold": 150},
        "datasets": {"train": D1, "test": D2},
        "experimentParameters": {"from": "SourceExperiment"},
    },
    "continuousDeployment": {"policy": "DeployShadow"},
}


def test_what_is_said_in_other_words_is_not_changed() -> None:
    assert edits_of(manifest(**FULL), speller(EVERYTHING)) == ()


@pytest.mark.parametrize(
    ("moved", "edits"),
    [
        ({"threshold": 0.5}, [Put(("spec", "threshold"), 0.5)]),
        ({"shadow": None}, [Put(("spec", "models", "shadow"), "None")]),
        ({"training_data": None}, [Put(("spec", "trainingData"), "Disabled")]),
        ({"tags": frozenset()}, [Put(("spec", "tags"), [])]),
        ({"feedback_active": False}, [Put(("spec", "feedbackLoop", "active"), False)]),
        (
            {"deployment_policy": None, "deployment_active": False},
            [
                Put(("spec", "continuousDeployment", "active"), False),
                Drop(("spec", "continuousDeployment", "policy")),
            ],
        ),
        (
            {"training_configuration": None},
            [
                Drop(("spec", "continuousTraining", "project")),
                Drop(("spec", "continuousTraining", "trigger")),
                Drop(("spec", "continuousTraining", "experimentParameters")),
            ],
        ),
        (
            {"training_configuration": replace(CONFIGURATION, scan=True)},
            [
                Drop(("spec", "continuousTraining", "experimentParameters")),
                Put(("spec", "continuousTraining", "scanConfig"), {"epochs": 50}),
            ],
        ),
        ({"name": "digits"}, [Drop(("spec", "name"))]),
        ({"name": "Other"}, [Put(("spec", "name"), "Other")]),
        ({"threshold": UNREPORTED, "shadow": UNREPORTED, "training_configuration": UNREPORTED}, []),
    ],
)
def test_a_field_that_differs_is_put_right(moved: dict[str, Any], edits: list[object]) -> None:
    assert list(edits_of(manifest(**FULL), speller(replace(EVERYTHING, **moved)))) == edits


def test_what_was_not_there_yet_is_added_and_what_was_left_out_on_purpose_is_not() -> None:
    edits = edits_of(manifest(name="Digits!"), speller(EVERYTHING))
    added = {edit.path[1:]: edit.value for edit in edits if isinstance(edit, Put)}
    assert set(added) == {
        ("tags",),
        ("models", "shadow"),
        ("trainingData",),
        ("feedbackLoop",),
        ("continuousTraining",),
        ("continuousDeployment",),
    }
    assert added["feedbackLoop",] == {"datasets": [D2, D1]}
    assert edits_of(manifest(name="Digits!"), speller(EVERYTHING), declared_only=True) == ()
    assert edits_of(manifest(), speller(BARE)) == ()


def test_a_declared_block_is_completed() -> None:
    edits = edits_of(manifest(name="Digits!", continuousTraining={"active": False}), speller(EVERYTHING))
    assert {edit.path[2] for edit in edits if edit.path[1] == "continuousTraining"} == {
        "project",
        "trigger",
        "datasets",
        "experimentParameters",
    }


def test_what_is_ignored_is_neither_changed_nor_added() -> None:
    ignored = {"threshold": "Ignored", "models.shadow": "Ignored", "tags": "Ignored"}
    known = manifest(name="Digits!", threshold=0.1, ownership=ignored)
    paths = {edit.path[1:] for edit in edits_of(known, speller(EVERYTHING))}
    assert paths.isdisjoint({("threshold",), ("models", "shadow"), ("tags",)})


def test_a_rename_that_live_has_not_seen_is_taken_back() -> None:
    known = manifest(name="Digits 2", renamedFrom="Digits!")
    edits = edits_of(known, speller(EVERYTHING), declared_only=True)
    assert edits == (Put(("spec", "name"), "Digits!"), Drop(("spec", "renamedFrom")))


SOURCE = Reference(ReferenceKind.SOURCE_PARAMETERS, "m", "v1")


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (None, True),
        (Resolved(Ref("m1"), parameters='{"epochs":50}'), True),
        (Resolved(Ref("m1"), parameters='{"epochs":9}'), False),
        (Missing("nobody knows"), False),
    ],
)
def test_parameters_taken_from_the_experiment_stay_so_while_they_are_what_is_live(found: Any, kept: bool) -> None:
    known = {} if found is None else {SOURCE: found}
    edits = edits_of(manifest(**FULL), speller(EVERYTHING, known))
    path = ("spec", "continuousTraining", "experimentParameters")
    assert edits == (() if kept else (Put(path, {"epochs": 50}),))


def test_after_a_champion_changed_its_experiment_is_the_one_that_counts() -> None:
    live = replace(EVERYTHING, champion=Ref("m2"), shadow=None)
    known = {
        V1: Resolved(Ref("m1")),
        replace(SOURCE, version="1.10"): Resolved(Ref("m2"), parameters='{"epochs":50}'),
        SOURCE: Resolved(Ref("m1"), parameters="{}"),
    }
    edits = edits_of(manifest(**FULL), speller(live, known))
    assert {edit.path[1:] for edit in edits} == {("models", "champion"), ("models", "shadow")}


def test_a_unit_is_declared_where_the_planner_says_so() -> None:
    fields = {FIELD[path].path for path in declared_paths(manifest(**FULL))}
    assert {"continuousTraining.configuration", "models.shadow", "tags"} <= fields


@given(st.lists(st.text(max_size=80), unique=True, max_size=20), st.sets(st.sampled_from("abc")))
def test_addresses_are_valid_distinct_and_the_same_in_any_order(names: list[str], taken: set[str]) -> None:
    names += ["A b", "a-b", "a_b", "a"]
    found = addresses_for(names, taken)
    assert found.keys() == set(names)
    assert len(set(found.values())) == len(found)
    assert all(METADATA_NAME.fullmatch(address) and len(address) <= LONGEST for address in found.values())
    assert taken.isdisjoint(found.values())
    assert addresses_for(reversed(names), taken) == found
    assert found["a-b"] == "a-b"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("surface-defects", "surface-defects"),
        ("Surface defects (Lyon)", "surface-defects-lyon"),
        ("Straße №5", "strasse-no5"),
        ("../../etc", "etc"),
        ("v1.10", "v1.10"),
        ("a . b", "a.b"),
    ],
)
def test_an_address_is_what_a_person_would_make_of_the_name(name: str, address: str) -> None:
    assert slug(name) == address


def test_names_without_letters_and_long_ones_get_a_digest() -> None:
    assert re.fullmatch(r"deployment-[0-9a-f]{8}", slug("😀"))
    assert re.fullmatch(r"x{54}-[0-9a-f]{8}", slug("x" * 100))
    assert slug("x" * 100) != slug("x" * 101)


def test_a_name_made_to_look_like_a_digest_gets_a_longer_one() -> None:
    clash = addresses_for(["A b", "a-b"])["A b"]
    found = addresses_for(["A b", "a-b", clash])
    assert found[clash] == clash
    assert found["A b"].startswith(clash)
    assert len(found["A b"]) == len(clash) + 1


def test_remarks_say_what_is_missing_why_and_what_to_do() -> None:
    told = remarks({"threshold": NOT_REPORTED, "tags": "the tag ' b' is no name", "datalake": NOT_REPORTED}, "digits")
    assert told == (
        "Not declared, because the platform does not report it: threshold, datalake.",
        "Not declared: tags; the tag ' b' is no name.",
        "Declare what you know to be so, then run `reconciler adopt digits`.",
    )
    assert remarks({}, "digits") == ()
    assert max(map(len, remarks({f"x{n}": NOT_REPORTED for n in range(99)}, "digits"))) <= 112


def test_documents_are_json() -> None:
    assert json.loads(json.dumps(document(speller(EVERYTHING), "digits")))
