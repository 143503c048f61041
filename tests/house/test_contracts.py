"""Import contracts name every room: one that is added is a decision, and one that is forgotten a failure."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.house.tree import ROOT

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
ROOMS = {
    f"reconciler.{path.stem}"
    for path in (ROOT / "reconciler").iterdir()
    if not path.stem.startswith("__") and (path.suffix == ".py" or (path / "__init__.py").exists())
}
OUTSIDE = ROOMS - {"reconciler.platform"}


def test_the_platform_is_an_island_from_both_sides() -> None:
    assert set(CONTRACTS["The platform room imports nothing from the rest"]["forbidden_modules"]) == OUTSIDE
    assert set(CONTRACTS["Only bootstrap opens the platform room"]["source_modules"]) == OUTSIDE
    assert set(CONTRACTS["What the platform needs, it alone needs"]["source_modules"]) == OUTSIDE


def test_layers_are_exhaustive_without_exception() -> None:
    layered = [contract for contract in CONTRACTS.values() if contract["type"] == "layers"]
    assert len(layered) >= 5
    assert [contract["name"] for contract in layered if not contract["exhaustive"]] == []
    ignored = {name for contract in layered for name in contract.get("exhaustive_ignores", [])}
    assert ignored == {"__main__", "platform"}
