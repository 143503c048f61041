"""What the sections of the settings share: their menu, where values come from, and how a form is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.responses import Response
from starlette.routing import Route

from reconciler.platform.dashboard.notices import Notice
from reconciler.platform.dashboard.origins import SLOTS, Traces
from reconciler.platform.dashboard.ownership import owner_of
from reconciler.platform.dashboard.pages.heading import Head, address, head_of
from reconciler.platform.dashboard.rendering import render
from reconciler.platform.dashboard.visit import Visit, action, page, see
from reconciler.platform.store import deployments, edits
from reconciler.platform.store.faults import Fault, Invalid
from reconciler.platform.store.tables.datasets import DatasetVersion
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Unit

_CONSENT = "drift"

B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True)
class Section:
    """One section: the end of its path, its name, and its template."""

    place: str
    name: str
    template: str


GENERAL = Section("", "General", "settings-general.html")
TRAINING_DATA = Section("training-data", "Training data", "settings-training-data.html")
FEEDBACK_LOOP = Section("feedback-loop", "Feedback loop", "settings-feedback-loop.html")
CONTINUOUS_TRAINING = Section("continuous-training", "Continuous training", "settings-continuous-training.html")
CONTINUOUS_DEPLOYMENT = Section("continuous-deployment", "Continuous deployment", "settings-continuous-deployment.html")
ALERTS = Section("alerts", "Alerts", "settings-alerts.html")
SECTIONS = (GENERAL, TRAINING_DATA, FEEDBACK_LOOP, CONTINUOUS_TRAINING, CONTINUOUS_DEPLOYMENT, ALERTS)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    name: str
    address: str
    is_here: bool


@dataclass(frozen=True)
class Frame:
    """What every section shows: the head, the menu, this section's address, and where values come from.

    Attributes:
        error: why the form was not taken; empty where it was not sent.
    """

    head: Head
    menu: Sequence[Entry]
    address: str
    traces: Traces
    error: str = ""


Values = Callable[[Unit, Deployment], dict[str, object]]
Change = Callable[[Visit, Unit, Deployment], str]


def routes_of(section: Section, values: Values, change: Change) -> Sequence[Route]:
    """Return the routes of a section.

    Args:
        values: What its template is given.
        change: Does what its form says, within one transaction, and returns what to tell of it.
    """
    path = f"/deployments/{{deployment_id}}/settings/{section.place}".rstrip("/")
    return (
        Route(path, page(lambda visit: _show(visit, section, values)), methods=["GET"]),
        Route(path, action(lambda visit: _save(visit, section, values, change)), methods=["POST"]),
    )


def _show(visit: Visit, section: Section, values: Values, *, fault: Fault | None = None) -> Response:
    """Show a section; after a form that was not taken with the reason, and with what was typed (`visit.form`)."""
    with visit.read() as unit:
        deployment = visit.deployment(unit)
        frame = _frame(unit, deployment, section, fault)
        status = fault.status if fault is not None else 200
        return render(visit, section.template, status=status, frame=frame, head=frame.head, **values(unit, deployment))


def _save(visit: Visit, section: Section, values: Values, change: Change) -> Response:
    """Change settings by a form, all or nothing, and show the section again."""
    try:
        with visit.write() as unit:
            deployment = visit.deployment(unit)
            told = change(visit, unit, deployment)
            back = _address(deployment, section)
    except Fault as fault:
        return _show(visit, section, values, fault=fault)
    return Notice(told).put(see(back))


def edit(visit: Visit, unit: Unit, deployment: Deployment, field: str) -> None:
    """Note that somebody changes a field here; one that a manifest declares needs their consent to the drift it makes.

    Raises:
        Invalid: without that.
    """
    owner = owner_of(deployment.management)
    if owner is not None and owner.manages(field) and visit.told(_CONSENT) != "yes":
        raise Invalid(f"'{field}' is declared in {owner.told}. Change it there, or tick that you want it to differ.")
    edits.note(unit, deployment, field)


def parsed(shape: type[B], told: dict[str, object]) -> B:
    """Return what a form says, as the API would understand it.

    Raises:
        Invalid: with the reason, where the API would not.
    """
    try:
        return shape.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "The form"
        raise Invalid(f"{where}: {first['msg']}.") from error


def chosen_version(visit: Visit, unit: Unit, deployment: Deployment) -> DatasetVersion:
    """Return the dataset version that the form's field `version` names.

    Raises:
        Invalid: when it names none.
        NotFound: for one that is not there.
    """
    return unit.find(DatasetVersion, chosen(visit, "version"), within=deployment.organization_id)


def chosen(visit: Visit, name: str) -> UUID:
    """Return the id that a field of the form holds, or raise Invalid."""
    try:
        return UUID(visit.told(name))
    except ValueError:
        raise Invalid(f"Choose a {name}.") from None


def _traces_of(unit: Unit, deployment: Deployment) -> Traces:
    """Return what is known of where a deployment's settings come from."""
    changes = deployments.newest_changes(unit, deployment, list(SLOTS.values()))
    return Traces(
        owner_of(deployment.management), deployment.managed_at, edits.of_deployment(unit, deployment), changes
    )


def _frame(unit: Unit, deployment: Deployment, section: Section, fault: Fault | None) -> Frame:
    menu = [Entry(each.name, _address(deployment, each), each is section) for each in SECTIONS]
    told = " ".join([fault.message, *fault.detail]) if fault is not None else ""
    traces = _traces_of(unit, deployment)
    return Frame(head_of(deployment, "settings"), menu, _address(deployment, section), traces, told)


def _address(deployment: Deployment, section: Section) -> str:
    return f"{address(deployment, 'settings')}/{section.place}".rstrip("/")
