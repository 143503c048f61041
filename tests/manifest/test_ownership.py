"""Ownership: the nearest declaration wins, and a policy's own slot is not fought."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.core.manifest.catalog import Manifest
from reconciler.core.manifest.ownership import OWNABLE_PATHS, ownership_of, policy_slot
from reconciler.core.manifest.spec import DeploymentSpec, Metadata, Ownership
from reconciler.core.origin import Origin

CHAMPION = {"champion": {"model": "digits", "version": "v1"}}


def manifest(**spec: Any) -> Manifest:
    body = DeploymentSpec.model_validate({"models": CHAMPION, **spec})
    return Manifest(Metadata(name="digits"), body, {"": Origin("digits.yaml", 1, 1)})


@pytest.mark.parametrize("path", OWNABLE_PATHS)
def test_everything_is_managed_unless_something_else_is_said(path: str) -> None:
    assert ownership_of(manifest(), path) is Ownership.MANAGED


def test_a_declaration_holds_for_the_path_and_everything_below_it() -> None:
    owned = manifest(ownership={"feedbackLoop": "Observed"})
    assert ownership_of(owned, "feedbackLoop") is Ownership.OBSERVED
    assert ownership_of(owned, "feedbackLoop.datasets") is Ownership.OBSERVED
    assert ownership_of(owned, "threshold") is Ownership.MANAGED


def test_the_nearest_declaration_wins() -> None:
    owned = manifest(ownership={"feedbackLoop": "Observed", "feedbackLoop.active": "Ignored"})
    assert ownership_of(owned, "feedbackLoop.active") is Ownership.IGNORED
    assert ownership_of(owned, "feedbackLoop.datasets") is Ownership.OBSERVED


@pytest.mark.parametrize(
    ("policy", "slot", "other"),
    [
        ("DeployShadow", "models.shadow", "models.champion"),
        ("DeployChampion", "models.champion", "models.shadow"),
    ],
)
def test_the_slot_that_an_active_policy_writes_follows_git_only_when_git_moves(
    policy: str, slot: str, other: str
) -> None:
    owned = manifest(continuousDeployment={"policy": policy})
    assert policy_slot(owned.spec) == slot
    assert ownership_of(owned, slot) is Ownership.ON_CHANGE
    assert ownership_of(owned, f"{slot}.version") is Ownership.ON_CHANGE
    assert ownership_of(owned, other) is Ownership.MANAGED


@pytest.mark.parametrize(
    "deployment",
    [{"active": False, "policy": "DeployShadow"}, {"policy": "DeployManual"}, {"active": True}],
)
def test_a_policy_that_writes_no_slot_changes_no_default(deployment: dict[str, Any]) -> None:
    owned = manifest(continuousDeployment=deployment)
    assert policy_slot(owned.spec) is None
    assert ownership_of(owned, "models.shadow") is Ownership.MANAGED


def test_a_declaration_beats_the_default_of_the_policy_slot() -> None:
    owned = manifest(continuousDeployment={"policy": "DeployShadow"}, ownership={"models.shadow": "Ignored"})
    assert ownership_of(owned, "models.shadow") is Ownership.IGNORED
