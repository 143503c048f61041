"""What experiments and jobs print: lines, and one file at the end (wire protocol 2.7, 2.9)."""

from uuid import UUID

from fastapi import status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.late import LateRouter
from reconciler.platform.shapes.experiments import (
    JobLoggingFile,
    LoggingFileShape,
    LoggingLineBody,
    StoredObjectName,
)
from reconciler.platform.store import jobs, loggings
from reconciler.platform.store.tables.experiments import Experiment, LoggingFile

router = LateRouter(tags=["logging"])


@router.post("/experiment/{experiment_id}/logging", status_code=status.HTTP_204_NO_CONTENT)
def print_experiment_line(call: Writing, experiment_id: UUID, body: LoggingLineBody) -> None:
    """Keep a line that an experiment printed; the same number again replaces it."""
    with call.write() as unit:
        loggings.print_line(unit, unit.find(Experiment, experiment_id), body.line())


@router.post("/experiment/{experiment_id}/logging/save")
def save_experiment_logging(call: Writing, experiment_id: UUID, body: StoredObjectName) -> LoggingFileShape:
    """Let a stored object be all that an experiment printed."""
    with call.write() as unit:
        file = loggings.save(unit, unit.find(Experiment, experiment_id), body.object_name)
        return LoggingFileShape.model_validate(file)


@router.get("/experiment/{experiment_id}/logging")
def find_experiment_logging(call: Reading, experiment_id: UUID) -> LoggingFileShape:
    """Find the file of all that an experiment printed."""
    with call.read() as unit:
        return LoggingFileShape.model_validate(loggings.of_subject(unit, unit.find(Experiment, experiment_id)))


@router.get("/logging/file/{logging_file_id}")
def read_logging_file(call: Reading, logging_file_id: UUID) -> LoggingFileShape:
    """Read a logging file's record."""
    with call.read() as unit:
        return LoggingFileShape.model_validate(unit.find(LoggingFile, logging_file_id))


@router.patch("/logging/file/{logging_file_id}")
def update_logging_file(call: Writing, logging_file_id: UUID, body: StoredObjectName) -> LoggingFileShape:
    """Let another object be a logging file's."""
    with call.write() as unit:
        row = unit.find(LoggingFile, logging_file_id)
        loggings.move(unit, row, body.object_name)
        return LoggingFileShape.model_validate(row)


@router.delete("/logging/file/{logging_file_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_logging_file(call: Writing, logging_file_id: UUID) -> None:
    """Delete a logging file and its bytes."""
    with call.write() as unit:
        loggings.delete(unit, unit.find(LoggingFile, logging_file_id))


@router.post("/v2/job/{job_id}/logging", status_code=status.HTTP_204_NO_CONTENT)
def print_job_line(call: Writing, job_id: UUID, body: LoggingLineBody) -> None:
    """Keep a line that a job printed; the same number again replaces it."""
    with call.write() as unit:
        loggings.print_line(unit, jobs.find(unit, job_id, generation=2), body.line())


@router.post("/v2/job/{job_id}/logging/save")
def save_job_logging(call: Writing, job_id: UUID, body: JobLoggingFile) -> JobLoggingFile:
    """Let a stored object be all that a job printed."""
    with call.write() as unit:
        file = loggings.save(unit, jobs.find(unit, job_id, generation=2), body.logging_object_name)
        return JobLoggingFile(logging_object_name=file.object_name)
