"""Tags and what they are attached to."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reconciler.platform.store.tables.base import Named, Row
from reconciler.platform.store.words import TagTarget


class Tag(Named, Row):
    """A name for one kind of target, within a scope.

    The scope is the organisation itself, a datalake (tags of data) or a dataset version (tags of assets).
    """

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("scope_id", "target_type", "name"),)
    noun = "tag"

    scope_id: Mapped[UUID]
    target_type: Mapped[TagTarget]


class TagLink(Row):
    """One tag on one target; the tag's target type says which table the target is in."""

    __tablename__ = "tag_links"

    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    target_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


def tag_link(target: str) -> Mapped[list[Tag]]:
    """Return the read-only relationship from a row of class `target` to its tags, by name."""
    return relationship(
        Tag,
        secondary="tag_links",
        primaryjoin=f"{target}.id == foreign(TagLink.target_id)",
        secondaryjoin="Tag.id == foreign(TagLink.tag_id)",
        order_by=Tag.name,
        viewonly=True,
    )
