"""Tags of deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.player.cases import plays
from tests.conformance.player.stage import fresh

if TYPE_CHECKING:
    from tests.conformance.player.stage import Stage


@plays("add_tags")
def one_tag_and_a_list_of_tags_are_put_on(stage: Stage) -> None:
    deployment = stage.deploy()
    first, second, third = [stage.client.create_deployment_tag(fresh("tag")) for _ in range(3)]
    deployment.add_tags(first)
    deployment.add_tags([second, third])
    put_on = {tag["name"] for tag in deployment.sync()["tags"]}
    assert put_on == {first.name, second.name, third.name}


@plays("add_tags")
def a_tag_is_put_on_once(stage: Stage) -> None:
    deployment, tag = stage.deploy(), stage.client.create_deployment_tag(fresh("tag"))
    deployment.add_tags(tag)
    deployment.add_tags([tag])
    assert [put_on.id for put_on in deployment.get_tags()] == [tag.id]


@plays("get_tags")
def what_was_put_on_is_read_and_nothing_before(stage: Stage) -> None:
    deployment, tag = stage.deploy(), stage.client.create_deployment_tag(fresh("cool"))
    assert deployment.get_tags() == []
    deployment.add_tags(tag)
    (read,) = deployment.get_tags()
    assert (read.id, read.name) == (tag.id, tag.name)
