"""Settings, alerts: rules on what is measured, and what they come to now."""

from reconciler.platform.dashboard.pages.settings import sections
from reconciler.platform.dashboard.pages.settings.sections import ALERTS
from reconciler.platform.dashboard.visit import Visit
from reconciler.platform.shapes.alerts import NewAlert
from reconciler.platform.store import alerts
from reconciler.platform.store.faults import Invalid, NotFound
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.pipelines import Alert
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import AlertMetric, AlertOperator

# What each metric is called, and the unit of what it is compared with.
_METRICS = {
    AlertMetric.LATENCY: ("Latency of the newest prediction", "ms"),
    AlertMetric.MEAN_LATENCY: ("Mean latency", "ms"),
    AlertMetric.OUTLIER: ("The newest image is an outlier", "1 is so, 0 is not so"),
    AlertMetric.DRIFT: ("Images have drifted", "1 is so, 0 is not so"),
    AlertMetric.AVERAGE_PRECISION: ("mAP 0.50:0.95 of the champion", "0 to 1"),
    AlertMetric.DISTRIBUTION: ("Share of the most frequent class", "0 to 1"),
}
_OPERATORS = {
    AlertOperator.LESS: "<",
    AlertOperator.AT_MOST: "\u2264",
    AlertOperator.EQUAL: "=",
    AlertOperator.AT_LEAST: "\u2265",
    AlertOperator.MORE: ">",
}


def _change(visit: Visit, unit: Unit, deployment: Deployment) -> str:
    """Add an alert, switch one or remove it."""
    match visit.told("deed"):
        case "add":
            told = {"metric": visit.told("metric"), "operator": visit.told("operator"), "value": _number(visit)}
            alerts.create(unit, deployment, sections.parsed(NewAlert, told).rule(), active=True)
            return "The alert is on."
        case "remove":
            unit.session.delete(_found(visit, unit, deployment))
            return "The alert was removed."
        case "on" | "off" as way:
            alerts.update(_found(visit, unit, deployment), {"active": way == "on"})
            return f"The alert is {way}."
        case other:
            raise Invalid(f"There is nothing called '{other}' to do here.")


def _number(visit: Visit) -> float:
    text = visit.told("value").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"An alert compares with a number, not '{text}'.") from None


def _found(visit: Visit, unit: Unit, deployment: Deployment) -> Alert:
    alert = unit.find(Alert, sections.chosen(visit, "alert"))
    if alert.deployment_id != deployment.id:
        raise NotFound(f"The deployment '{deployment.name}' has no such alert.")
    return alert


def _values(unit: Unit, deployment: Deployment) -> dict[str, object]:
    return {"alerts": alerts.of_deployment(unit, deployment), "metrics": _METRICS, "operators": _OPERATORS}


routes = sections.routes_of(ALERTS, _values, _change)
