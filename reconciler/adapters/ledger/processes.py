"""Whether the process that took a lease still lives, where that can be told for certain: on the same running machine.

A process killed at its work leaves its leases behind. On its own machine nobody needs to wait for them to expire; from
anywhere else, and on systems without `/proc`, a dead process looks like a living one.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reconciler.core.lease import Roster

_PROC: Final = Path("/proc")
_ENDED: Final = frozenset("ZX")
"""States of a process that runs no more and was not yet waited for (proc_pid_stat(5))."""


def this_process() -> str:
    """Return what identifies this process while the machine is up: `boot/namespace/pid/start`; empty if unknown."""
    try:
        return f"{_surroundings()}/{os.getpid()}/{_stat(os.getpid())[1]}"
    except (OSError, ValueError, IndexError):
        return ""


def holder(actor: str) -> str:
    """Return who holds a lease, for those who are kept out, such as `ada on laptop, process 4711`."""
    return f"{actor or 'somebody'} on {socket.gethostname()}, process {os.getpid()}"


def living(roster: Roster) -> Roster:
    """Return a roster without the leases whose holders are known to be dead."""
    return roster.without([name for name, lease in roster.leases.items() if is_gone(lease.process)])


def is_gone(process: str) -> bool:
    """Tell whether a process, as `this_process` named it, is certainly dead."""
    surroundings, _, rest = process.partition("/pid:")
    pid, _, start = rest.partition("]/")[2].partition("/")
    try:
        if not pid.isdigit() or f"{surroundings}/pid:{rest.partition(']')[0]}]" != _surroundings():
            return False
        os.kill(int(pid), 0)
        state, began = _stat(int(pid))
    except ProcessLookupError:
        return True
    except (OSError, ValueError, IndexError, OverflowError):
        # It exists and belongs to somebody else, or nobody can tell.
        return False
    return state in _ENDED or began != start


def _surroundings() -> str:
    """Return what a number of a process is unique in: one start of the machine, one namespace."""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{(_PROC / 'self/ns/pid').readlink()}"


def _stat(pid: int) -> tuple[str, str]:
    """Return state and start time of a process; its name, in parentheses, may hold anything."""
    told = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return told[0], told[19]
