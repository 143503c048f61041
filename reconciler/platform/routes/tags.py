"""Tags of an organisation, and what they are put on (wire protocol 2.8)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, status

from reconciler.platform.auth import Reading, Writing
from reconciler.platform.envelope import Items
from reconciler.platform.late import LateRouter
from reconciler.platform.routes.queries import Name, Paging, shaped
from reconciler.platform.shapes.tags import Named, NewTag, TagCount, TagShape
from reconciler.platform.store import tags
from reconciler.platform.store.tables.tags import Tag
from reconciler.platform.store.words import TagTarget

router = LateRouter(tags=["tags"])

Targets = Annotated[list[UUID], Body(max_length=10_000)]


@router.post("/organization/{organization_id}/tags", status_code=status.HTTP_201_CREATED)
def create_tag(call: Writing, organization_id: UUID, body: NewTag) -> TagShape:
    """Create a tag for one kind of target."""
    with call.write() as unit:
        unit.admit(organization_id)
        scope = tags.Scope.organization(organization_id, body.target_type)
        return TagShape.model_validate(tags.create(unit, scope, body.name))


@router.get("/organization/{organization_id}/tags/find")
def find_tag(call: Reading, organization_id: UUID, name: Name, target_type: TagTarget) -> TagShape:
    """Find a tag by name."""
    with call.read() as unit:
        unit.admit(organization_id)
        scope = tags.Scope.organization(organization_id, target_type)
        return TagShape.model_validate(tags.find_by_name(unit, scope, name))


@router.get("/organization/{organization_id}/tags")
def list_tags(
    call: Reading, organization_id: UUID, page: Paging, target_type: TagTarget | None = None
) -> Items[TagShape]:
    """List an organisation's tags."""
    with call.read() as unit:
        return shaped(tags.list_organization(unit, organization_id, target_type, page), TagShape)


@router.get("/tag/{tag_id}")
def read_tag(call: Reading, tag_id: UUID) -> TagShape:
    """Read a tag."""
    with call.read() as unit:
        return TagShape.model_validate(unit.find(Tag, tag_id))


@router.patch("/tag/{tag_id}")
def rename_tag(call: Writing, tag_id: UUID, body: Named) -> TagShape:
    """Rename a tag."""
    with call.write() as unit:
        tag = unit.find(Tag, tag_id)
        tags.rename(unit, tag, body.name)
        return TagShape.model_validate(tag)


@router.delete("/tag/{tag_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_tag(call: Writing, tag_id: UUID) -> None:
    """Delete a tag, taking it off whatever carries it."""
    with call.write() as unit:
        tags.remove(unit, unit.find(Tag, tag_id))


@router.post("/tag/{tag_id}/attach")
def attach_tag(call: Writing, tag_id: UUID, targets: Targets) -> TagCount:
    """Put a tag on targets; the count is of those that did not carry it."""
    with call.write() as unit:
        tag = unit.find(Tag, tag_id)
        return TagCount(tag=TagShape.model_validate(tag), count=tags.attach(unit, tag, targets))


@router.post("/tag/{tag_id}/detach")
def detach_tag(call: Writing, tag_id: UUID, targets: Targets) -> TagCount:
    """Take a tag off targets; the count is of those that carried it."""
    with call.write() as unit:
        tag = unit.find(Tag, tag_id)
        return TagCount(tag=TagShape.model_validate(tag), count=tags.detach(unit, tag, targets))
