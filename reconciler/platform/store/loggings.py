"""What experiments and jobs print: lines while they run, and one file at the end; the subject is either of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import select

from reconciler.platform.store import objects, sharing
from reconciler.platform.store.faults import NotFound
from reconciler.platform.store.tables.experiments import Experiment, LoggingFile, LoggingLine
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Unit

Subject = Experiment | Job


@dataclass(frozen=True)
class Line:
    """One printed line: its number, the part of the run it belongs to, what it says, and whether it is the last."""

    line_nb: int
    part: str
    log: object
    special: object
    final: bool


def print_line(unit: Unit, subject: Subject, line: Line) -> None:
    """Keep a line; one of the same number, sent again, replaces the first."""
    unit.session.merge(LoggingLine(subject_id=subject.id, **vars(line)))


def lines(unit: Unit, subject: Subject) -> Sequence[LoggingLine]:
    """Return what a subject printed, in the order of the lines' numbers."""
    rows = select(LoggingLine).where(LoggingLine.subject_id == subject.id).order_by(LoggingLine.line_nb)
    return unit.session.scalars(rows).all()


def save(unit: Unit, subject: Subject, object_name: str) -> LoggingFile:
    """Let a stored object be all that a subject printed, in place of one that is."""
    objects.check_name(object_name)
    held = _held(unit, subject.id)
    if held is None:
        return unit.add(
            LoggingFile(organization_id=subject.organization_id, subject_id=subject.id, object_name=object_name)
        )
    move(unit, held, object_name)
    return held


def move(unit: Unit, file: LoggingFile, object_name: str) -> None:
    """Let another object be a logging file's; bytes that nothing names any more go."""
    former, file.object_name = file.object_name, objects.check_name(object_name)
    if former != object_name:
        sharing.release(unit, file.organization_id, [former])


def of_subject(unit: Unit, subject: Subject) -> LoggingFile:
    """Return the file of what a subject printed, or raise NotFound."""
    file = _held(unit, subject.id)
    if file is None:
        raise NotFound(f"No logging file of the {subject.noun} {subject.id} was saved.")
    return file


def delete(unit: Unit, file: LoggingFile) -> None:
    """Remove a logging file and its bytes."""
    unit.session.delete(file)
    sharing.release(unit, file.organization_id, [file.object_name])


def forget(unit: Unit, subject: Subject) -> None:
    """Remove all that a subject printed."""
    unit.session.execute(sql_delete(LoggingLine).where(LoggingLine.subject_id == subject.id))
    held = _held(unit, subject.id)
    if held is not None:
        delete(unit, held)


def _held(unit: Unit, subject_id: UUID) -> LoggingFile | None:
    return unit.session.scalar(select(LoggingFile).where(LoggingFile.subject_id == subject_id))
