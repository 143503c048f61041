"""What valid manifests mean: nulls that say something, versions by their form, places, and blocks judged apart."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.files import LoadOptions, load_catalog
from reconciler.adapters.files.trees import c_events
from reconciler.core.manifest.spec import ABSENT, Ownership, ParameterMap, ParametersFrom, TriggerEvent
from reconciler.errors import ManifestError
from tests.generate import ROOT

if TYPE_CHECKING:
    from reconciler.adapters.files import Loaded
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.spec import DeploymentSpec

HEAD = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: digits
spec:
  models:
    champion: {model: digits, version: v1}
"""


def load(text: str) -> Loaded:
    return load_catalog(["-"], name="demo", options=LoadOptions(stdin=io.BytesIO(text.encode()), events=c_events))


def manifest(rest: str = "") -> Manifest:
    (found,) = load(HEAD + rest).catalog
    return found


def spec(rest: str = "") -> DeploymentSpec:
    return manifest(rest).spec


def codes(rest: str) -> list[str]:
    with pytest.raises(ManifestError) as raised:
        load(HEAD + rest)
    return [each.code for each in raised.value.diagnostics]


def test_what_is_absent_is_undeclared() -> None:
    found = spec()
    declared = found.model_dump(exclude_none=True, exclude={"models", "lifecycle", "ownership", "depends_on"})
    assert declared == {}
    assert found.models.shadow is None


@pytest.mark.parametrize("spelling", ["None", "null", "~", "", '"None"'])
def test_no_shadow_has_four_spellings(spelling: str) -> None:
    assert spec(f"    shadow: {spelling}\n").models.shadow is ABSENT


@pytest.mark.parametrize("spelling", ["Disabled", "null", "~", ""])
def test_no_training_data_has_four_spellings(spelling: str) -> None:
    assert spec(f"  trainingData: {spelling}\n").training_data is ABSENT


@pytest.mark.parametrize(
    ("written", "version"),
    [("7", 7), ('"7"', "7"), ("'1.10'", "1.10"), ("v7", "v7"), ('"2026-06"', "2026-06"), ("1.2.3", "1.2.3"), ("0", 0)],
)
def test_unquoted_digits_are_a_number_and_everything_quoted_is_a_name(written: str, version: int | str) -> None:
    found = spec(f"    shadow: {{model: digits, version: {written}}}\n").models.shadow
    assert found is not None
    assert found is not ABSENT
    assert found.version == version
    assert type(found.version) is type(version)


def test_the_number_of_a_version_is_not_its_name() -> None:
    shadow = '    shadow: {model: digits, version: "1"}\n'
    text = HEAD.replace("version: v1", "version: 1") + shadow
    assert len(load(text).catalog) == 1


@pytest.mark.parametrize("written", ["None", "null", "~", ""])
def test_a_trigger_that_never_fires_has_four_spellings(written: str) -> None:
    block = f"    project: digits\n    trigger: {{event: {written}}}\n    experimentParameters: {{epochs: 50}}\n"
    training = spec(f"  continuousTraining:\n{block}").continuous_training
    assert training is not None
    assert training.trigger is not None
    assert training.trigger.event is TriggerEvent.NONE


def test_parameters_are_free_json_with_null_and_nesting() -> None:
    block = "    project: digits\n    trigger: {event: None}\n"
    parameters = (
        "    experimentParameters: {epochs: 50, warmup: null, steps: [1.5, {a: true}], 7: x, since: 2026-06-01}\n"
    )
    training = spec(f"  continuousTraining:\n{block}{parameters}").continuous_training
    assert training is not None
    assert isinstance(training.experiment_parameters, ParameterMap)
    wanted = {"epochs": 50, "warmup": None, "steps": [1.5, {"a": True}], "7": "x", "since": "2026-06-01"}
    assert training.experiment_parameters.as_json() == wanted


def test_parameters_can_come_from_the_source_experiment() -> None:
    block = "    project: digits\n    trigger: {event: None}\n    experimentParameters: {from: SourceExperiment}\n"
    training = spec(f"  continuousTraining:\n{block}").continuous_training
    assert training is not None
    assert isinstance(training.experiment_parameters, ParametersFrom)


def test_a_search_may_have_a_parameter_called_from() -> None:
    block = "    project: digits\n    trigger: {event: None}\n    scanConfig: {from: 1, to: 9}\n"
    training = spec(f"  continuousTraining:\n{block}").continuous_training
    assert training is not None
    assert training.scan_config == ParameterMap.of({"from": 1, "to": 9})


def test_declaring_a_block_switches_it_on() -> None:
    found = spec("  feedbackLoop: {}\n  continuousTraining: {}\n")
    assert found.feedback_loop is not None
    assert found.feedback_loop.active
    assert found.continuous_training is not None
    assert found.continuous_training.active


def test_empty_lists_declare_that_there_is_nothing() -> None:
    found = spec("  tags: []\n  feedbackLoop: {datasets: []}\n")
    assert found.tags == ()
    assert found.feedback_loop is not None
    assert found.feedback_loop.datasets == ()


def test_a_hold_has_an_end_and_may_have_a_reason() -> None:
    annotations = """\
  annotations:
    reconciler.dev/hold-until: 2026-07-01T08:00:00+02:00
    reconciler.dev/hold-reason: audit
    reconciler.dev/reconcile-requested-at: "2026-06-01T00:00:00.5Z"
    example.com/anything: goes
spec:
"""
    assert load(HEAD.replace("spec:\n", annotations)).warnings == ()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "tomorrow",
        "2026-07-01",
        "2026-07-01T08:00:00",
        "2026-13-01T00:00:00Z",
        "2026-W01-1T08:00:00Z",
        "20260701T080000Z",
    ],
)
def test_a_hold_that_ends_at_no_instant_is_refused(written: str) -> None:
    annotations = f'  annotations: {{reconciler.dev/hold-until: "{written}"}}\nspec:\n'
    with pytest.raises(ManifestError) as raised:
        load(HEAD.replace("spec:\n", annotations))
    assert [each.code for each in raised.value.diagnostics] == ["annotation-time"]


def test_anchors_and_merges_share_what_deployments_have_in_common() -> None:
    text = """\
  continuousTraining: &training
    project: &project digits
    trigger: {event: None}
    experimentParameters: &parameters {epochs: 50}
  datalake: *project
"""
    found = spec(text)
    assert found.datalake == "digits"
    merged = spec("  continuousTraining:\n    <<: {project: digits, trigger: {event: None}}\n    scanConfig: {a: 1}\n")
    assert merged.continuous_training is not None
    assert merged.continuous_training.project == "digits"


def test_a_field_of_a_valid_manifest_knows_its_place() -> None:
    found = manifest("  tags:\n    - production\n  feedbackLoop:\n    datasets:\n      - {dataset: d, version: w}\n")
    assert str(found.origin("")) == "<stdin>:1:1"
    assert str(found.origin("models.champion")) == "<stdin>:7:5"
    assert str(found.origin("models.champion.version")) == "<stdin>:7:31"
    assert str(found.origin("tags.production")) == "<stdin>:9:7"
    assert str(found.origin("feedbackLoop.datasets.d@w")) == "<stdin>:12:9"
    assert str(found.origin("feedbackLoop.active")) == "<stdin>:10:3"
    assert str(found.origin("threshold")) == "<stdin>:1:1"


def test_one_broken_field_does_not_hide_what_is_wrong_with_its_neighbours() -> None:
    block = "    project: 5\n    trigger: {event: FeedbackLoop}\n"
    assert codes(f"  continuousTraining:\n{block}  lifecycle: {{preventDestroy: true, onRemoval: Delete}}\n") == [
        "training-group-incomplete",
        "wrong-type",
        "trigger-without-threshold",
        "removal-contradiction",
    ]


def test_broken_models_do_not_hide_what_is_wrong_elsewhere() -> None:
    text = HEAD.replace("version: v1", "versoin: v1") + "  ownership: {tag: Managed}\n  threshold: 2\n"
    with pytest.raises(ManifestError) as raised:
        load(text)
    assert sorted(each.code for each in raised.value.diagnostics) == [
        "missing-field",
        "out-of-range",
        "unknown-field",
        "unknown-ownership-path",
    ]


def test_an_unknown_field_deep_inside_a_list_does_not_hide_what_is_wrong_elsewhere() -> None:
    loop = "  feedbackLoop:\n    datasets:\n      - {dataset: d, version: w, colour: red}\n"
    lifecycle = "  lifecycle: {preventDestroy: true, onRemoval: Delete}\n"
    assert codes(loop + lifecycle) == ["unknown-field", "removal-contradiction"]


def test_a_version_that_is_no_scalar_is_a_wrong_type() -> None:
    assert codes("    shadow: {model: digits, version: [v2]}\n") == ["wrong-type"]
    assert codes("  trainingData: {dataset: digits, version: }\n") == ["no-value"]
    assert codes("    shadow: [digits]\n  tags: {a: b}\n  lifecycle: 5\n") == [
        "unknown-value",
        "wrong-type",
        "wrong-type",
    ]


def test_versions_have_labels_for_plans() -> None:
    found = spec("  trainingData: {dataset: digits, version: june}\n")
    assert found.models.champion.label == "digits@v1"
    assert found.training_data is not None
    assert found.training_data is not ABSENT
    assert found.training_data.label == "digits@june"


def test_a_rule_stays_silent_about_what_is_broken_already() -> None:
    assert codes("    shadow: {model: digits, version: 1.10}\n") == ["quote-version"]
    assert codes("  continuousDeployment: {policy: DeployShadwo}\n  ownership: {models.shadow: Managed}\n") == [
        "deployment-without-training",
        "unknown-value",
        "ownership-without-field",
    ]


def test_an_invalid_manifest_still_counts_as_a_dependency() -> None:
    other = HEAD.replace("name: digits", "name: other").replace("---", "") + "  dependsOn: [digits]\n"
    with pytest.raises(ManifestError) as raised:
        load(f"{HEAD}  threshold: 2\n---\n{other}")
    assert [each.code for each in raised.value.diagnostics] == ["out-of-range"]


def test_a_chain_of_renames_is_no_circle() -> None:
    chain = [
        HEAD.replace("name: digits", f"name: {name}") + f"  renamedFrom: {old}\n" for name, old in ("ab", "bc", "cd")
    ]
    assert len(load("---\n".join(chain)).catalog) == 3


def test_two_different_circles_are_told_apart() -> None:
    waits = {"a": "b", "b": "a", "c": "d", "d": "c", "e": "a"}
    text = "---\n".join(HEAD.replace("name: digits", f"name: {a}") + f"  dependsOn: [{b}]\n" for a, b in waits.items())
    with pytest.raises(ManifestError) as raised:
        load(text)
    drawn = [each.message.rpartition(": ")[2] for each in raised.value.diagnostics]
    assert drawn == ["a → b → a", "c → d → c"]


def test_a_circle_of_several_reasons_is_told_once() -> None:
    alpha = HEAD.replace("name: digits", "name: alpha") + "  renamedFrom: bravo\n  dependsOn: [bravo]\n"
    bravo = HEAD.replace("name: digits", "name: bravo") + "  dependsOn: [alpha]\n"
    with pytest.raises(ManifestError) as raised:
        load(f"{alpha}---\n{bravo}")
    assert [each.code for each in raised.value.diagnostics] == ["dependency-cycle"]


def test_the_examples_are_valid_and_one_uses_everything() -> None:
    loaded = load_catalog([ROOT / "manifests"], name="examples")
    assert loaded.warnings == ()
    everything = {each.address: each for each in loaded.catalog}["digit-scenes"].spec
    unset = [name for name in type(everything).model_fields if name not in everything.model_fields_set]
    assert unset == []
    assert everything.ownership["threshold"] is Ownership.ON_CHANGE
