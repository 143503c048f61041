"""How many examples properties are tried on: enough for every change, many more on request; laws get ten times that."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("quick", max_examples=20, **COMMON)  # type: ignore[arg-type]
settings.register_profile("test", max_examples=100, **COMMON)  # type: ignore[arg-type]
settings.register_profile("deep", max_examples=2_000, **COMMON)  # type: ignore[arg-type]
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
