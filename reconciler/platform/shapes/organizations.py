"""The greeting, organisations, users, jobs."""

from uuid import UUID

from pydantic import Field

from reconciler.platform.shapes.base import Name, Shape, StrictRequest


class Ping(Shape):
    """Who you are, and what this platform can do beyond the official SDK's needs."""

    sdk_version: str = Field(description="The newest SDK release this platform was built against.")
    username: str
    default_organization: UUID
    capabilities: list[str] = Field(
        default_factory=list, description="Left out by a platform that reports only what the SDK reads."
    )


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
