"""Splits lose nothing, deal nothing twice, keep the classes' proportions and never change."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.platform.seed.splits import first_of_each, stratified

LABELS = st.lists(st.integers(0, 4), max_size=120)
SHARES = (
    st.lists(st.integers(0, 20), min_size=1, max_size=5)
    .filter(any)
    .map(lambda weights: {f"part-{n}": weight / sum(weights) for n, weight in enumerate(weights)})
)
SEEDS = st.integers(0, 2**32)


@given(LABELS, SHARES, SEEDS)
def test_every_index_is_dealt_exactly_once(labels: list[int], shares: dict[str, float], seed: int) -> None:
    dealt = stratified(labels, shares, seed=seed)
    assert set(dealt) == set(shares)
    assert sorted(index for part in dealt.values() for index in part) == list(range(len(labels)))


@given(LABELS, SHARES, SEEDS)
def test_each_class_is_shared_out_to_within_one_image(labels: list[int], shares: dict[str, float], seed: int) -> None:
    dealt = stratified(labels, shares, seed=seed)
    for label, size in Counter(labels).items():
        for name, share in shares.items():
            got = sum(labels[index] == label for index in dealt[name])
            assert abs(got - share * size) <= 1 + 1e-6


@given(LABELS, SHARES, SEEDS)
def test_the_same_seed_deals_the_same(labels: list[int], shares: dict[str, float], seed: int) -> None:
    assert stratified(labels, shares, seed=seed) == stratified(labels, shares, seed=seed)


def test_another_seed_deals_otherwise() -> None:
    labels, shares = [0] * 100, {"one": 0.5, "two": 0.5}
    assert stratified(labels, shares, seed=1) != stratified(labels, shares, seed=2)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must sum to 1, not 0\.9"):
        stratified([0, 1], {"one": 0.5, "two": 0.4}, seed=0)


@given(LABELS, st.integers(0, 10))
def test_the_first_of_each_are_the_smallest_indices_of_every_class(labels: list[int], count: int) -> None:
    kept = first_of_each(labels, range(len(labels)), count=count)
    for label, size in Counter(labels).items():
        members = [index for index, each in enumerate(labels) if each == label]
        assert [index for index in kept if labels[index] == label] == members[: min(count, size)]
    assert list(kept) == sorted(kept)
