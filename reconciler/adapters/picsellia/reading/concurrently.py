"""Doing several reads at once: all of them, or the first error; and each distinct one only once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

K = TypeVar("K")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


async def all_of(reads: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Run reads at once and return their results in order; the first error stops the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read) for read in reads]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [task.result() for task in tasks]


async def both(first: Coroutine[object, object, A], second: Coroutine[object, object, B]) -> tuple[A, B]:
    """Run two reads of different kinds at once; the first error stops the other and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            one, other = group.create_task(first), group.create_task(second)
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return one.result(), other.result()


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


class Once(Generic[K, T]):
    """A read by key that is sent once however many ask for it; a failed one is tried again by the next who asks."""

    def __init__(self, read: Callable[[K], Awaitable[T]]) -> None:
        self._read = read
        self._locks: defaultdict[K, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._results: dict[K, T] = {}

    async def __call__(self, key: K) -> T:
        """Return what is read under `key`."""
        async with self._locks[key]:
            if key not in self._results:
                self._results[key] = await self._read(key)
            return self._results[key]
