"""Validating ten thousand manifests: files read, parsed, judged and digested, beside nothing but parsing the same text.

Then one manifest in a fresh process, which is what a pre-commit hook pays.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.files import load_catalog
from reconciler.adapters.files.trees import c_events, fastest_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE: Final = 10_000
IN_A_FOLDER: Final = 500
ROUNDS: Final = 5

TYPICAL: Final = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: line-{number}
  labels: {{site: lyon, line: "{number}"}}
spec:
  threshold: 0.40                # shapes scored below it are dropped
  tags: [production, line-3]
  models:
    champion: {{model: digits, version: v1}}
    shadow: {{model: digits, version: v2}}
  trainingData: {{dataset: digits, version: "2026-01"}}
  feedbackLoop:
    datasets:
      - {{dataset: digits, version: production}}
  continuousTraining:
    project: digits
    trigger: {{event: FeedbackLoop, threshold: 150}}
    datasets:
      train: {{dataset: digits, version: production}}
      test: {{dataset: digits, version: holdout}}
    experimentParameters: {{epochs: 50, batch_size: 8}}
  continuousDeployment: {{policy: DeployShadow}}
"""


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        texts = write(Path(folder), SIZE)
        parsed = cpu_seconds(lambda: parse(texts))
        loaded = cpu_seconds(lambda: load_catalog([folder], name="benchmark"))
        print(
            f"{SIZE:,} manifests of {len(texts[0]):,} bytes, parser {fastest_events().__name__}, CPU time of one core:"
        )
        tell("parse the text, nothing more", parsed, parsed)
        tell("validate", loaded, parsed)
        one = next(Path(folder).rglob("*.yaml"))
        print("One manifest, in a fresh process, by the clock:")
        nothing = process("pass")
        tell("start Python, nothing more", nothing, nothing, per=1)
        tell("import the loader", process("import reconciler.adapters.files"), nothing, per=1)
        validate = f"from reconciler.adapters.files import load_catalog; load_catalog([{str(one)!r}], name='x')"
        tell("import it and load the manifest", process(validate), nothing, per=1)


def write(folder: Path, size: int) -> list[str]:
    """Write so many manifests, each a file of its own, and return their texts."""
    texts = [TYPICAL.format(number=number) for number in range(size)]
    for number, text in enumerate(texts):
        path = folder / f"{number // IN_A_FOLDER:03}" / f"line-{number:05}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return texts


def parse(texts: Sequence[str]) -> None:
    """Run the parser over texts and let go of what it says."""
    for text in texts:
        for _ in c_events(text):
            pass


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of a piece of work, done once: what else the machine does counts less than with a clock."""
    start = time.process_time()
    work()
    return time.process_time() - start


def process(code: str) -> float:
    """Return the time, by the clock, of the fastest of some fresh processes that run the code."""
    return min(_process(code) for _ in range(ROUNDS))


def _process(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def tell(name: str, taken: float, yardstick: float, *, per: int = SIZE) -> None:
    """Print one row."""
    print(f"  {name:<34}{taken:>8.2f} s {taken / per * 1000:>9.2f} ms each {taken / yardstick:>7.1f} x")


if __name__ == "__main__":
    run()
