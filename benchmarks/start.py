"""What it costs to start: the command alone, and with the embedded platform, beside importing what that is made of.

Times are of the processor, the fastest of some rounds, each a process of its own. One deployment is planned, whose
champion the platform does not have, in a data folder that was made before.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROUNDS: Final = 3
REFUSED: Final = 5
COMMAND: Final = str(Path(sys.executable).with_name("reconciler"))
YARDSTICK: Final = "import fastapi, sqlalchemy.orm, httpx"
MANIFEST: Final = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {name: bench}
spec:
  models:
    champion: {model: bench, version: v1}
"""
DOCUMENT: Final = "from reconciler.platform import control; control.build('full').openapi()"


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "manifests").mkdir()
        (folder / "manifests" / "bench.yaml").write_text(MANIFEST, encoding="utf-8")
        plan = [COMMAND, "plan", "--embedded", "platform"]
        seconds(plan, folder, code=REFUSED)
        imported = fastest([sys.executable, "-c", YARDSTICK], folder)
        tell("import fastapi, sqlalchemy.orm and httpx", imported, imported)
        tell("reconciler --help", fastest([COMMAND, "--help"], folder), imported)
        tell("reconciler validate", fastest([COMMAND, "validate"], folder), imported)
        tell("reconciler plan --embedded", fastest(plan, folder, code=REFUSED), imported)
        tell("the control service's whole document", fastest([sys.executable, "-c", DOCUMENT], folder), imported)


def fastest(command: list[str], folder: Path, *, code: int = 0) -> float:
    """Return the processor time of the fastest round."""
    return min(seconds(command, folder, code=code) for _ in range(ROUNDS))


def seconds(command: list[str], folder: Path, *, code: int) -> float:
    """Return the processor time of one process, which ends with `code`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(name: str, taken: float, yardstick: float) -> None:
    """Print one row."""
    print(f"  {name:<42}{taken:>8.2f} s {taken / yardstick:>7.1f} x")


if __name__ == "__main__":
    run()
