"""Alerts of a deployment (wire protocol 6.3; capability `alerts`)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import listed
from reconciler.platform.shapes.alerts import AlertShape, AlertUpdate, NewAlert
from reconciler.platform.store import alerts
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.tables.pipelines import Alert

extra = LateRouter(tags=["alerts"])


@extra.get("/deployment/{deployment_id}/alerts")
def list_alerts(call: Reading, deployment_id: UUID) -> Items[AlertShape]:
    """List a deployment's alerts, judged by what is so now; what takes long to measure is there at a later look."""
    # The numeric libraries behind it take longer to load than everything else here.
    from reconciler.platform.pipeline import alerting

    with call.write() as unit:
        deployment = unit.find(Deployment, deployment_id)
        alerting.look(unit, deployment)
        return listed(alerts.of_deployment(unit, deployment), AlertShape)


@extra.post("/deployment/{deployment_id}/alerts", status_code=status.HTTP_201_CREATED)
def create_alert(call: Writing, deployment_id: UUID, body: NewAlert) -> AlertShape:
    """Set an alert."""
    with call.write() as unit:
        row = alerts.create(unit, unit.find(Deployment, deployment_id), body.rule(), active=body.active)
        return AlertShape.model_validate(row)


@extra.patch("/alert/{alert_id}")
def update_alert(call: Writing, alert_id: UUID, body: AlertUpdate) -> AlertShape:
    """Change what is given of an alert; with another rule it knows nothing yet."""
    with call.write() as unit:
        row = unit.find(Alert, alert_id)
        alerts.update(row, body.given())
        return AlertShape.model_validate(row)


@extra.delete("/alert/{alert_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_alert(call: Writing, alert_id: UUID) -> None:
    """Remove an alert."""
    with call.write() as unit:
        unit.session.delete(unit.find(Alert, alert_id))
