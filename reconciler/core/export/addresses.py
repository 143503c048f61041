"""Addresses for deployments without a manifest: the platform's name in the letters that `metadata.name` allows."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST: Final = 63
"""Characters, which is what a label of the domain name system may have; `metadata.name` itself would allow 253."""

_DIGEST: Final = 8
_NAMELESS: Final = "deployment"
_FOREIGN: Final = re.compile(r"[^a-z0-9.]+")
_DOTS: Final = re.compile(r"[-.]*\.[-.]*")


def addresses_for(names: Iterable[str], taken: Iterable[str] = ()) -> Mapping[str, str]:
    """Return an address for each platform name; every one is valid, and no two are the same.

    Where two names would get one address, or it is taken, a digest of the name tells them apart; a name that is a valid
    address by itself keeps it. So an address depends on the set of names, never on their order.

    Args:
        names: Platform names.
        taken: Addresses that other manifests have.
    """
    wanted = {name: slug(name) for name in sorted(set(names))}
    claims, occupied = Counter(wanted.values()), set(taken)
    alone = {name for name, address in wanted.items() if claims[address] == 1 or name == address}
    found = {name: wanted[name] for name in alone if wanted[name] not in occupied}
    occupied.update(found.values())
    for name in sorted(wanted.keys() - found.keys()):
        found[name] = next(each for each in _told_apart(wanted[name], name) if each not in occupied)
        occupied.add(found[name])
    return found


def slug(name: str) -> str:
    """Return the address that a platform name suggests: `Surface defects (Lyon)` becomes `surface-defects-lyon`."""
    plain = unicodedata.normalize("NFKD", name).casefold().encode("ascii", "ignore").decode()
    words = _DOTS.sub(".", _FOREIGN.sub("-", plain)).strip("-.")
    if not words:
        return f"{_NAMELESS}-{_digest(name)}"
    return words if len(words) <= LONGEST else next(_told_apart(words, name))


def _told_apart(address: str, name: str) -> Iterator[str]:
    # Longer digests are for the case that somebody gave a deployment the very name that a shorter one makes.
    for digits in range(_DIGEST, 2 * _DIGEST + 1):
        yield f"{address[: LONGEST - digits - 1].rstrip('-.')}-{_digest(name, digits)}"


def _digest(name: str, digits: int = _DIGEST) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
