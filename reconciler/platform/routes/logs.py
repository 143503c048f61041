"""Logs of experiments (wire protocol 2.7)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Name, Paging, shaped
from reconciler.platform.shapes.base import IdsOrAll, chosen
from reconciler.platform.shapes.experiments import LogAppendix, LogShape, LogUpdate, NewLog
from reconciler.platform.store import logs
from reconciler.platform.store.tables.experiments import Experiment, Log

router = LateRouter(tags=["experiments"])


@router.post("/experiment/{experiment_id}/logs", status_code=status.HTTP_201_CREATED)
def record_log(call: Writing, experiment_id: UUID, body: NewLog, *, raise_on_conflict: bool = False) -> LogShape:
    """Record something under a name: a line goes on, anything else is replaced, unless a conflict is wished for."""
    with call.write() as unit:
        row = unit.find(Experiment, experiment_id)
        log = logs.record(unit, row, body.name, type=body.type, data=body.data, replace=not raise_on_conflict)
        return LogShape.model_validate(log)


@router.get("/experiment/{experiment_id}/logs/extended")
def list_logs(call: Reading, experiment_id: UUID, page: Paging) -> Items[LogShape]:
    """List an experiment's logs with their data."""
    with call.read() as unit:
        return shaped(logs.list_page(unit, unit.find(Experiment, experiment_id), page), LogShape)


@router.get("/experiment/{experiment_id}/logs/find")
def find_log(call: Reading, experiment_id: UUID, name: Name) -> LogShape:
    """Find an experiment's log by name."""
    with call.read() as unit:
        return LogShape.model_validate(logs.find(unit, unit.find(Experiment, experiment_id), name))


@router.get("/experiment/{experiment_id}/logs/ids")
def list_log_ids(call: Reading, experiment_id: UUID) -> list[UUID]:
    """List the ids of all of an experiment's logs."""
    with call.read() as unit:
        return list(logs.ids(unit, unit.find(Experiment, experiment_id)))


@router.delete("/experiment/{experiment_id}/logs", status_code=status.HTTP_204_NO_CONTENT)
def delete_logs(call: Writing, experiment_id: UUID, body: Annotated[IdsOrAll, Body()]) -> None:
    """Delete logs; unknown ids are left alone."""
    with call.write() as unit:
        logs.delete(unit, unit.find(Experiment, experiment_id), chosen(body))


@router.get("/log/{log_id}")
def read_log(call: Reading, log_id: UUID) -> LogShape:
    """Read a log."""
    with call.read() as unit:
        return LogShape.model_validate(unit.find(Log, log_id))


@router.patch("/log/{log_id}")
def update_log(call: Writing, log_id: UUID, body: LogUpdate) -> LogShape:
    """Change what is given of a log."""
    with call.write() as unit:
        row = unit.find(Log, log_id)
        logs.update(unit, row, name=body.name, data=body.data)
        return LogShape.model_validate(row)


@router.post("/log/{log_id}/append")
def append_log(call: Writing, log_id: UUID, body: LogAppendix) -> LogShape:
    """Let a line go on."""
    with call.write() as unit:
        row = unit.find(Log, log_id)
        logs.append(unit, row, body.data)
        return LogShape.model_validate(row)


@router.delete("/log/{log_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_log(call: Writing, log_id: UUID) -> None:
    """Delete a log."""
    with call.write() as unit:
        row = unit.find(Log, log_id)
        logs.delete(unit, row.experiment, [row.id])
