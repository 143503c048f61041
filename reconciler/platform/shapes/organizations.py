"""The greeting, organisations, users, jobs."""

from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import Name, Shape, StrictRequest


class Ping(Shape):
    """Who you are."""

    sdk_version: str = Field(description="The newest SDK release this platform was built against.")
    username: str
    default_organization: UUID


class CapablePing(Ping):
    """Who you are, and what this platform does beyond what the official SDK needs."""

    capabilities: list[str]


class OrganizationShape(Shape):
    """A tenant."""

    id: UUID
    name: str
    default_connector_id: UUID | None


class Found(Shape):
    """The identifier of something found by name."""

    id: UUID


class UserShape(Shape):
    """A person."""

    id: UUID
    username: str


class Users(Shape):
    """People."""

    users: list[UserShape]


class Grant(StrictRequest):
    """Access for one user."""

    user_id: UUID
    role: Name | None = None


class JobShape(Shape):
    """Background work."""

    id: UUID
    status: str
    error: str | None = Field(default=None, description="Why it failed; null where it did not.")
