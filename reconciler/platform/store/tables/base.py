"""What all tables share: identifiers, ownership by an organisation, portable column types."""

import enum
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, MetaData, String, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from reconciler.platform.store.identifiers import new_id

Json = dict[str, object]

_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
# For a column whose value may be any JSON value, not only an object or a list.
JSON_VALUE = _JSON
_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Prose = Annotated[str, "prose"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def after(moment: datetime) -> datetime:
    """Return this moment, or the smallest one later than `moment` if the clock has not moved past it."""
    return max(now(), moment + timedelta(microseconds=1))


class Moment(TypeDecorator[datetime]):
    """A point in time: UTC in Python everywhere, whatever the database keeps of a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (the decorator's signature)
        """Store UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (the decorator's signature)
        """Read UTC; SQLite forgets the zone."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Row(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_CONVENTION)
    type_annotation_map = {  # noqa: RUF012  (declared by SQLAlchemy as an instance-style attribute)
        UUID: Uuid(),
        datetime: Moment(),
        Json: _JSON,
        list[str]: _JSON,
        list[Json]: _JSON,
        str: String(255),
        Prose: Text(),
        # Words are stored as text without a constraint: a new one needs no migration.
        enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=False, length=32),
    }


class Identified:
    """A row with an identifier of its own, addressable by clients."""

    noun: ClassVar[str]

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Owned(Identified):
    """An identified row that belongs to exactly one organisation, and is invisible to all others."""

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)


class Named(Owned):
    """An owned row that people call by a name, unique within some scope."""

    name: Mapped[str]
