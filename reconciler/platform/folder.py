"""The data folder: who owns it now, its secrets, and where the store and the objects lie in it."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_TOKEN = "token"  # noqa: S105  (a file name)


class DataFolderInUse(Exception):
    """Another process owns the data folder.

    Attributes:
        url: the control service of the server running there; None when the owner works in process.
        pid: the owner's process id; None in the moment before it is written.
    """

    def __init__(self, folder: Path, url: str | None, pid: int | None) -> None:
        owner = f"process {pid}" if pid else "another process"
        reached = f", which serves it at {url}" if url else ""
        super().__init__(f"The data folder {folder} is in use by {owner}{reached}.")
        self.url = url
        self.pid = pid


@dataclass(frozen=True)
class Keys:
    """The folder's secret, from which every signing key is derived; it never leaves the process."""

    root: bytes

    def derive(self, purpose: str) -> bytes:
        """Return the key of one purpose (HMAC-SHA256 of its name)."""
        return hmac.new(self.root, purpose.encode(), hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "Keys(***)"


def token_of(path: Path) -> str:
    """Return the API token kept in a data folder, for a process that found the folder in use.

    Raises:
        OSError: when there is none, or it is not ours to read.
    """
    return (path / _TOKEN).read_text().strip()


class DataFolder:
    """An opened data folder; the lock is the operating system's, so it dies with the process."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _owner(path)
            os.close(self._lock)
            raise DataFolderInUse(path, *owner) from None
        self.announce(None)

    def announce(self, url: str | None) -> None:
        """Tell other processes who owns the folder and where it is served."""
        note = json.dumps({"pid": os.getpid(), "url": url}).encode()
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, note, 0)

    def secret(self, name: str) -> str:
        """Return the secret of that name, making it on first use; only its owner may read the file."""
        place = self.path / name
        if not place.exists():
            _write_private(place, secrets.token_hex(32))
        return place.read_text().strip()

    def token(self) -> str:
        """Return the API token of the folder's default user."""
        return self.secret(_TOKEN)

    def keys(self) -> Keys:
        """Return the folder's signing keys."""
        return Keys(bytes.fromhex(self.secret("secret")))

    def close(self) -> None:
        """Give the folder up."""
        if self._lock >= 0:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = -1


def _owner(path: Path) -> tuple[str | None, int | None]:
    try:
        note = json.loads((path / "lock").read_text())
    except ValueError:
        return None, None
    return note["url"], note["pid"]


def _write_private(place: Path, text: str) -> None:
    landing = place.with_suffix(".new")
    landing.unlink(missing_ok=True)
    descriptor = os.open(landing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    landing.rename(place)
