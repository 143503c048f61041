"""What can only be wrong between manifests: names taken twice, dependencies that lead nowhere or in circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest
from reconciler.core.manifest.diagnostics import clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.core.manifest.checks.kin import Kin, Named
    from reconciler.core.manifest.diagnostics import Diagnostic

_MOST_GUESSES: Final = 20
_MOST_DRAWN: Final = 10
"""Names of a circle that are drawn; the middle of a longer one is left out."""


def relate(kin: Sequence[Kin], *, whole: bool) -> Iterator[Diagnostic]:
    """Find what is wrong between manifests.

    Args:
        kin: Every manifest that has a name, valid or not, in the order of their files.
        whole: Whether these are all manifests of the catalog; if not, unknown dependencies are not told.
    """
    yield from _taken_twice(kin, lambda each: each.address, _duplicate_address)
    firsts = list({each.address.text: each for each in reversed(kin)}.values())[::-1]
    yield from _taken_twice(firsts, lambda each: each.name, _duplicate_name)
    yield from _taken_twice(firsts, lambda each: each.former, _shared_source)
    yield from _dependencies(firsts, whole=whole)
    yield from _circles(firsts)


def _taken_twice(
    kin: Sequence[Kin], name: Callable[[Kin], Named | None], say: Callable[[Kin, Kin], Diagnostic]
) -> Iterator[Diagnostic]:
    firsts: dict[str, Kin] = {}
    for each in kin:
        found = name(each)
        if found is not None and firsts.setdefault(found.text, each) is not each:
            yield say(each, firsts[found.text])


def _duplicate_address(one: Kin, first: Kin) -> Diagnostic:
    message = f'two manifests are named "{clip(one.address.text)}"; {first.at(first.address)} is the other one'
    found = one.error("duplicate-name", message, one.address, "rename or delete one of the two")
    return first.beside(found, first.address, "declared here first")


def _duplicate_name(one: Kin, first: Kin) -> Diagnostic:
    who = f'"{clip(one.address.text)}" and "{clip(first.address.text)}" ({first.at(first.name)})'
    message = f'{who} both declare the platform\'s deployment "{clip(one.name.text)}"'
    found = one.error("duplicate-platform-name", message, one.name, "give one of them another spec.name")
    return first.beside(found, first.name, "declared here first")


def _shared_source(one: Kin, first: Kin) -> Diagnostic:
    here, there = one.former or one.name, first.former or first.name
    who = f'"{clip(one.address.text)}" and "{clip(first.address.text)}" ({first.at(there)})'
    message = f'{who} both rename "{clip(here.text)}", and only one of them can get it'
    found = one.error("rename-source-shared", message, here, "delete renamedFrom from the one that is new")
    return first.beside(found, there, "renamed here too")


def _dependencies(kin: Sequence[Kin], *, whole: bool) -> Iterator[Diagnostic]:
    addresses = {each.address.text for each in kin}
    # Comparing a name with thousands of others takes a while: the first few guesses help, hundreds do not.
    guesses = iter([addresses] * _MOST_GUESSES)
    for each in kin:
        for name in each.dependencies:
            if name.text == each.address.text:
                message = f'"{clip(name.text)}" depends on itself'
                yield each.error("depends-on-itself", message, name, "delete it from dependsOn")
            elif name.text not in addresses and whole:
                yield _unknown(each, name, next(guesses, set()))


def _unknown(kin: Kin, name: Named, candidates: set[str]) -> Diagnostic:
    likely = closest(name.text, candidates - {kin.address.text})
    hint = f'did you mean "{likely}"?' if likely else "name another manifest by its metadata.name, or delete it"
    return kin.error("unknown-dependency", f'no manifest is named "{clip(name.text)}"', name, hint)


@dataclass(frozen=True, slots=True)
class _Wait:
    """A manifest that is settled only after another one, and the name that says so."""

    on: Kin
    name: Named
    renames: bool


def _circles(kin: Sequence[Kin]) -> Iterator[Diagnostic]:
    waits = _waits(kin)
    told: set[frozenset[str]] = set()
    done: set[str] = set()
    for each in sorted(kin, key=lambda one: one.address.text):
        for circle in _circles_from(each, waits, done):
            names = frozenset(one.address.text for one in circle)
            if names not in told:
                told.add(names)
                yield _circular(circle, waits)


def _waits(kin: Sequence[Kin]) -> dict[str, list[_Wait]]:
    """Return who waits for whom: on dependencies, and with a name on the rename that frees it."""
    by_address = {each.address.text: each for each in kin}
    by_name = {each.name.text: each for each in kin}
    waits: dict[str, list[_Wait]] = {address: [] for address in by_address}
    for each in kin:
        for name in each.dependencies:
            if name.text in by_address and name.text != each.address.text:
                waits[each.address.text].append(_Wait(by_address[name.text], name, renames=False))
        heir = by_name.get(each.former.text) if each.former is not None else None
        if each.former is not None and heir is not None and heir is not each:
            waits[heir.address.text].append(_Wait(each, each.former, renames=True))
    return waits


def _circles_from(start: Kin, waits: dict[str, list[_Wait]], done: set[str]) -> Iterator[list[Kin]]:
    """Walk depth first without recursion; every closed circle on the way is one answer."""
    path: list[Kin] = []
    on_path: dict[str, int] = {}
    todo: list[tuple[Kin, bool]] = [(start, True)]
    while todo:
        kin, entering = todo.pop()
        address = kin.address.text
        if not entering:
            path.pop()
            del on_path[address]
            done.add(address)
        elif address in on_path:
            yield path[on_path[address] :]
        elif address not in done:
            on_path[address] = len(path)
            path.append(kin)
            todo.append((kin, False))
            todo.extend((wait.on, True) for wait in reversed(waits[address]))


def _circular(circle: list[Kin], waits: dict[str, list[_Wait]]) -> Diagnostic:
    # Told from the first by name, so that the order of files makes no difference.
    first = min(range(len(circle)), key=lambda position: circle[position].address.text)
    ordered = circle[first:] + circle[:first]
    links = [_link(each, after, waits) for each, after in zip(ordered, ordered[1:] + ordered[:1], strict=True)]
    drawn = _drawn([clip(each.address.text) for each in (*ordered, ordered[0])])
    depending = [(each, link.name) for each, link in zip(ordered, links, strict=True) if not link.renames]
    if not depending:
        message = f"these renames wait for each other, since each takes a name that another one gives up: {drawn}"
        teller = ordered[0]
        return teller.error("rename-cycle", message, teller.former or teller.name, "rename one to a new name first")
    teller, name = depending[0]
    mixed = len(depending) < len(links)
    renames = " (taking over a name waits for the rename that frees it)" if mixed else ""
    message = f"these deployments wait for each other{renames}: {drawn}"
    return teller.error("dependency-cycle", message, name, "delete one of the dependencies")


def _drawn(names: list[str]) -> str:
    left_out = len(names) - _MOST_DRAWN
    if left_out > 1:
        names = [*names[: _MOST_DRAWN - 2], f"… {left_out} more …", *names[-2:]]
    return " → ".join(names)


def _link(kin: Kin, after: Kin, waits: dict[str, list[_Wait]]) -> _Wait:
    return next(wait for wait in waits[kin.address.text] if wait.on is after)
