"""Logs of experiments: named values, lines, tables, images and the rest."""

import math
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from reconciler.platform.store import sharing
from reconciler.platform.store.faults import Conflict, Invalid
from reconciler.platform.store.names import claim, find_named, named
from reconciler.platform.store.paging import Page, PageRequest, paged
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.experiments import Experiment, Log
from reconciler.platform.store.tags import chunked
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import LogType

# The names that the platform itself reads.
PARAMETERS: Final = "parameters"
LABEL_MAP: Final = "labelmap"

_STEPS, _VALUES = "steps", "values"


def record(
    unit: Unit,
    experiment: Experiment,
    name: str,
    *,
    type: LogType,  # noqa: A002  (the wire's word)
    data: object,
    replace: bool = True,
) -> Log:
    """Record something under a name; a line goes on where one of that name is, anything else is replaced.

    Raises:
        Conflict: when the name is taken and nothing may be replaced, or is taken by a log of another type.
        Invalid: when the data are not what the type takes.
    """
    kept = checked(type, data)
    log = named(unit, Log, name, Log.experiment_id == experiment.id)
    if log is None:
        return unit.add(
            Log(
                organization_id=experiment.organization_id,
                experiment_id=experiment.id,
                name=name,
                type=type,
                data=kept,
            )
        )
    if not replace:
        raise Conflict(f"There is already a log named '{name}'.")
    if log.type is not type:
        raise Conflict(f"The log '{name}' is of type {log.type}, not {type}.")
    _put(unit, log, joined(log.data, kept) if type is LogType.LINE else kept)
    return log


def append(unit: Unit, log: Log, data: object) -> None:
    """Let a line go on; another type of log, or data of another form, raises Invalid."""
    if log.type is not LogType.LINE:
        raise Invalid(f"Only a line goes on; the log '{log.name}' is of type {log.type}.")
    _put(unit, log, joined(log.data, checked(log.type, data)))


def find(unit: Unit, experiment: Experiment, name: str) -> Log:
    """Return the log of that name, or raise NotFound."""
    return find_named(unit, Log, name, Log.experiment_id == experiment.id)


def seek(unit: Unit, experiment: Experiment, name: str) -> Log | None:
    """Return the log of that name, or None."""
    return named(unit, Log, name, Log.experiment_id == experiment.id)


def parameters(unit: Unit, experiment: Experiment) -> Json:
    """Return what the experiment is run with, empty where nobody said."""
    log = seek(unit, experiment, PARAMETERS)
    return dict(log.data) if log is not None and isinstance(log.data, dict) else {}


def label_map(unit: Unit, experiment: Experiment) -> Json:
    """Return class names by their index as text, empty where nobody said."""
    log = seek(unit, experiment, LABEL_MAP)
    return dict(log.data) if log is not None and isinstance(log.data, dict) else {}


def list_page(unit: Unit, experiment: Experiment, request: PageRequest) -> Page[Log]:
    """Return a page of an experiment's logs."""
    return paged(unit, select(Log).where(Log.experiment_id == experiment.id), Log, request)


def ids(unit: Unit, experiment: Experiment) -> Sequence[UUID]:
    """Return the ids of an experiment's logs, oldest first."""
    return unit.session.scalars(select(Log.id).where(Log.experiment_id == experiment.id).order_by(Log.id)).all()


def update(unit: Unit, log: Log, *, name: str | None, data: object) -> None:
    """Change what is given; a name taken raises Conflict, data the type does not take Invalid."""
    if name is not None:
        log.name = claim(unit, Log, name, Log.experiment_id == log.experiment_id, holder=log)
    if data is not None:
        _put(unit, log, checked(log.type, data))


def delete(unit: Unit, experiment: Experiment, log_ids: Sequence[UUID] | None) -> None:
    """Remove logs of an experiment (None: all), images with their bytes; unknown ids are left alone."""
    rows = select(Log).where(Log.experiment_id == experiment.id)
    chunks = [rows] if log_ids is None else [rows.where(Log.id.in_(chunk)) for chunk in chunked(log_ids)]
    found = [log for chunk in chunks for log in unit.session.scalars(chunk)]
    for log in found:
        unit.session.delete(log)
    sharing.release(unit, experiment.organization_id, [name for log in found for name in _images(log.data)])


def checked(type: LogType, data: object) -> object:  # noqa: A002  (the wire's word)
    """Return the data of a log as it is kept: a line as a list, or as steps with values; the others unchanged.

    Raises:
        Invalid: when the data are not what the type takes.
    """
    form, takes = _TAKES[type]
    if not takes(data):
        raise Invalid(f"A log of type {type} takes {form}.")
    return [data] if type is LogType.LINE and _is_number(data) else data


def joined(line: object, more: object) -> object:
    """Return a line that goes on; Invalid when one has steps and the other has none."""
    if isinstance(line, list) and isinstance(more, list):
        return [*line, *more]
    if isinstance(line, dict) and isinstance(more, dict):
        return {key: [*line[key], *more[key]] for key in (_STEPS, _VALUES)}
    raise Invalid("A line goes on in the form it began: with steps, or without.")


def _put(unit: Unit, log: Log, data: object) -> None:
    former = _images(log.data)
    log.data = data
    if log.type is LogType.IMAGE:
        sharing.release(unit, log.organization_id, former)


def _images(data: object) -> list[str]:
    name = data.get("object_name") if isinstance(data, dict) else None
    return [name] if isinstance(name, str) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_value(value: object) -> bool:
    return _is_number(value) or isinstance(value, str)


def _is_numbers(value: object) -> bool:
    return isinstance(value, list) and all(_is_number(item) for item in value)


def _is_line(value: object) -> bool:
    if not isinstance(value, dict):
        return _is_number(value) or _is_numbers(value)
    steps, values = value.get(_STEPS), value.get(_VALUES)
    return (
        set(value) == {_STEPS, _VALUES}
        and _is_numbers(steps)
        and _is_numbers(values)
        and isinstance(steps, list)
        and isinstance(values, list)
        and len(steps) == len(values)
    )


def _is_image(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("object_name"), str)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_collection(value: object) -> bool:
    return isinstance(value, dict | list)


def _is_label_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


_TAKES: Final[dict[LogType, tuple[str, Callable[[object], bool]]]] = {
    LogType.VALUE: ("a number or a text", _is_value),
    LogType.LINE: ("a number, numbers, or an object of 'steps' and as many 'values'", _is_line),
    LogType.IMAGE: ("an object that names an 'object_name'", _is_image),
    LogType.TABLE: ("an object or a list", _is_collection),
    LogType.BAR: ("an object", _is_object),
    LogType.HEATMAP: ("an object", _is_object),
    LogType.LABELMAP: ("an object of class names", _is_label_map),
    LogType.EVALUATION: ("an object or a list", _is_collection),
}
