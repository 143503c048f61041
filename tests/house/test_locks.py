"""Locked requirements: whole, hashed, in step with pyproject.toml, and free of hosts."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASE = PROJECT["project"]["dependencies"]
PLATFORM = PROJECT["project"]["optional-dependencies"]["platform"]
DEV = PROJECT["dependency-groups"]["dev"]

WANTED = {"base": BASE, "platform": BASE + PLATFORM, "dev": BASE + PLATFORM + DEV}

HEAVY = {"numpy", "fastapi", "starlette", "uvicorn", "scikit-learn", "scipy", "pillow", "onnx", "onnxruntime"}
"""What only the embedded platform needs."""


def lock(name: str) -> str:
    """Return a lock file."""
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return what a lock file pins, by name."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", lock(name), re.MULTILINE)
    return {str(canonicalize_name(package)): version for package, version in found}


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_pins_every_dependency_within_its_bounds(name: str) -> None:
    pinned = pins(name)
    for line in WANTED[name]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)], prereleases=True), line


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_hashes_everything_it_pins(name: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", lock(name), flags=re.MULTILINE)
    unhashed = [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert unhashed == []
    assert len(pins(name)) >= len(WANTED[name])


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_holds_nothing_but_pins_hashes_and_reasons(name: str) -> None:
    allowed = re.compile(r"[A-Za-z0-9._-]+(\[[^]]*\])?==\S+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*")
    assert [line for line in lock(name).splitlines() if not allowed.fullmatch(line)] == []


def test_locks_agree_with_each_other() -> None:
    base, platform, dev = pins("base"), pins("platform"), pins("dev")
    assert {package: platform.get(package) for package in base} == base
    assert {package: dev.get(package) for package in platform} == platform


def test_the_base_install_has_nothing_of_the_platform() -> None:
    assert HEAVY & pins("base").keys() == set()
    assert pins("platform").keys() >= HEAVY - {"scipy", "onnx", "starlette"}
