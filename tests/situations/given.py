"""Situations of what is given: manifests, settings, the command line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import Situation, situation

if TYPE_CHECKING:
    from tests.situations.stage import Ended, Stage

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)


@bad(3, "manifests/broken.yaml:3:", "hint:")
def yaml_that_is_none(stage: Stage) -> Ended:
    """A manifest is not YAML."""
    stage.text("manifests/broken.yaml", "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: x\n")
    return stage.run("validate")


@bad(3, "treshold", "threshold")
def a_field_with_a_slip(stage: Stage) -> Ended:
    """A field is misspelt."""
    stage.write(more="  treshold: 0.5\n")
    return stage.run("plan")


@bad(3, "first.yaml", "second.yaml")
def one_name_twice(stage: Stage) -> Ended:
    """Two manifests have one name."""
    stage.write(file="first")
    stage.write(file="second")
    return stage.run("plan")


@bad(3, "dependsOn")
def a_circle_of_dependencies(stage: Stage) -> Ended:
    """Two manifests depend on each other."""
    stage.write(name="hen", more="  dependsOn: [egg]\n")
    stage.write(name="egg", more="  dependsOn: [hen]\n")
    return stage.run("plan")


@bad(3, "no-such-folder", "hint:")
def a_path_that_is_not_there(stage: Stage) -> Ended:
    """The path given does not exist."""
    return stage.run("plan", "no-such-folder")


@bad(3, "manifests", "hint:")
def an_empty_catalog(stage: Stage) -> Ended:
    """The folder holds no manifest at all."""
    (stage.folder / "manifests").mkdir()
    return stage.run("plan")


@bad(3, "digitz", "digits")
def a_target_with_a_slip(stage: Stage) -> Ended:
    """The deployment named on the command line is not in the catalog."""
    stage.write(name="digits")
    return stage.run("plan", "--target", "digitz")


@bad(3, "staging", "reconciler.yaml")
def an_unknown_environment(stage: Stage) -> Ended:
    """The environment named is not in the settings."""
    stage.write()
    stage.text("reconciler.yaml", "catalog: demo\nenvironments:\n  production:\n    host: http://127.0.0.1:9\n")
    return stage.run("plan", "--env", "staging")


@bad(3, "reconciler.yaml:2:", "concurency")
def settings_with_a_slip(stage: Stage) -> Ended:
    """A setting is misspelt."""
    stage.write()
    stage.text("reconciler.yaml", "catalog: demo\nconcurency: 3\n")
    return stage.run("plan")


@bad(3, "--treshold")
def an_option_that_is_none(stage: Stage) -> Ended:
    """The option does not exist."""
    return stage.run("plan", "--treshold", "1")


@bad(3, "--yes")
def an_apply_that_nobody_can_confirm(stage: Stage) -> Ended:
    """An apply without --yes has nobody to ask."""
    stage.write()
    return stage.run("apply")


@bad(5, "surface@v99", "Next:")
def a_champion_that_does_not_exist(stage: Stage) -> Ended:
    """A model version does not exist."""
    stage.write(champion="{model: surface, version: v99}")
    return stage.run("apply", "--yes")


@bad(5, "surface@1999-01", "Next:")
def training_data_that_does_not_exist(stage: Stage) -> Ended:
    """A dataset version does not exist."""
    stage.write(more='  trainingData: {dataset: surface, version: "1999-01"}\n')
    return stage.run("apply", "--yes")


@bad(5, "boxes@v1", "OBJECT_DETECTION", "Next:")
def a_shadow_of_another_type(stage: Stage) -> Ended:
    """The shadow detects and the champion classifies."""
    stage.write(more="    shadow: {model: boxes, version: v1}\n")
    return stage.run("apply", "--yes")


@bad(5, "surface@other-labels", "label map", "Next:")
def labels_that_do_not_fit(stage: Stage) -> Ended:
    """The shadow answers in other labels than the champion."""
    stage.write(more="    shadow: {model: surface, version: other-labels}\n")
    return stage.run("apply", "--yes")


@bad(5, "serving", "fixed at creation", "Next:")
def a_field_that_never_changes(stage: Stage) -> Ended:
    """What is fixed at creation is to change."""
    stage.applied(more="  serving: Managed\n").write(more="  serving: Own\n")
    return stage.run("apply", "--yes")


@bad(5, "on hold until", "migration")
def a_deployment_on_hold(stage: Stage) -> Ended:
    """Somebody put the deployment on hold."""
    note = 'annotations: {reconciler.dev/hold-until: "2999-01-01T00:00:00Z", reconciler.dev/hold-reason: migration}'
    file = stage.write()
    file.write_text(file.read_text().replace("spec:", f"  {note}\nspec:"))
    return stage.run("apply", "--yes")
