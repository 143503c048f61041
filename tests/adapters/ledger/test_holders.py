"""A process that is certainly dead holds nothing; one that lives, or of which nobody can tell, keeps what it has."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from reconciler.adapters.ledger.processes import holder, is_gone, living, this_process
from reconciler.core.lease import Lease, Roster

ROOT: Final = Path(__file__).parents[3]
_TELL: Final = """
import sys
from reconciler.adapters.ledger.processes import this_process
print(this_process(), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(not this_process(), reason="this system does not tell processes apart (no /proc)")


def lease(process: str) -> Lease:
    return Lease("surface", "run", "somebody", process, datetime.now(UTC), datetime.now(UTC), 1)


def test_this_process_lives() -> None:
    assert not is_gone(this_process())


@pytest.mark.parametrize("waited_for", [True, False])
def test_a_process_that_was_killed_is_gone_even_before_anybody_waited_for_it(waited_for: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TELL], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    named = process.stdout.readline().strip()
    assert not is_gone(named)
    assert living(Roster(1, {"surface": lease(named)})).leases
    process.kill()
    if waited_for:
        process.wait()
    else:
        # Its output ends when it does, while it is still listed.
        process.stdout.read()
        _until_it_has_ended(process.pid)
    assert is_gone(named)
    assert living(Roster(1, {"surface": lease(named)})) == Roster(1)
    process.communicate()


def _until_it_has_ended(pid: int) -> None:
    while Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        pass


def test_a_number_that_another_process_has_by_now_is_not_taken_for_it() -> None:
    assert is_gone(this_process() + "0")


@pytest.mark.parametrize(
    "named",
    [
        "",
        "nonsense",
        "boot/pid:[1]/1/1",
        "boot/pid:[1]/x/1",
        "/pid:[]/",
        pytest.param(this_process().replace("/pid:[", "/pid:[9", 1), id="another-namespace"),
    ],
)
def test_of_what_is_elsewhere_or_makes_no_sense_nobody_can_tell(named: str) -> None:
    assert not is_gone(named)


def test_a_holder_is_named_by_person_machine_and_process() -> None:
    assert holder("Ada").startswith("Ada on ")
    assert holder("").startswith("somebody on ")
