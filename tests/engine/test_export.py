"""Exports one by one: which manifest means which deployment, which names are looked up, and what cannot be exported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.files.writing import FolderOfManifests
from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.export.drafts import Change
from reconciler.core.journal import FieldsRemembered, RunHeader, RunStarted
from reconciler.core.live import FIELD, Alias, LiveDeployment, TrainingConfiguration
from reconciler.core.manifest.spec import Serving, TriggerEvent
from reconciler.core.references import Ref, Reference, ReferenceKind, Title
from reconciler.core.unreported import UNREPORTED
from reconciler.engine.exporting import ExportRequest, export
from reconciler.errors import Incomplete, ManifestError, PlatformUnavailable, SettingsError, UsageError
from tests.engine.exports import Place, place
from tests.fakes.clock import run
from tests.fakes.registry import TITLES, Registry
from tests.strategies.actions import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.export.drafts import ExportReport, FileDraft

BARE = LiveDeployment(
    id="id-digits",
    name="digits",
    inference_type="CLASSIFICATION",
    serving=Serving.MANAGED,
    threshold=0.4,
    sample_rate=1.0,
    datalake=Ref("id-default"),
    tags=frozenset(),
    champion=Ref("id-m1-v1"),
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
HEAD = "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: %s}\nspec:\n"
MODELS = "  models: {champion: {model: m1, version: v1}}\n"


@pytest.fixture
def here() -> Iterator[Place]:
    with place() as made:
        yield made


def named(*names: str) -> list[LiveDeployment]:
    return [replace(BARE, id=f"id-{number}", name=name) for number, name in enumerate(names)]


def reasons(report: ExportReport) -> dict[str, str]:
    return {each.id: each.reason for each in report.failed}


def test_a_name_is_an_address_or_a_platform_name_and_the_rest_is_left_alone(here: Place) -> None:
    platform = Registry(named("One!", "two", "three"))
    report = here.export(platform, "one", "two")
    assert [each.name for each in report.exported] == ["One!", "two"]
    assert set(here.files) == {"one.yaml", "two.yaml"}
    assert here.export(platform, "One!").exported == (replace(report.exported[0], change=Change.UNCHANGED),)


def test_an_unknown_name_is_told_with_the_likely_one_before_anything_is_written(here: Place) -> None:
    with pytest.raises(UsageError, match="there is no live deployment 'digts'") as raised:
        here.export(Registry(named("digits")), "digits", "digts")
    assert raised.value.hint == "Did you mean digits?"
    with pytest.raises(UsageError) as raised:
        here.export(Registry([]), "zzz")
    assert raised.value.hint == "Name a deployment of the platform, or leave names out."
    assert not here.folder.exists()


def test_an_empty_organisation_is_an_empty_export(here: Place) -> None:
    report = here.export(Registry([]))
    assert (report.exported, report.failed, report.exit_code) == ((), (), 0)


def test_few_deployments_are_read_one_by_one_and_many_by_a_list(here: Place) -> None:
    few, many = Registry(named(*"abcdefghij")), Registry(named(*"abcdefghijk"))
    here.export(few)
    here.export(many)
    assert [scope.whole for scope in few.scopes[:2]] == [True, False]
    assert [scope.whole for scope in many.scopes[:2]] == [True, True]
    assert few.scopes[0].subjects == ()
    assert {subject.paths for subject in few.scopes[1].subjects} == {frozenset(FIELD)}


def test_every_name_is_looked_up_once(here: Place) -> None:
    platform = Registry(named(*"abc"))
    here.export(platform)
    asked = [reference for scope in platform.scopes for reference in scope.references]
    assert len(asked) == len(set(asked)) == 2


def test_a_manifest_keeps_its_address_and_its_file_whatever_they_are_called(here: Place) -> None:
    here.write("any.yaml", HEAD % "mine" + "  name: digits\n  threshold: 0.1\n" + MODELS)
    (each,) = here.export(Registry([BARE])).exported
    assert (each.address, each.change, each.fields) == ("mine", Change.UPDATED, ("threshold",))
    assert list(here.files) == ["any.yaml"]


def test_an_address_that_another_deployment_has_is_not_taken(here: Place) -> None:
    here.write("a.yaml", HEAD % "digits" + "  name: other\n" + MODELS)
    (each,) = here.export(Registry([BARE])).exported
    assert each.address.startswith("digits-")
    assert each.change is Change.CREATED


def test_a_deployment_that_was_renamed_by_hand_keeps_its_manifest(here: Place) -> None:
    here.write("a.yaml", HEAD % "digits" + MODELS)
    live = replace(BARE, name="Digits of Lyon")
    platform = Registry([live])
    tools = platform.tools
    remembered = FieldsRemembered("run", "2026-11-21T20:36:00Z", "digits", ("name",), replace(live, name="digits"))
    run(tools.ledger.append("demo", [RunStarted(RunHeader("run", "apply", "2026-11-21T20:36:00Z")), remembered]))
    report = run(export(tools, FolderOfManifests(here.folder, "demo"), ExportRequest()))
    assert [(each.address, each.fields) for each in report.exported] == [("digits", ("name",))]
    assert "  name: Digits of Lyon\n" in here.files["a.yaml"].decode()


def test_two_deployments_of_one_name_cannot_be_told_apart(here: Place) -> None:
    report = here.export(Registry([BARE, replace(BARE, id="id-twin"), *named("alone")]))
    assert set(reasons(report)) == {"id-digits", "id-twin"}
    assert reasons(report)["id-twin"] == "2 live deployments are called digits: id-digits and id-twin"
    assert [each.name for each in report.exported] == ["alone"]
    here.write("digits.yaml", HEAD % "digits" + MODELS)
    assert set(reasons(here.export(Registry([BARE, replace(BARE, id="id-twin")])))) == {"id-digits", "id-twin"}


def test_a_deployment_that_cannot_be_read_is_told_and_the_others_go_on(here: Place) -> None:
    report = here.export(Registry([BARE, *named("alone")], unreadable=frozenset({"id-digits"})))
    assert reasons(report) == {"id-digits": "it could not be read: 500"}
    assert report.exit_code == PlatformUnavailable.exit_code
    assert list(here.files) == ["alone.yaml"]


def test_a_deployment_that_goes_while_it_is_exported_is_told(here: Place) -> None:
    class Vanishing(Registry):
        async def observe(self, scope: object) -> object:
            seen = await super().observe(scope)  # type: ignore[arg-type]
            self.lives = self.lives[1:]
            return seen

    report = here.export(Vanishing([BARE, *named("alone")]))
    assert reasons(report) == {"id-digits": "it is gone by now"}


NAMED = Reference(ReferenceKind.MODEL_VERSION, "m1", "v1")


def test_where_a_name_leads_nowhere_the_number_is_written(here: Place) -> None:
    platform = Registry([BARE], hidden=frozenset({NAMED}))
    assert here.export(platform).failed == ()
    assert "champion: {model: m1, version: 1}\n" in here.files["digits.yaml"].decode()
    assert here.plan(platform).steps == ()


def test_where_no_name_leads_back_there_is_no_file_and_the_reason_is_told(here: Place) -> None:
    hidden = frozenset({NAMED, replace(NAMED, version="1", numbered=True)})
    report = here.export(Registry([BARE, replace(BARE, id="id-b", name="b", champion=Ref("id-m2-v1"))], hidden=hidden))
    assert reasons(report) == {"id-digits": "model version m1@v1 cannot be named in a manifest: there is no m1@v1"}
    assert report.exit_code == Incomplete.exit_code
    assert list(here.files) == ["b.yaml"]


def test_an_object_whose_name_nobody_may_read_is_told(here: Place) -> None:
    titles = {object_id: title for object_id, title in TITLES.items() if object_id != "id-m1-v1"}
    report = here.export(Registry([replace(BARE, champion=Ref("id-m1-v1", "…v1"))], titles))
    assert reasons(report) == {"id-digits": "the name of model version …v1 cannot be read"}


def test_a_name_that_leads_to_another_object_is_not_written(here: Place) -> None:
    titles = {**TITLES, "id-d1-w1": Title("d2", "w1")}
    platform = Registry([replace(BARE, training_data=Ref("id-d2-w1"))], titles)
    report = here.export(platform)
    assert "d2@w1 leads to another one" in reasons(report)["id-digits"]


TRAINED = """\
  continuousTraining:
    active: false
    project: p1
    trigger: {event: None}   # by hand
    experimentParameters: {from: SourceExperiment}
"""


@pytest.mark.parametrize(("parameters", "kept"), [(PARAMETERS[0], True), (PARAMETERS[1], False)])
def test_parameters_from_the_experiment_are_written_out_only_if_they_differ(
    here: Place, parameters: str, kept: bool
) -> None:
    here.write("a.yaml", HEAD % "digits" + MODELS + TRAINED)
    configuration = TrainingConfiguration(Ref("id-p1"), TriggerEvent.NONE, None, False, parameters)
    platform = Registry([replace(BARE, training_configuration=configuration)])
    (each,) = here.export(platform).exported
    assert each.change is (Change.UNCHANGED if kept else Change.UPDATED)
    assert here.plan(platform).steps == ()


def test_a_manifest_that_would_contradict_itself_is_left_as_it_is(here: Place) -> None:
    text = HEAD % "digits" + "  threshold: 0.1\n" + MODELS + "  ownership: {models.shadow: Managed}\n"
    here.write("a.yaml", text)
    live = replace(BARE, threshold=0.9, deployment_active=True)
    live = FIELD["continuousDeployment.policy"].put(live, FIELD["continuousDeployment.policy"].decode("DeployShadow"))
    report = here.export(Registry([live, *named("alone")]))
    assert "models.shadow cannot be Managed while DeployShadow is active" in reasons(report)["id-digits"]
    assert here.files["a.yaml"].decode() == text
    assert "alone.yaml" in here.files


def test_what_a_declared_field_cannot_become_is_told_with_the_reason(here: Place) -> None:
    text = HEAD % "digits" + MODELS + "  continuousTraining: {active: false, datasets: {}}\n"
    here.write("a.yaml", text)
    twice = frozenset({Alias("a", Ref("id-d1-w1")), Alias("b", Ref("id-d1-w1"))})
    configuration = TrainingConfiguration(Ref("id-p1"), TriggerEvent.NONE, None, False, PARAMETERS[0])
    live = replace(BARE, training_configuration=configuration, training_datasets=twice)
    report = here.export(Registry([live]))
    assert reasons(report)["id-digits"] == (
        "a plan of it would still differ in continuousTraining.datasets "
        "('a' and 'b' are one dataset version, which a manifest must not say)"
    )
    assert here.files["a.yaml"].decode() == text


def test_a_manifest_that_could_not_be_planned_anyway_is_told_with_the_reason_of_the_plan(here: Place) -> None:
    text = HEAD % "digits" + "  threshold: 0.1\n" + MODELS + TRAINED.replace("project: p1", "project: nowhere")
    here.write("a.yaml", text)
    silent = replace(BARE, training_configuration=UNREPORTED, training_active=UNREPORTED)
    report = here.export(Registry([silent]))
    assert reasons(report)["id-digits"].startswith("project nowhere does not exist")
    assert here.files["a.yaml"].decode() == text


def test_manifests_that_hand_a_name_on_are_not_exported_in_between(here: Place) -> None:
    here.write("a.yaml", HEAD % "heir" + "  name: digits\n" + MODELS)
    here.write("b.yaml", HEAD % "older" + "  renamedFrom: digits\n" + MODELS)
    before = here.files
    with pytest.raises(
        ManifestError, match="what is live would make the manifests of this folder contradict each other"
    ):
        here.export(Registry([BARE]))
    assert here.files == before


def test_declared_fields_that_nobody_reports_stay_and_those_of_new_manifests_are_told(here: Place) -> None:
    text = HEAD % "digits" + "  threshold: 0.1\n" + MODELS
    here.write("a.yaml", text)
    silent = replace(BARE, threshold=UNREPORTED, training_active=UNREPORTED, training_configuration=UNREPORTED)
    report = here.export(Registry([silent, replace(silent, id="id-new", name="new")]))
    assert here.files["a.yaml"].decode() == text
    assert {each.address: set(each.undeclared) for each in report.exported} == {
        "digits": set(),
        "new": {"threshold", "continuousTraining"},
    }
    assert "# Not declared, because the platform does not report it: threshold, continuousTraining.\n" in (
        here.files["new.yaml"].decode()
    )


class Failing(FolderOfManifests):
    """A folder in which the n-th file (from 1) cannot be written."""

    def __init__(self, place: Place, at: int) -> None:
        super().__init__(place.folder, "demo")
        self._left = at

    def write(self, file: FileDraft) -> None:
        self._left -= 1
        if not self._left:
            raise SettingsError("the manifest cannot be written: disk full", where=file.path, hint="Mend it.")
        super().write(file)


def test_when_the_first_file_cannot_be_written_that_is_the_error(here: Place) -> None:
    with pytest.raises(SettingsError, match="disk full"):
        run(export(Registry(named(*"ab")).tools, Failing(here, 1), ExportRequest()))
    assert not here.folder.exists()


def test_when_a_later_file_cannot_be_written_it_is_told_how_far_it_came(here: Place) -> None:
    platform = Registry(named(*"abc"))
    with pytest.raises(Incomplete, match="disk full; 2 of 3 files were written before") as raised:
        run(export(platform.tools, Failing(here, 3), ExportRequest()))
    assert raised.value.where == (here.folder / "c.yaml").as_posix()
    assert {each.change for each in here.export(platform).exported} == {Change.UNCHANGED, Change.CREATED}


def test_a_name_that_two_manifests_would_claim_stops_the_export(here: Place) -> None:
    """A manifest follows its deployment to a new name, but only if it is exported too."""
    here.write("a.yaml", HEAD % "digits" + MODELS)
    renamed, heir = replace(BARE, name="elsewhere"), replace(BARE, id="id-heir", name="digits")
    platform = Registry([renamed, heir])
    tools = platform.tools
    memory = AppliedDeployment("digits", replace(renamed, name="digits"), {"name": Record("", "run")})
    entry = FieldsRemembered("run", "2026-11-21T20:36:00Z", "digits", ("name",), memory.values)
    run(tools.ledger.append("demo", [RunStarted(RunHeader("run", "apply", "2026-11-21T20:36:00Z")), entry]))
    report = run(export(tools, FolderOfManifests(here.folder, "demo"), ExportRequest()))
    assert {each.name: each.address for each in report.exported}["elsewhere"] == "digits"
    assert len(here.catalog) == 2
