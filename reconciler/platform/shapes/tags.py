"""Tags and data sources."""

from uuid import UUID

from reconciler.platform.shapes.base import Name, Request, Shape
from reconciler.platform.store.words import TagTarget


class TagShape(Shape):
    """A tag."""

    id: UUID
    name: str
    target_type: TagTarget


class NewTag(Request):
    """A tag of an organisation."""

    name: Name
    target_type: TagTarget


class Named(Request):
    """A name, for what is nothing more."""

    name: Name


class TagCount(Shape):
    """A tag, and how many targets it was put on or taken off."""

    tag: TagShape
    count: int


class DataSourceShape(Shape):
    """A named origin of data."""

    id: UUID
    name: str
