"""Opening a platform, serving its control service and the seed's light modules load no numerical library."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "sklearn", "skl2onnx", "onnx", "onnxruntime", "PIL", "scipy")
MODULES = (
    "reconciler.platform.app",
    "reconciler.platform.control",
    "reconciler.platform.seed",
    "reconciler.platform.seed.catalogue",
    "reconciler.platform.seed.stream",
)


@pytest.mark.parametrize("module", MODULES)
def test_importing_loads_nothing_heavy(module: str) -> None:
    probe = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
