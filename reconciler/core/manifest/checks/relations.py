"""What can only be wrong between manifests: names taken twice, dependencies that lead nowhere or in circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest
from reconciler.core.manifest.checks.findings import Finding, located
from reconciler.core.manifest.checks.translation import clip
from reconciler.core.manifest.diagnostics import Diagnostic, Related
from reconciler.core.manifest.nodes import Scalar, entries_of, place_of_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.core.manifest.checks.document import Reading
    from reconciler.core.manifest.checks.draft import Draft
    from reconciler.core.manifest.nodes import Path

_ADDRESS: Final = ("metadata", "name")
_NAME: Final = ("spec", "name")
_RENAMED: Final = ("spec", "renamedFrom")
_DEPENDS: Final = ("spec", "dependsOn")
_MOST_GUESSES: Final = 20
_MOST_DRAWN: Final = 10
"""Names of a circle that are drawn; the middle of a longer one is left out."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A manifest as the others see it; invalid ones count too, so that nothing seems missing because of a typo."""

    reading: Reading
    draft: Draft

    @property
    def address(self) -> str:
        return self.draft.address or ""

    @property
    def former_name(self) -> str | None:
        former = self.draft.value(*_RENAMED)
        return former if isinstance(former, str) else None

    @property
    def name_path(self) -> Path:
        return _NAME if self.draft.has(*_NAME) else _ADDRESS

    def dependencies(self) -> Iterator[tuple[str, Path]]:
        for step, node in entries_of(self.draft.node(*_DEPENDS)):
            if isinstance(node, Scalar):
                yield node.text, (*_DEPENDS, step)

    def says(self, finding: Finding, beside: tuple[_Member, Path, str] | None = None) -> Diagnostic:
        found = located(self.reading.document, finding)
        if beside is None:
            return found
        other, path, message = beside
        document = other.reading.document
        related = Related(document.source.origin(place_of_value(document.root, path)), message)
        return Diagnostic(
            found.severity, found.code, found.message, found.origin, found.snippet, found.hint, (related,)
        )


def relate(readings: Sequence[Reading], *, whole: bool) -> Iterator[Diagnostic]:
    """Find what is wrong between manifests.

    Args:
        readings: Every document that was read, valid or not.
        whole: Whether these are all manifests of the catalog; if not, unknown dependencies are not told.
    """
    members = [_Member(each, each.draft) for each in readings if each.draft is not None and each.draft.address]
    yield from _taken_twice(members, lambda each: each.address, _duplicate_address)
    firsts = list({each.address: each for each in reversed(members)}.values())[::-1]
    yield from _taken_twice(firsts, lambda each: each.draft.platform_name, _duplicate_name)
    yield from _taken_twice(firsts, lambda each: each.former_name, _shared_source)
    yield from _dependencies(firsts, whole=whole)
    yield from _circles(firsts)


def _taken_twice(
    members: Sequence[_Member],
    key: Callable[[_Member], str | None],
    say: Callable[[_Member, _Member], Diagnostic],
) -> Iterator[Diagnostic]:
    firsts: dict[str, _Member] = {}
    for member in members:
        name = key(member)
        if name is not None and firsts.setdefault(name, member) is not member:
            yield say(member, firsts[name])


def _duplicate_address(member: _Member, first: _Member) -> Diagnostic:
    message = f'two manifests are named "{clip(member.address)}"; {_at(first, _ADDRESS)} is the other one'
    finding = Finding("duplicate-name", _ADDRESS, message, "rename or delete one of the two")
    return member.says(finding, (first, _ADDRESS, "declared here first"))


def _duplicate_name(member: _Member, first: _Member) -> Diagnostic:
    name = clip(member.draft.platform_name or "")
    message = (
        f'"{clip(member.address)}" and "{clip(first.address)}" ({_at(first, first.name_path)}) '
        f'both declare the platform\'s deployment "{name}"'
    )
    finding = Finding("duplicate-platform-name", member.name_path, message, "give one of them another spec.name")
    return member.says(finding, (first, first.name_path, "declared here first"))


def _shared_source(member: _Member, first: _Member) -> Diagnostic:
    message = (
        f'"{clip(member.address)}" and "{clip(first.address)}" ({_at(first, _RENAMED)}) '
        f'both rename "{clip(member.former_name or "")}", and only one of them can get it'
    )
    finding = Finding("rename-source-shared", _RENAMED, message, "delete renamedFrom from the one that is new")
    return member.says(finding, (first, _RENAMED, "renamed here too"))


def _at(member: _Member, path: Path) -> str:
    document = member.reading.document
    return document.source.origin(place_of_value(document.root, path)).line_ref


def _dependencies(members: Sequence[_Member], *, whole: bool) -> Iterator[Diagnostic]:
    addresses = {each.address for each in members}
    # Comparing a name with thousands of others takes a while: the first few guesses help, hundreds do not.
    guesses = iter([addresses] * _MOST_GUESSES)
    for member in members:
        for name, path in member.dependencies():
            if name == member.address:
                message = f'"{clip(name)}" depends on itself'
                yield member.says(Finding("depends-on-itself", path, message, "delete it from dependsOn"))
            elif name not in addresses and whole:
                yield member.says(_unknown(name, path, next(guesses, set()) - {member.address}))


def _unknown(name: str, path: Path, candidates: Iterable[str]) -> Finding:
    likely = closest(name, candidates)
    hint = f'did you mean "{likely}"?' if likely else "name another manifest by its metadata.name, or delete it"
    return Finding("unknown-dependency", path, f'no manifest is named "{clip(name)}"', hint)


@dataclass(frozen=True, slots=True)
class _Wait:
    """A manifest that is settled only after another one, and where it says so."""

    on: _Member
    path: Path
    renames: bool


def _circles(members: Sequence[_Member]) -> Iterator[Diagnostic]:
    waits = _waits(members)
    told: set[frozenset[str]] = set()
    done: set[str] = set()
    for member in sorted(members, key=lambda each: each.address):
        for circle in _circle_from(member, waits, done):
            names = frozenset(each.address for each in circle)
            if names not in told:
                told.add(names)
                yield _circular(circle, waits)


def _waits(members: Sequence[_Member]) -> dict[str, list[_Wait]]:
    """Return who waits for whom: on dependencies, and with a name on the rename that frees it."""
    by_address = {each.address: each for each in members}
    by_name = {each.draft.platform_name: each for each in members}
    waits: dict[str, list[_Wait]] = {each.address: [] for each in members}
    for member in members:
        for name, path in member.dependencies():
            if name in by_address and name != member.address:
                waits[member.address].append(_Wait(by_address[name], path, renames=False))
        heir = by_name.get(member.former_name) if member.former_name is not None else None
        if heir is not None and heir is not member:
            waits[heir.address].append(_Wait(member, _RENAMED, renames=True))
    return waits


def _circle_from(start: _Member, waits: dict[str, list[_Wait]], done: set[str]) -> Iterator[list[_Member]]:
    """Walk depth first without recursion; every closed circle on the way is one answer."""
    path: list[_Member] = []
    on_path: dict[str, int] = {}
    todo: list[tuple[_Member, bool]] = [(start, True)]
    while todo:
        member, entering = todo.pop()
        address = member.address
        if not entering:
            path.pop()
            del on_path[address]
            done.add(address)
        elif address in on_path:
            yield path[on_path[address] :]
        elif address not in done:
            on_path[address] = len(path)
            path.append(member)
            todo.append((member, False))
            todo.extend((wait.on, True) for wait in reversed(waits[address]))


def _circular(circle: list[_Member], waits: dict[str, list[_Wait]]) -> Diagnostic:
    # Told from the first by name, so that the order of files makes no difference.
    first = min(range(len(circle)), key=lambda position: circle[position].address)
    ordered = circle[first:] + circle[:first]
    links = [_link(each, after, waits) for each, after in zip(ordered, ordered[1:] + ordered[:1], strict=True)]
    drawn = _drawn([clip(each.address) for each in (*ordered, ordered[0])])
    depending = [(each, link.path) for each, link in zip(ordered, links, strict=True) if not link.renames]
    if not depending:
        message = f"these renames wait for each other, since each takes a name that another one gives up: {drawn}"
        return ordered[0].says(Finding("rename-cycle", _RENAMED, message, "rename one of them to a new name first"))
    teller, path = depending[0]
    mixed = len(depending) < len(links)
    renames = " (taking over a name waits for the rename that frees it)" if mixed else ""
    message = f"these deployments wait for each other{renames}: {drawn}"
    return teller.says(Finding("dependency-cycle", path, message, "delete one of the dependencies"))


def _drawn(names: list[str]) -> str:
    left_out = len(names) - _MOST_DRAWN
    if left_out > 1:
        names = [*names[: _MOST_DRAWN - 2], f"… {left_out} more …", *names[-2:]]
    return " → ".join(names)


def _link(member: _Member, after: _Member, waits: dict[str, list[_Wait]]) -> _Wait:
    return next(wait for wait in waits[member.address] if wait.on is after)
