"""Deterministic, stratified splits: which image belongs to which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator


def stratified(labels: Sequence[int], shares: Mapping[str, float], *, seed: int) -> dict[str, tuple[int, ...]]:
    """Deal the indices of `labels` out to named parts, class by class.

    `shares` are fractions that sum to 1. The parts are disjoint and exhaustive, each in ascending order; within every
    class a part's size differs from its exact share by less than one. The same arguments give the same answer.
    """
    import numpy as np

    if abs(sum(shares.values()) - 1.0) > 1e-9:
        raise ValueError(f"shares must sum to 1, not {sum(shares.values())}: {dict(shares)}")
    rng = np.random.default_rng(seed)
    parts: dict[str, list[int]] = {name: [] for name in shares}
    for label in sorted(set(labels)):
        members = [index for index, each in enumerate(labels) if each == label]
        for name, dealt in _deal(members, shares, rng).items():
            parts[name].extend(dealt)
    return {name: tuple(sorted(indices)) for name, indices in parts.items()}


def _deal(members: Sequence[int], shares: Mapping[str, float], rng: Generator) -> dict[str, list[int]]:
    """Shuffle one class and cut it at the rounded running totals, so that no member is lost or dealt twice."""
    shuffled = [int(index) for index in rng.permutation(members)]
    dealt: dict[str, list[int]] = {}
    total, start = 0.0, 0
    for name, share in shares.items():
        total += share
        end = round(total * len(shuffled))
        dealt[name] = shuffled[start:end]
        start = end
    return dealt


def first_of_each(labels: Sequence[int], indices: Sequence[int], *, count: int) -> tuple[int, ...]:
    """Keep the first `count` indices of every class, in ascending order; all of them where a class has fewer."""
    kept: list[int] = []
    seen: dict[int, int] = {}
    for index in sorted(indices):
        seen[labels[index]] = seen.get(labels[index], 0) + 1
        if seen[labels[index]] <= count:
            kept.append(index)
    return tuple(kept)
