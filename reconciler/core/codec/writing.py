"""The JSON form of a value by its type: records become objects of their attributes, without those that are `None`."""

from __future__ import annotations

import enum
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from reconciler.core.actions import Phase
from reconciler.core.live import (
    LiveDeployment,
    Management,
    TrainingConfiguration,
    configuration_to_json,
    live_to_json,
    management_to_json,
    ref_to_json,
)
from reconciler.core.references import Ref

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from reconciler.core.live import Json


def members(record: DataclassInstance) -> dict[str, Json]:
    """Return the attributes of a record by name, without those that are `None`."""
    values = {item.name: getattr(record, item.name) for item in fields(record)}
    return {name: plain(value) for name, value in values.items() if value is not None}


def kinded(record: DataclassInstance) -> dict[str, Json]:
    """Return the attributes of a member of a union, and its class name as `kind`."""
    return {"kind": type(record).__name__} | members(record)


def plain(value: object) -> Json:
    """Return the JSON form of one attribute. Raises TypeError for a type that has none."""
    match value:
        case Phase():
            return value.name.lower()
        case enum.Enum():
            return str(value.value)
        case str() | bool() | int() | float():
            return value
        case Ref():
            return ref_to_json(value)
        case TrainingConfiguration():
            return configuration_to_json(value)
        case Management():
            return management_to_json(value)
        case LiveDeployment():
            return live_to_json(value)
        case tuple():
            return [plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return kinded(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
