"""Settings, continuous training: what is trained again, on what, and when it begins."""

import json

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import CONTINUOUS_TRAINING
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.shapes.pipelines import TrainingConfiguration
from reconciler.platform.store import continuous_training, edits, training_runs
from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.projects import Project
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import TrainingType, Trigger

_FIELD = "continuousTraining"


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Replace the configuration, switch it, attach a dataset version or take one off."""
    match visit.told("deed"):
        case "configure":
            sections.edit(visit, unit, deployment, _FIELD)
            told = _configure(visit, unit, deployment)
        case "on" | "off" as way:
            sections.edit(visit, unit, deployment, f"{_FIELD}.active")
            continuous_training.toggle(deployment, active=way == "on")
            told = f"Continuous training is {way}."
        case "attach":
            sections.edit(visit, unit, deployment, f"{_FIELD}.datasets")
            told = _attach(visit, unit, deployment)
        case "detach":
            sections.edit(visit, unit, deployment, f"{_FIELD}.datasets")
            continuous_training.detach(deployment, [sections.chosen(visit, "version")])
            told = "The dataset version was taken off."
        case other:
            raise Invalid(f"There is nothing called '{other}' to do here.")
    # Enough may have been submitted meanwhile.
    training_runs.note_submissions(unit, deployment.id)
    return told


def _configure(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    kind = TrainingType.SCAN if visit.told("kind") == TrainingType.SCAN else TrainingType.EXPERIMENT
    parameters = _object(visit.told("parameters"))
    counts = visit.told("trigger") == Trigger.FEEDBACK_LOOP
    told = {
        "project_id": sections.chosen(visit, "project"),
        "training_type": kind,
        "trigger": Trigger.FEEDBACK_LOOP if counts else Trigger.NONE,
        "threshold": _whole(visit.told("threshold")) if counts else None,
        "scan_config" if kind is TrainingType.SCAN else "experiment_parameters": parameters,
    }
    body = sections.parsed(TrainingConfiguration, told)
    project = unit.find(Project, body.project_id, within=deployment.organization_id)
    continuous_training.configure(unit, deployment, project, body.configuration())
    return "Saved; continuous training is on."


def _attach(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    alias = visit.told("alias")
    if not alias:
        raise Invalid("Give the dataset version an alias, such as train or test.")
    version = sections.chosen_version(visit, unit, deployment)
    continuous_training.attach(unit, deployment, version, alias[:255])
    return f"Trainings are given {version.version} as '{alias}' now."


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(f'The parameters are not a JSON object, such as {{"epochs": 50}}: {error}.') from error


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Invalid(f"The trigger needs a whole number of submitted images, not '{text}'.")
    return int(text)


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    training = deployment.continuous_training
    given = None
    if training is not None:
        given = training.scan_config if training.training_type is TrainingType.SCAN else training.experiment_parameters
    return {
        "training": training,
        "parameters": json.dumps(given or {}, indent=2, ensure_ascii=False, sort_keys=True),
        "projects": edits.projects(unit, deployment),
        "choices": edits.dataset_versions(unit, deployment),
    }


routes = sections.routes_of(CONTINUOUS_TRAINING, _values, _change)
